/** The worker that takes features onto this host: it asks for one only while the host has a free slot. */
import type { Client } from "@temporalio/client";
import type { WorkerTuner } from "@temporalio/worker";
import type { AgentSlots } from "../activities/adapters/agent-slots.js";
import { featureWorkflowId } from "../domain/ids.js";
import type { HeldSlot } from "../store/agent-slots.js";

/** What no activity of that worker needs. */
const NONE = { type: "fixed-size", numSlots: 1 } as const;

export const placementTuner = (slots: AgentSlots): WorkerTuner => ({
  workflowTaskSlotSupplier: { type: "fixed-size", numSlots: 2 },
  localActivityTaskSlotSupplier: NONE,
  nexusTaskSlotSupplier: NONE,
  activityTaskSlotSupplier: {
    type: "custom",
    reserveSlot: async (_, signal) => {
      await slots.awaitLeave(signal);
      return {};
    },
    tryReserveSlot: () => null,
    markSlotUsed: () => undefined,
    releaseSlot: () => {
      slots.endLeave();
    },
  },
});

/** Whether nothing of a feature can come to this host any more: its workflow has ended. An answer that fails says no. */
export const hasEnded =
  (client: Client) =>
  async ({ missionId, milestoneId, featureId }: HeldSlot): Promise<boolean> => {
    const id = featureWorkflowId(missionId, milestoneId, featureId);
    try {
      return (await client.workflow.getHandle(id).describe()).status.name !== "RUNNING";
    } catch (error) {
      return error instanceof Error && error.name === "WorkflowNotFoundError";
    }
  };
