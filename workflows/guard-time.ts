/** When the guard's time is up, and when it has to look again by itself. Pure. */
import { readActiveMs } from "../domain/active-clock.js";
import { nextTimeThresholdMs, totalsOf } from "../domain/thresholds.js";
import { hasDeadlinePassed, type GuardState } from "./guard-state.js";

const isActiveTimeUp = (state: GuardState, nowMs: number): boolean =>
  readActiveMs(state.clock, nowMs) >= state.activeCapMs;

/** Nothing is granted any more. */
export const isTimeUp = (state: GuardState, nowMs: number): boolean =>
  isActiveTimeUp(state, nowMs) || hasDeadlinePassed(state, nowMs);

/**
 * Ms until the next share of active time, the deadline, or the end of a hold; none while nothing comes by itself.
 * @param watchesAlways also after the deadline, when what runs may finish.
 */
export function nextWaitMs(
  state: GuardState,
  nowMs: number,
  watchesAlways: boolean,
): number | undefined {
  const { clock, deadlineMs, deadlineTold, replanHeldUntilMs: heldUntilMs } = state;
  const isOver = watchesAlways ? isActiveTimeUp(state, nowMs) : isTimeUp(state, nowMs);
  const waits: number[] = [];
  if (clock.runningSinceMs !== undefined && !isOver)
    waits.push(nextTimeThresholdMs(totalsOf(state, nowMs)));
  if (deadlineMs !== undefined && !deadlineTold) waits.push(deadlineMs - nowMs);
  if (heldUntilMs !== undefined && heldUntilMs > nowMs) waits.push(heldUntilMs - nowMs);
  return waits.length === 0 ? undefined : Math.max(1, Math.min(...waits));
}
