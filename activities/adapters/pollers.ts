/** PollerPort over the server's own record of who asks a task queue for work. */
import type { Connection } from "@temporalio/client";
import type { PollerPort } from "../ports.js";

/** TASK_QUEUE_TYPE_ACTIVITY of temporal.api.enums.v1. */
const ACTIVITY = 2;

export function createPollers(connection: Connection, namespace: string): PollerPort {
  return {
    lastPolls: async (queue) => {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: queue },
        taskQueueType: ACTIVITY,
      });
      return (pollers ?? []).map(
        ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000,
      );
    },
  };
}
