/** Runs the current milestone to its end. */
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  condition,
  startChild,
} from "@temporalio/workflow";
import { featureWorkflowId, milestoneWorkflowId } from "../domain/ids.js";
import { DEFAULT_TIMINGS, type MilestoneView } from "../domain/mission.js";
import { explainFailure } from "./failure-causes.js";
import {
  featureStopSignal,
  milestoneCancelSignal,
  milestoneClosedSignal,
  requestSlicesSignal,
  type Progress,
} from "./messages.js";
import type { milestoneWorkflow } from "./milestone.js";
import { noteTotals } from "./mission-state.js";
import type { Mission } from "./mission-work.js";
import { forwardReplan } from "./mission-replan.js";
import { tell } from "./tell.js";

export async function runMilestone(
  mission: Mission,
  homeQueue: string,
): Promise<"done" | "cancelled" | "failed"> {
  const { input, state } = mission;
  const index = state.current;
  const view = state.milestones[index];
  if (view === undefined) return "failed";
  const before = state.milestones.slice(0, state.current);
  view.status = "active";
  mission.story("progress", `Milestone ${view.id} starts: ${view.title}`);
  let ended = false;
  // By index: a new plan replaces the views.
  const note = (change: Partial<MilestoneView>) => {
    Object.assign(state.milestones[index] ?? view, change);
  };
  try {
    const outline = mission.outlines.take(state.planHash, view.id);
    state.isMilestoneOpen = true;
    const start = startChild<typeof milestoneWorkflow>("milestoneWorkflow", {
      workflowId: milestoneWorkflowId(input.missionId, view.id),
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      // If the mission is terminated, its milestone still stops its features and settles.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: `${view.id} ${view.title}`.slice(0, 190),
      args: [
        {
          missionId: input.missionId,
          generation: input.generation,
          milestoneId: view.id,
          title: view.title,
          mode: state.mode ?? input.mode,
          planHash: state.planHash,
          firstOrder: before.reduce((sum, { featuresTotal }) => sum + featuresTotal, 0),
          atOnce: input.atOnce,
          timings: { ...DEFAULT_TIMINGS, ...input.timings },
          homeQueue,
          overlaps: input.workspace !== "folder",
          paused: state.paused,
          notes: state.notes,
          continueAfterEvents: input.continueAfterEvents ?? 4_096,
          ...(outline === undefined ? {} : { outline }),
          // Not of a milestone that was begun before: its history knows of no such thing.
          validation: "all",
        },
      ],
    });
    mission.milestoneStarts(start);
    const child = await start;
    mission.outlines.readAhead(homeQueue, state.planHash, state.milestones[index + 1]);
    const forwarding = forwardCommands(mission, homeQueue, () => ended);
    const result = await child.result();
    ended = true;
    state.isMilestoneOpen = false;
    const { settlements = [], progress } = result;
    if (settlements.length > 0) mission.toGuard(requestSlicesSignal, { requests: [], settlements });
    mission.toGuard(milestoneClosedSignal, { milestoneId: view.id });
    if (progress !== undefined) noteProgress(mission, progress);
    if (result.kind === "cancelled") note({ status: "cancelled" });
    else {
      note({ status: "done", featuresDone: result.featuresDone });
      // Before anything is awaited: a plan that is being read must find this milestone finished.
      state.current += 1;
    }
    await forwarding;
    if (result.kind === "cancelled") return "cancelled";
    if (result.planHash !== state.planHash)
      mission.story("decision", `The new plan came after milestone ${view.id} had ended.`);
    mission.story("progress", `Milestone ${view.id} is done.`);
    mission.commitFolder(`milestone ${view.id} done`);
    return "done";
  } catch (error) {
    ended = true;
    state.isMilestoneOpen = false;
    note({ status: "blocked" });
    state.failure = explainFailure(error);
    await stopOrphans(mission, view.id);
    return "failed";
  }
}

/** What a milestone says of itself, while it runs or with its result. */
export function noteProgress(mission: Mission, progress: Progress): void {
  const { state } = mission;
  const view = state.milestones.find(({ id }) => id === progress.milestoneId);
  if (view === undefined) return;
  view.status = progress.status;
  view.featuresDone = progress.featuresDone;
  view.featuresTotal = progress.featuresTotal;
  state.recovering = progress.recovering ?? 0;
  if (progress.exit !== undefined) view.exit = progress.exit;
  if (typeof progress.unjudged === "string") view.unjudged = progress.unjudged;
  else delete view.unjudged;
  if (typeof progress.note === "string") view.note = progress.note;
  else delete view.note;
  adoptExtended(mission, progress.extended);
  if (progress.totals !== undefined) noteTotals(state, progress.totals);
  mission.noteProgress(progress.features, progress.story);
}

/** The engine's change holds unless a person's plan came first: the milestone gets that one, and says what it drops. */
function adoptExtended({ state }: Mission, extended: Progress["extended"]): void {
  if (typeof extended?.to !== "string" || state.planHash !== extended.from) return;
  state.planHash = extended.to;
}

/** Nobody is left to hear of them: features that a lost milestone had started end after their call in flight. */
async function stopOrphans({ input, state }: Mission, milestoneId: string): Promise<void> {
  const why = "its milestone was ended from outside";
  for (const { id, status } of state.features) {
    if (status !== "running" && status !== "waiting") continue;
    await tell(featureWorkflowId(input.missionId, milestoneId, id), featureStopSignal, { why });
  }
}

/** A cancel or a new plan that arrives while the milestone runs. */
async function forwardCommands(
  mission: Mission,
  homeQueue: string,
  hasEnded: () => boolean,
): Promise<void> {
  const { state } = mission;
  let told = false;
  while (!hasEnded()) {
    await condition(
      () => hasEnded() || (state.cancelledBy !== undefined && !told) || mission.hasReplan(),
    );
    if (hasEnded()) return;
    if (state.cancelledBy !== undefined && !told) {
      told = true;
      mission.toMilestone(milestoneCancelSignal);
    }
    const planHash = mission.takeReplan();
    if (planHash !== undefined) await forwardReplan(mission, homeQueue, planHash);
  }
}
