/** Starts a mission's guard so that it outlives whoever starts it. */
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  startChild,
  type WorkflowIdReusePolicy,
} from "@temporalio/workflow";
import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import { guardWorkflowId } from "../domain/ids.js";
import type { budgetGuardWorkflow } from "./guard.js";
import type { GuardInput } from "./guard-state.js";

/** @returns false when it is open already, or was before and `reuse` forbids another. */
export async function startGuardUnlessOpen(
  input: GuardInput,
  reuse: WorkflowIdReusePolicy,
): Promise<boolean> {
  try {
    await startChild<typeof budgetGuardWorkflow>("budgetGuardWorkflow", {
      workflowId: guardWorkflowId(input.missionId),
      workflowIdReusePolicy: reuse,
      // It must outlive this run and any cancellation: the last settlements go there.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: "budget",
      args: [input],
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
