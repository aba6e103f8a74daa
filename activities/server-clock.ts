/** The server's clock: workflows and other hosts go by it, and this host's may be minutes away from it. */
import { activityInfo } from "@temporalio/activity";

/** A worker that is busy begins so late, which looks like a clock that is fast. */
const TELLING_MS = 90_000;

/** When the server handed this activity out: its now, for activities that take no time. */
export const serverNowMs = (): number => activityInfo().currentAttemptScheduledTimestampMs;

/**
 * An outcome as workflows read it: a wait that this host's clock has told is moved to the server's, or the feature would come
 * back too early again and again. @param beganMs when the activity began, by this host's clock.
 */
export function byServerClock<T>(outcome: T, beganMs: number): T {
  const { kind, at } = outcome as { kind?: unknown; at?: unknown };
  if (kind !== "wait-until" || typeof at !== "string" || Number.isNaN(Date.parse(at)))
    return outcome;
  const apartMs = serverNowMs() - beganMs;
  if (Math.abs(apartMs) < TELLING_MS) return outcome;
  return { ...outcome, at: new Date(Date.parse(at) + apartMs).toISOString() };
}
