/** Features that are ready are merged one at a time; one that conflicts, or fails its tests when merged, goes back alone. */
import { CancellationScope, condition, isCancellation, sleep } from "@temporalio/workflow";
import type { IntegrateOutcome } from "../domain/shipping-work.js";
import type { FeatureRef } from "../domain/work.js";
import { forgeWork, hostWork } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import { block } from "./milestone-features.js";
import { noteConflict, noteMerged, noteRed, noteUnpublished } from "./milestone-merged.js";
import type { ReadyFeature } from "./milestone-state.js";
import type { Milestone } from "./milestone-work.js";

export function integrateReady(milestone: Milestone) {
  let busy = false;
  let isGivenUp = false;
  let merging: CancellationScope | undefined;
  // The host that has the commit may be gone; a cancelled mission does not wait for it.
  void condition(() => milestone.state.cancelling)
    .then(() => sleep(milestone.input.timings.drainMs, { summary: "last merges" }))
    .then(() => {
      isGivenUp = true;
      merging?.cancel();
    });
  const run = async () => {
    for (let next = milestone.state.ready[0]; next !== undefined; next = milestone.state.ready[0]) {
      const ready = next;
      merging = new CancellationScope({ cancellable: true });
      if (isGivenUp) merging.cancel();
      await merging.run(() => integrate(milestone, ready));
      milestone.state.ready.shift();
      milestone.touch();
    }
    busy = false;
  };
  return {
    isBusy: () => busy,
    wake: () => {
      if (busy || milestone.state.ready.length === 0) return;
      busy = true;
      void run();
    },
  };
}

/** Safe to repeat: a commit already contained in the branch is found there. */
async function integrate(milestone: Milestone, ready: ReadyFeature): Promise<void> {
  const { featureId } = ready;
  try {
    const outcome = await merge(milestone, ready);
    switch (outcome.kind) {
      case "merged":
        noteMerged(milestone, featureId, outcome);
        // Nothing is awaited without one: histories of 0.2.0 rest on the order of what follows.
        if (milestone.entry(featureId).pullRequest !== undefined)
          await settlePullRequest(milestone, ready, outcome.head);
        return;
      case "unpublished":
        noteUnpublished(milestone, featureId, outcome.reason);
        if (milestone.entry(featureId).pullRequest !== undefined)
          await settlePullRequest(milestone, ready, outcome.head);
        return;
      case "conflict":
        noteConflict(milestone, featureId, outcome.files);
        return;
      case "red":
        noteRed(milestone, featureId, outcome);
        return;
    }
  } catch (error) {
    if (isCancellation(error)) {
      milestone.setStatus(featureId, "cancelled", "its host did not merge it in time");
      return;
    }
    block(milestone, featureId, explainFailure(error));
  }
}

/** Not async itself: a promise more would change the order of commands that histories of 0.2.0 rest on. */
function merge(
  milestone: Milestone,
  { featureId, commit, hostQueue, bundle }: ReadyFeature,
): Promise<IntegrateOutcome> {
  const { input } = milestone;
  return hostWork(
    // A commit that travels as a bundle is merged where the user's repository is.
    bundle === undefined ? hostQueue : input.homeQueue,
    // A merge waits for its host as long as it takes: nobody else has the commit.
    { ...input.timings, hostScheduleMs: 7 * 24 * 3_600_000 },
    `${featureId}: integrate`,
  ).integrateFeature({
    feature: refOf(milestone, featureId),
    commit,
    at: new Date().toISOString(),
    commandMs: input.timings.commandMs,
    ...(bundle === undefined ? {} : { bundle }),
  });
}

/** The work is merged whatever the forge says; what it says goes into the story. */
async function settlePullRequest(
  milestone: Milestone,
  ready: ReadyFeature,
  head: string,
): Promise<void> {
  const { featureId, commit } = ready;
  const { input } = milestone;
  const { pullRequest } = milestone.entry(featureId);
  if (pullRequest === undefined) return;
  const feature = refOf(milestone, featureId);
  const { id, where } = pullRequest;
  try {
    const what = `${featureId}: after the merge`;
    const { settlePullRequest: settle } = forgeWork(input.homeQueue, input.timings, what);
    const { note, laterMs } = await settle({ feature, id, commit, head });
    if (laterMs !== undefined) {
      const until = new Date(Date.now() + laterMs).toISOString().slice(0, 19);
      const text = `${featureId} is merged; ${where} is told of it after ${until}Z: ${note ?? ""}`;
      milestone.story("progress", text);
      settleLater(milestone, ready, head, laterMs).catch(() => undefined);
    } else if (note !== undefined) milestone.story("progress", `${featureId}: ${note}`);
  } catch (error) {
    const why = isCancellation(error) ? "the mission was cancelled" : explainFailure(error);
    milestone.story("progress", `${featureId} is merged, but ${where} was not told: ${why}`);
  }
}

/** Other merges go on meanwhile. Where the milestone ends before, the next merge or the mission's end tells it. */
async function settleLater(
  milestone: Milestone,
  ready: ReadyFeature,
  head: string,
  laterMs: number,
): Promise<void> {
  await sleep(Math.max(1_000, laterMs), { summary: `${ready.featureId}: tell the forge` });
  if (milestone.state.cancelling) return;
  await settlePullRequest(milestone, ready, head);
  milestone.touch();
}

const refOf = ({ input, state }: Milestone, featureId: string): FeatureRef => ({
  missionId: input.missionId,
  generation: input.generation,
  milestoneId: input.milestoneId,
  featureId,
  planHash: state.planHash,
});
