/** Runs the current milestone to its end. */
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  condition,
  startChild,
} from "@temporalio/workflow";
import { milestoneWorkflowId } from "../domain/ids.js";
import { DEFAULT_TIMINGS } from "../domain/mission.js";
import { explainFailure } from "./failure-causes.js";
import { milestoneCancelSignal, milestoneClosedSignal } from "./messages.js";
import type { milestoneWorkflow } from "./milestone.js";
import type { Mission } from "./mission-work.js";
import { forwardReplan } from "./mission-replan.js";

export async function runMilestone(
  mission: Mission,
  homeQueue: string,
): Promise<"done" | "cancelled" | "failed"> {
  const { input, state } = mission;
  const view = state.milestones[state.current];
  if (view === undefined) return "failed";
  const before = state.milestones.slice(0, state.current);
  view.status = "active";
  mission.story("progress", `Milestone ${view.id} starts: ${view.title}`);
  let ended = false;
  try {
    const child = await startChild<typeof milestoneWorkflow>("milestoneWorkflow", {
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
          mode: input.mode,
          planHash: state.planHash,
          firstOrder: before.reduce((sum, { featuresTotal }) => sum + featuresTotal, 0),
          atOnce: input.atOnce,
          timings: { ...DEFAULT_TIMINGS, ...input.timings },
          homeQueue,
          overlaps: input.workspace !== "folder",
          paused: state.paused,
          notes: state.notes,
          continueAfterEvents: input.continueAfterEvents ?? 4_096,
        },
      ],
    });
    state.isMilestoneOpen = true;
    const forwarding = forwardCommands(mission, homeQueue, () => ended);
    const result = await child.result();
    ended = true;
    state.isMilestoneOpen = false;
    mission.toGuard(milestoneClosedSignal, { milestoneId: view.id });
    await forwarding;
    if (result.kind === "cancelled") {
      view.status = "cancelled";
      return "cancelled";
    }
    view.status = "done";
    view.featuresDone = result.featuresDone;
    state.current += 1;
    mission.story("progress", `Milestone ${view.id} is done.`);
    mission.commitFolder(`milestone ${view.id} done`);
    return "done";
  } catch (error) {
    ended = true;
    state.isMilestoneOpen = false;
    view.status = "blocked";
    state.failure = explainFailure(error);
    return "failed";
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
