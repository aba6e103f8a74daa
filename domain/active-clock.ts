/**
 * The clock of active time: it runs while something works, and a sleep of the host never counts. Plain data that the
 * functions change in place. The answer is the union of the active spans minus the union of the sleeps, whatever the order
 * of the reports, as far back as the last 100 of each.
 */
import { asSpans, cutOut, lengthOf, unite } from "./intervals.js";
import type { Interval } from "./mission.js";

export interface ActiveClock {
  /** Counted by spans that have ended. */
  activeMs: number;
  /** Set while the clock runs. */
  runningSinceMs?: number;
  /** Counted time that a late report of a sleep may still take away. */
  spans: Interval[];
  sleeps: Interval[];
}

const KEPT = 100;

export const openClock = (): ActiveClock => ({ activeMs: 0, spans: [], sleeps: [] });

/** Repeated starts of a running clock change nothing. */
export function startActive(clock: ActiveClock, nowMs: number): void {
  clock.runningSinceMs ??= nowMs;
}

/** Repeated stops change nothing. */
export function stopActive(clock: ActiveClock, nowMs: number): void {
  bank(clock, nowMs);
  delete clock.runningSinceMs;
}

/** Active ms until now, the open span included. */
export const readActiveMs = (clock: ActiveClock, nowMs: number): number =>
  clock.activeMs + lengthOf(uncounted(clock, nowMs));

/** Takes a sleep out of the time counted; what was taken out before is not taken twice. Reports that are no span are ignored. */
export function countSleep(clock: ActiveClock, sleep: Interval): void {
  const asleep = asSpans(sleep);
  const left = cutOut(clock.spans, asleep);
  clock.activeMs -= lengthOf(clock.spans) - lengthOf(left);
  clock.spans = left.slice(-KEPT);
  clock.sleeps = unite(clock.sleeps, asleep);
  while (clock.sleeps.length > KEPT) {
    const [oldest] = clock.sleeps;
    // What runs since before a sleep that we forget is counted without it first.
    if (oldest !== undefined) bank(clock, oldest.toMs);
    clock.sleeps.shift();
  }
}

/** The open span up to a moment, without sleeps and without time that a clock set back would count twice. */
function uncounted(clock: ActiveClock, nowMs: number): Interval[] {
  if (clock.runningSinceMs === undefined) return [];
  const open = asSpans({ fromMs: clock.runningSinceMs, toMs: nowMs });
  return cutOut(open, unite(clock.spans, clock.sleeps));
}

function bank(clock: ActiveClock, untilMs: number): void {
  const fresh = uncounted(clock, untilMs);
  clock.activeMs += lengthOf(fresh);
  clock.spans = unite(clock.spans, fresh).slice(-KEPT);
  if (clock.runningSinceMs !== undefined) {
    clock.runningSinceMs = Math.max(clock.runningSinceMs, untilMs);
  }
}
