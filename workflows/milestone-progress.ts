/** What a milestone tells the mission: one merged signal now and then, never one for each feature. */
import { CancellationScope, condition, sleep } from "@temporalio/workflow";
import type { FeatureView, MilestoneStatus } from "../domain/mission.js";
import { missionWorkflowId } from "../domain/ids.js";
import { progressSignal, type Progress } from "./messages.js";
import { settleUp } from "./milestone-slices.js";
import { recoveringIn } from "./milestone-stops.js";
import type { Milestone } from "./milestone-work.js";
import { tell } from "./tell.js";

/** A long milestone reports less and less often, so that weeks of work do not fill the mission's history. */
const SENT_PER_DOUBLING = 200;
const SLOWEST_MS = 60_000;

export function viewOf(milestone: Milestone, id: string): FeatureView {
  const { status, note, commit, attempts, spent, files, pullRequest } = milestone.entry(id);
  return {
    id,
    title: milestone.outlineOf(id)?.title ?? "dropped by a new plan",
    status,
    attempts,
    spent,
    ...(note === undefined ? {} : { note }),
    ...(commit === undefined ? {} : { commit }),
    ...(files === undefined ? {} : { files }),
    ...(pullRequest === undefined ? {} : { pullRequest: pullRequest.where }),
  };
}

export function statusOf({ state, stage, isWorking }: Milestone): MilestoneStatus {
  if (state.cancelling) return "cancelled";
  if (stage !== undefined) return "validating";
  // A person at work blocks only when nothing else goes on.
  const isBlocked =
    state.milestoneGate !== undefined ||
    Object.values(state.features).some(
      ({ gate, status }) => gate !== undefined && (status !== "waiting" || !isWorking()),
    );
  return isBlocked ? "blocked" : "active";
}

/** Sends what changed since the last time. */
export async function reportProgress(
  milestone: Milestone,
  status: MilestoneStatus = statusOf(milestone),
): Promise<void> {
  const progress = takeProgress(milestone, status);
  await tell(missionWorkflowId(milestone.input.missionId), progressSignal, progress);
}

/** What changed since the last time; the mission is told of it once. */
export function takeProgress(milestone: Milestone, status: MilestoneStatus): Progress {
  const { input, state } = milestone;
  const totals = milestone.totals();
  const recovering = recoveringIn(state);
  const features = milestone.takeChanged().map((id) => viewOf(milestone, id));
  const story = state.story.splice(0);
  const { exit, unjudged, extended } = state;
  const note = noteOf(milestone, status);
  delete state.extended;
  state.progressSent += 1;
  return {
    milestoneId: input.milestoneId,
    status,
    featuresDone: milestone.featuresDone(),
    featuresTotal: milestone.outline().features.length,
    features,
    story,
    ...(totals === undefined ? {} : { totals }),
    ...(recovering === 0 ? {} : { recovering }),
    ...(exit === undefined ? {} : { exit }),
    ...(unjudged === undefined ? {} : { unjudged }),
    ...(note === undefined ? {} : { note }),
    ...(extended === undefined ? {} : { extended }),
  };
}

/** Where its validation is; else what it fails by, and what mends that. */
function noteOf({ state, stage }: Milestone, status: MilestoneStatus): string | undefined {
  const { round = 0, blockedBy, failedRounds = [] } = state;
  if (status === "validating" && stage === "judging") return `round ${round}: a judge looks at it`;
  const fix = failedRounds.at(-1)?.fix?.id;
  const isMending = status === "active" && fix !== undefined && blockedBy !== undefined;
  if (isMending) return `${fix} mends it; ${blockedBy}`;
  if (status !== "validating" || stage === undefined) return blockedBy;
  return [`round ${round + 1}`, ...(blockedBy === undefined ? [] : [blockedBy])].join("; ");
}

/** Reports while there is something to report; the function returned stops that, and sends the rest or keeps it. */
export function startReporting(milestone: Milestone): (rest?: "keep the rest") => Promise<void> {
  const scope = new CancellationScope({ cancellable: true });
  let stopped = false;
  const loop = scope.run(async () => {
    for (;;) {
      await condition(() => milestone.hasChanged());
      await CancellationScope.nonCancellable(() => reportProgress(milestone));
      const doublings = Math.floor(milestone.state.progressSent / SENT_PER_DOUBLING);
      await sleep(Math.min(milestone.input.timings.progressMs * 2 ** doublings, SLOWEST_MS), {
        summary: "merge progress",
      });
      await CancellationScope.nonCancellable(() => settleUp(milestone));
    }
  });
  const ended = loop.catch(() => undefined);
  return async (rest) => {
    if (stopped) return;
    stopped = true;
    scope.cancel();
    await ended;
    if (rest === undefined && milestone.hasChanged()) await reportProgress(milestone);
  };
}

export function describeMilestone(milestone: Milestone): string {
  const rows = milestone
    .outline()
    .features.slice(0, 60)
    .map(({ id, title }) => {
      const { status, note } = milestone.entry(id);
      return `| ${id} | ${title.replaceAll("|", "/").slice(0, 60)} | ${status} | ${(note ?? "").replaceAll("|", "/").replaceAll("\n", " ").slice(0, 80)} |`;
    });
  return ["| # | feature | status | note |", "|---|---|---|---|", ...rows].join("\n");
}
