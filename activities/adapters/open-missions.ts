/** QueuePort over the server's list of workflows. */
import type { Client } from "@temporalio/client";
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { missionWorkflowId } from "../../domain/ids.js";
import { BEGIN_SIGNAL, RUNNING_STATUSES, type OpenMission } from "../../domain/queue.js";
import type { QueuePort } from "../ports.js";

const STATUS_KEY = defineSearchAttributeKey("MissionStatus", SearchAttributeType.KEYWORD);
const STATUSES = ["queued", ...RUNNING_STATUSES].map((status) => `"${status}"`).join(", ");
/** gRPC status code. */
const NOT_FOUND = 5;

export function createQueuePort(client: Client): QueuePort {
  return {
    openMissions: async (taskQueue) => {
      const query = `WorkflowType = "missionWorkflow" AND ExecutionStatus = "Running" AND TaskQueue = "${taskQueue}" AND MissionStatus IN (${STATUSES})`;
      const open: OpenMission[] = [];
      for await (const run of client.workflow.list({ query })) {
        open.push({
          missionId: run.workflowId.slice(missionWorkflowId("").length),
          status: run.typedSearchAttributes.get(STATUS_KEY) ?? "",
          startedAt: run.startTime.toISOString(),
        });
      }
      return open;
    },
    begin: async (missionId) => {
      try {
        await client.workflow.getHandle(missionWorkflowId(missionId)).signal(BEGIN_SIGNAL);
        return true;
      } catch (error) {
        if (isNotFound(error)) return false;
        throw error;
      }
    },
  };
}

function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "WorkflowNotFoundError") return true;
  return "code" in error && error.code === NOT_FOUND;
}
