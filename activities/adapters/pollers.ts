/** PollerPort over the server's own record of who asks a task queue for work. */
import type { Connection } from "@temporalio/client";
// By its default export: Node finds no names in this CommonJS package.
import proto from "@temporalio/proto";
import type { PollerPort } from "../ports.js";

const ACTIVITY = proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY;

export function createPollers(connection: Connection, namespace: string): PollerPort {
  const lastSeen: PollerPort["lastSeen"] = async (queue) => {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType: ACTIVITY,
    });
    return pollers.map(({ identity, lastAccessTime }) => ({
      // As workers name themselves: `<host>@<pid>`.
      hostId: (identity ?? "").split("@")[0] ?? "",
      at: Number(lastAccessTime?.seconds ?? 0) * 1_000,
    }));
  };
  return {
    lastSeen,
    lastPolls: async (queue) => (await lastSeen(queue)).map(({ at }) => at),
  };
}
