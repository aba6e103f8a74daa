/** What 0.3.0 saw of a milestone at its end: the plan's own checks, and a gate when they fail. Milestones that it began end so. */
import { CancellationScope, condition } from "@temporalio/workflow";
import { guardWorkflowId, milestoneWorkflowId, sliceKey } from "../domain/ids.js";
import type { ChecksOutcome } from "../domain/work.js";
import { hostWork } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import { requestSlicesSignal } from "./messages.js";
import { openChecksGate } from "./milestone-gates.js";
import { giveBack } from "./milestone-slices.js";
import { reportProgress } from "./milestone-progress.js";
import { VALIDATION } from "./validation-slice.js";
import type { Milestone } from "./milestone-work.js";
import { tell } from "./tell.js";

/** @returns true when the milestone has passed; false when something changed and the milestone goes on. */
export async function checkMilestone(milestone: Milestone): Promise<boolean> {
  const { input, state } = milestone;
  if (milestone.outline().checks === 0 || state.validated) return true;
  const guard = guardWorkflowId(input.missionId);
  await reportProgress(milestone, "validating");
  state.validations += 1;
  const key = sliceKey(input.generation, input.milestoneId, VALIDATION, state.validations);
  const nothing = { microUsd: 0, tokens: 0 };
  state.asked[VALIDATION] = key;
  const replyTo = milestoneWorkflowId(input.missionId, input.milestoneId);
  await tell(guard, requestSlicesSignal, {
    requests: [{ key, order: milestone.orderOf(""), estimate: nothing, replyTo }],
    settlements: state.settlements.splice(0),
  });
  const isCancelling = () => state.cancelling;
  const isReplanned = () => state.replanTo !== undefined;
  await condition(() => state.granted[VALIDATION] !== undefined || isCancelling() || isReplanned());
  if (isCancelling() || isReplanned()) {
    await giveBack(milestone);
    return false;
  }

  const outcome = await runChecks(milestone);
  state.granted = {};
  await tell(guard, requestSlicesSignal, {
    requests: [],
    settlements: [{ key, spent: nothing, sleeps: [] }],
  });
  if (isCancelling()) return false;
  if (outcome.passed) {
    state.validated = true;
    milestone.story("progress", `Milestone ${input.milestoneId} passed: ${outcome.summary}`);
    return true;
  }
  openChecksGate(milestone, outcome.summary);
  for (const action of milestone.takeOutbox()) await action();
  await reportProgress(milestone, "blocked");
  // A new plan is an answer too.
  await condition(() => state.milestoneGate === undefined || isCancelling() || isReplanned());
  if (isReplanned() && state.milestoneGate !== undefined) {
    milestone.closeGate(state.milestoneGate, "a new plan came");
    delete state.milestoneGate;
  }
  milestone.touch();
  return false;
}

async function runChecks(milestone: Milestone): Promise<ChecksOutcome> {
  const { input, state } = milestone;
  try {
    const { missionId, generation, milestoneId } = input;
    const summary = `milestone ${milestoneId}: validate`;
    const { validateMilestone } = hostWork(input.homeQueue, input.timings, summary);
    const scope = new CancellationScope({ cancellable: true });
    void condition(() => state.cancelling).then(() => {
      scope.cancel();
    });
    return await scope.run(() =>
      validateMilestone({
        missionId,
        generation,
        milestoneId,
        planHash: state.planHash,
        commandMs: input.timings.commandMs,
      }),
    );
  } catch (error) {
    return { passed: false, ran: 0, failed: [], unseen: [], summary: explainFailure(error) };
  }
}
