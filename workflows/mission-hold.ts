/** Holding new starts while a plan is changed: what has not begun waits, what runs goes on. */
import { formatDuration } from "../domain/money.js";
import { DEFAULT_TIMINGS } from "../domain/mission.js";
import { holdSignal, milestoneStopAttemptsSignal } from "./messages.js";
import type { GuardAlert } from "./messages.js";
import type { Mission } from "./mission-work.js";

/** The guard's clock and ours may be of different hosts. */
const CLOCKS_DIFFER_MS = 5_000;

/** Held again, it counts from now. @returns what a person is told. */
export function holdForReplan(mission: Mission): string {
  const { input, state } = mission;
  const forMs = input.timings?.replanHoldMs ?? DEFAULT_TIMINGS.replanHoldMs;
  state.replanHeld = true;
  state.replanHeldUntilMs = Date.now() + forMs;
  // The guard first: what the milestone gives back and asks for again must find it holding.
  mission.toGuard(holdSignal, { reason: "replan", held: true, forMs });
  mission.toMilestone(milestoneStopAttemptsSignal, { why: "the plan is changed", drain: true });
  return `Features that have not begun wait for a new plan, for at most ${formatDuration(forMs)}; running ones go on.`;
}

/** The guard let an earlier hold run out before it heard of this one. */
export function isOfEarlierHold({ state }: Mission, { kind, key }: GuardAlert): boolean {
  if (kind !== "released" || state.replanHeldUntilMs === undefined) return false;
  const until = Date.parse(key.slice("released/".length));
  return until < state.replanHeldUntilMs - CLOCKS_DIFFER_MS;
}

/** @returns false when nothing is held. */
export function releaseHold(mission: Mission): boolean {
  const { state } = mission;
  if (state.replanHeld !== true) return false;
  state.replanHeld = false;
  mission.toGuard(holdSignal, { reason: "replan", held: false });
  return true;
}
