/** Asks for a new version of the plan in which a milestone has a feature more. */
import type { ExtendPlanInput } from "../domain/validation-work.js";
import { reads } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import { adoptPlan } from "./milestone-plan.js";
import type { Milestone } from "./milestone-work.js";
import { isOvertaken } from "./validation-slice.js";

export type Extended =
  | { kind: "extended"; added: string[] }
  /** One sentence. */
  | { kind: "impossible"; why: string }
  /** Somebody decided otherwise meanwhile, and nothing was changed. */
  | { kind: "overtaken" };

/**
 * The main loop then takes the new plan up.
 * @param says what the story says of it, without its full stop. @param isDecided true: nobody wants the change any more.
 */
export async function extendMilestone(
  milestone: Milestone,
  change: ExtendPlanInput["change"],
  says: (added: string[]) => string,
  isDecided: () => boolean = () => false,
): Promise<Extended> {
  const { missionId, milestoneId, homeQueue } = milestone.input;
  const { planHash } = milestone.state;
  try {
    const { extendPlan } = reads(homeQueue, `milestone ${milestoneId}: extend the plan`);
    const outcome = await extendPlan({ missionId, planHash, milestoneId, change });
    // What was made from a plan that no longer holds would undo the one that came meanwhile.
    if (isOvertaken(milestone) || milestone.state.planHash !== planHash || isDecided())
      return { kind: "overtaken" };
    if (outcome.kind === "impossible") return outcome;
    const { added } = outcome;
    adoptPlan(milestone, outcome.planHash, added, says(added));
    return { kind: "extended", added };
  } catch (error) {
    return { kind: "impossible", why: explainFailure(error) };
  }
}
