/** A plan that the engine itself changed: the main loop takes it up, and the mission hears of it with the next progress. */
import type { Milestone } from "./milestone-work.js";

/** Who changes a plan when nobody does. */
export const ENGINE = { who: "missions", from: "engine" } as const;

/**
 * A plan of a person that comes before it is read goes before it.
 * @param added ids of new features. @param why one sentence for the story, without its full stop.
 */
export function adoptPlan(
  milestone: Milestone,
  planHash: string,
  added: readonly string[],
  why: string,
): void {
  const { state } = milestone;
  state.extending = { from: state.planHash, to: planHash, added: [...added] };
  state.replanTo = planHash;
  milestone.story("decision", `${why} (plan ${planHash.slice(0, 12)}).`, ENGINE);
}
