/** A milestone whose history grows long goes on in a new run; features still running are asked to report by signal. */
import { allHandlersFinished, condition, sleep, workflowInfo } from "@temporalio/workflow";
import { featureWorkflowId, milestoneWorkflowId } from "../domain/ids.js";
import { reportBySignalSignal } from "./messages.js";
import type { FeatureResults } from "./milestone-features.js";
import { reportProgress } from "./milestone-progress.js";
import type { MilestoneInput } from "./milestone-state.js";
import type { Milestone } from "./milestone-work.js";
import { tell } from "./tell.js";

/** True when the milestone is to go on in a new run as soon as it can. */
export function isTooLong({ continueAfterEvents }: MilestoneInput): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > continueAfterEvents || historySize > 4_000_000;
}

/** Contract: afterwards no promise of this run is needed any more. */
export async function leaveBehind(
  milestone: Milestone,
  results: FeatureResults,
  isBusy: () => boolean,
  stopReporting: () => Promise<void>,
): Promise<void> {
  const { input } = milestone;
  milestone.drain();
  const isQuiet = () => milestone.runningIds().length === 0 && !isBusy();
  // Pauses, stops and decisions go on meanwhile.
  const sendUntil = async (isDone: () => boolean) => {
    for (;;) {
      await condition(() => isDone() || milestone.hasOutbox());
      if (isDone()) return;
      for (const action of milestone.takeOutbox()) await action();
    }
  };
  let isTimeOver = false;
  void sleep(input.timings.drainMs, { summary: "drain" }).then(() => {
    isTimeOver = true;
  });
  await sendUntil(() => isQuiet() || isTimeOver);
  await sendUntil(() => !isBusy());
  const to = milestoneWorkflowId(input.missionId, input.milestoneId);
  for (const id of milestone.runningIds()) {
    await milestone.started.get(id);
    const feature = featureWorkflowId(input.missionId, input.milestoneId, id);
    // One that has ended meanwhile has its result on the way here by the child's promise.
    if ((await tell(feature, reportBySignalSignal, { to })) === "gone") await results.get(id);
  }
  await stopReporting();
  await condition(allHandlersFinished);
  // What arrived during all this waiting; nothing may wait after the last look.
  while (milestone.hasOutbox() || milestone.hasChanged()) {
    for (const action of milestone.takeOutbox()) await action();
    if (milestone.hasChanged()) await reportProgress(milestone);
  }
  forgetDetails(milestone);
}

/** Everything below has been told; a thousand features must fit into the next run's input. */
function forgetDetails({ state }: Milestone): void {
  for (const entry of Object.values(state.features)) {
    if (entry.status !== "done" && entry.status !== "skipped") continue;
    delete entry.checkpoint;
    delete entry.files;
    delete entry.conflict;
    delete entry.repair;
    delete entry.undeclared;
    delete entry.verified;
    delete entry.recovery;
    if (entry.note !== undefined) entry.note = entry.note.slice(0, 100);
  }
}
