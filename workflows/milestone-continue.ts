/** A milestone whose history grows long goes on in a new run; features still running are asked to report by signal. */
import { condition } from "@temporalio/workflow";
import { featureWorkflowId, milestoneWorkflowId } from "../domain/ids.js";
import { reportBySignalSignal } from "./messages.js";
import type { FeatureResults } from "./milestone-features.js";
import type { Integration } from "./milestone-integration.js";
import type { Milestone } from "./milestone-work.js";
import { tell } from "./tell.js";

/** Contract: afterwards no promise of this run is needed any more. */
export async function leaveBehind(
  milestone: Milestone,
  results: FeatureResults,
  integration: Integration,
): Promise<void> {
  const { input } = milestone;
  milestone.drain();
  const isQuiet = () => milestone.runningIds().length === 0 && !integration.isBusy();
  await condition(isQuiet, input.timings.drainMs, { summary: "drain" });
  await condition(() => !integration.isBusy());
  const to = milestoneWorkflowId(input.missionId, input.milestoneId);
  for (const id of milestone.runningIds()) {
    await milestone.started.get(id);
    const feature = featureWorkflowId(input.missionId, input.milestoneId, id);
    // One that has ended meanwhile has its result on the way here by the child's promise.
    if ((await tell(feature, reportBySignalSignal, { to })) === "gone") await results.get(id);
  }
  for (const action of milestone.takeOutbox()) await action();
}
