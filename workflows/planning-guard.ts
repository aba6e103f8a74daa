/** The guard of a mission that is being planned: its caps are what planning may cost, until the mission takes it over. */
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  startChild,
} from "@temporalio/workflow";
import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import { guardWorkflowId } from "../domain/ids.js";
import { hoursToMs, MAXIMA } from "../domain/money.js";
import type { budgetGuardWorkflow } from "./guard.js";
import type { PlanningInput } from "./messages.js";

/** Opens it unless it is there. One that was closed stays closed: a new one would forget what was spent. */
export async function openPlanningGuard({
  missionId,
  generation,
  cap,
}: PlanningInput): Promise<void> {
  try {
    await startChild<typeof budgetGuardWorkflow>("budgetGuardWorkflow", {
      workflowId: guardWorkflowId(missionId),
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: "budget",
      args: [
        {
          missionId,
          generation,
          // A question takes minutes of work; its limit is the money.
          caps: { ...cap, activeMs: hoursToMs(MAXIMA.hours) },
          alertThresholdPct: 80,
          // Nobody is there yet who could be asked.
          onAlert: "continue",
          forPlanning: true,
        },
      ],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
