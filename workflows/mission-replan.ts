/** A new plan for a running mission: what is finished stays, the rest follows the new plan. */
import type { MilestoneView } from "../domain/mission.js";
import { reads } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import { milestoneReplanSignal } from "./messages.js";
import { releaseHold } from "./mission-hold.js";
import type { Mission } from "./mission-work.js";

/** @returns true when the plan was taken; a plan that changes finished milestones is refused, in the story. */
async function applyPlan(mission: Mission, homeQueue: string, planHash: string): Promise<boolean> {
  const { input, state } = mission;
  let milestones, mode;
  try {
    ({ milestones, mode } = await reads(homeQueue, "milestones of the new plan").readMilestones({
      missionId: input.missionId,
      planHash,
    }));
  } catch (error) {
    mission.story("decision", `The new plan was not applied: ${explainFailure(error)}`);
    return false;
  }
  const begun = state.milestones.slice(0, state.current + (state.isMilestoneOpen ? 1 : 0));
  const changed = begun.find(({ id }, index) => milestones[index]?.id !== id);
  if (changed !== undefined) {
    const why = `milestone ${changed.id} has begun and must stay where it is`;
    mission.story("decision", `The new plan was not applied: ${why}.`);
    return false;
  }
  state.planHash = planHash;
  if (mode !== undefined && begun.length === 0) state.mode = mode;
  state.milestones = milestones.map(({ id, title, features }, index): MilestoneView => {
    const known = begun[index];
    return known === undefined
      ? { id, title, status: "pending", featuresDone: 0, featuresTotal: features }
      : { ...known, title };
  });
  mission.story("decision", `The mission goes on with plan ${planHash.slice(0, 12)}.`);
  return true;
}

export async function forwardReplan(
  mission: Mission,
  homeQueue: string,
  planHash: string,
): Promise<void> {
  if (await applyPlan(mission, homeQueue, planHash))
    mission.toMilestone(milestoneReplanSignal, { planHash });
  // Only now: what was held belongs to the old plan until the milestone knows the new one.
  releaseHold(mission);
}
