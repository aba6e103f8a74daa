/** Counting failed rounds of validation. */
import type { Milestone } from "./milestone-work.js";

/** A person has decided, or changed the plan: the rounds count anew. */
export function resetRounds({ state }: Milestone): void {
  state.failures = 0;
  state.failedRounds = [];
}
