/** One stage of the mission: features in a window, integrated one at a time, validated, before the next stage starts. */
import {
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
} from "@temporalio/workflow";
import { reads } from "./effects.js";
import { lose, startReady, type FeatureResults } from "./milestone-features.js";
import { integrateReady } from "./milestone-integration.js";
import { isTooLong, leaveBehind } from "./milestone-continue.js";
import { serveMilestone } from "./milestone-messages.js";
import { describeMilestone, startReporting, takeProgress } from "./milestone-progress.js";
import { openRecovery } from "./milestone-recovery.js";
import { applyReplan } from "./milestone-replan.js";
import { askAhead, giveBack } from "./milestone-slices.js";
import { openMilestone, type MilestoneInput, type MilestoneResult } from "./milestone-state.js";
import { checkMilestone } from "./milestone-checks.js";
import { validate } from "./milestone-validation.js";
import { openMilestoneWork } from "./milestone-work.js";
import { onCancelRequest } from "./on-cancel-request.js";

/** Ends as `done` only when every feature is done or skipped by decision and its checks have passed. */
export async function milestoneWorkflow(input: MilestoneInput): Promise<MilestoneResult> {
  return CancellationScope.nonCancellable(() => drive(input));
}

async function drive(input: MilestoneInput): Promise<MilestoneResult> {
  const state = input.carried ?? openMilestone(input);
  const inbox = serveMilestone(state);
  onCancelRequest(() => {
    inbox.cancel();
  });
  const outline = input.outline ?? (await readOutline(input, state.planHash));
  const milestone = openMilestoneWork(input, state, outline);
  milestone.whenLost((id) => {
    lose(milestone, id);
  });
  inbox.open(milestone);
  const results: FeatureResults = new Map();
  const integration = integrateReady(milestone);
  const recovery = openRecovery(milestone);
  const isBusy = () => integration.isBusy() || recovery.isBusy();
  const stopReporting = startReporting(milestone);

  const wantsReplan = () => state.replanTo !== undefined;

  for (;;) {
    while (milestone.takeDirty()) {
      for (const action of milestone.takeOutbox()) await action();
      await applyReplan(milestone);
      startReady(milestone, results);
      await askAhead(milestone);
      startReady(milestone, results);
      integration.wake();
      recovery.wake();
    }
    setCurrentDetails(describeMilestone(milestone));

    const idle = milestone.runningIds().length === 0 && !isBusy();
    if (state.cancelling && idle) {
      await giveBack(milestone);
      await stopReporting();
      return {
        kind: "cancelled",
        featuresDone: milestone.featuresDone(),
        planHash: state.planHash,
      };
    }
    const isAsking = state.milestoneGate !== undefined;
    const mayContinue = input.validation !== undefined && isTooLong(input);
    const isOver = milestone.hasEnded() && idle && !state.cancelling && !wantsReplan();
    if (isOver && !isAsking && !mayContinue) {
      const unused = Object.keys(state.granted).length + Object.keys(state.asked).length;
      if (unused > 0) await giveBack(milestone);
      const hasPassed = await (input.validation === undefined
        ? checkMilestone(milestone)
        : validate(milestone));
      if (hasPassed && !wantsReplan()) {
        const isHeld = Object.keys(state.granted).length + Object.keys(state.asked).length > 0;
        if (isHeld) await giveBack(milestone);
        await stopReporting("keep the rest");
        return {
          kind: "done",
          featuresDone: milestone.featuresDone(),
          planHash: state.planHash,
          settlements: state.settlements.splice(0),
          progress: takeProgress(milestone, "done"),
        };
      }
      continue;
    }
    // Nobody works and nothing was granted that could start: the clock of active time must stand.
    const isAtRest = !milestone.isWorking() && !integration.isBusy();
    if (isAtRest && Object.keys(state.granted).length > 0 && !milestone.isDirty()) {
      await giveBack(milestone);
      milestone.touch();
      continue;
    }

    if (isTooLong(input)) {
      await leaveBehind(milestone, results, isBusy, stopReporting);
      const { notes, planHash, paused } = state;
      const { outline: _, ...rest } = input;
      return continueAsNew<typeof milestoneWorkflow>({
        ...rest,
        planHash,
        notes,
        paused,
        carried: state,
      });
    }
    await condition(() => milestone.isDirty());
  }
}

const readOutline = (input: MilestoneInput, planHash: string) =>
  reads(input.homeQueue, `outline of milestone ${input.milestoneId}`).readOutline({
    missionId: input.missionId,
    planHash,
    milestoneId: input.milestoneId,
  });
