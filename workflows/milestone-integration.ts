/** Features that are ready are merged one at a time; a conflict goes back to its feature alone. */
import { CancellationScope, condition, isCancellation, sleep } from "@temporalio/workflow";
import { hostWork } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import { block } from "./milestone-features.js";
import type { Milestone } from "./milestone-work.js";

const CONFLICT_ROUNDS = 2;

export type Integration = ReturnType<typeof integrateReady>;

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
async function integrate(
  milestone: Milestone,
  ready: { featureId: string; commit: string; hostQueue: string },
): Promise<void> {
  const { input, state } = milestone;
  const { featureId, commit, hostQueue } = ready;
  const entry = milestone.entry(featureId);
  try {
    const outcome = await hostWork(
      hostQueue,
      // A merge waits for its host as long as it takes: nobody else has the commit.
      { ...input.timings, hostScheduleMs: 7 * 24 * 3_600_000 },
      `${featureId}: integrate`,
    ).integrateFeature({
      feature: {
        missionId: input.missionId,
        generation: input.generation,
        milestoneId: input.milestoneId,
        featureId,
        planHash: state.planHash,
      },
      commit,
      at: new Date().toISOString(),
    });
    switch (outcome.kind) {
      case "merged":
        milestone.setStatus(featureId, "done");
        return;
      case "unpublished":
        milestone.setStatus(featureId, "done", outcome.reason);
        milestone.story(
          "progress",
          `${featureId} is integrated, but not published: ${outcome.reason}`,
        );
        return;
      case "conflict": {
        const files = outcome.files.slice(0, 10).join(", ");
        entry.conflicts += 1;
        delete entry.commit;
        delete entry.checkpoint;
        if (entry.conflicts > CONFLICT_ROUNDS) {
          block(milestone, featureId, `Its change conflicts again and again in ${files}.`);
          return;
        }
        entry.conflict = `Your earlier change conflicts with work merged since, in: ${files}. The files hold both sides; resolve every conflict marker.`;
        milestone.story(
          "recovery",
          `${featureId} conflicts in ${files}: done again on the new base`,
        );
        milestone.setStatus(featureId, "pending", `conflict in ${files}`);
        return;
      }
    }
  } catch (error) {
    if (isCancellation(error)) {
      milestone.setStatus(featureId, "cancelled", "its host did not merge it in time");
      return;
    }
    block(milestone, featureId, explainFailure(error));
  }
}
