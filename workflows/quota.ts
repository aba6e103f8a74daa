/** A provider's limit: until when it lasts, as the provider says, and how long that is waited for. */
import type { Timings } from "../domain/mission.js";

const UNKNOWN_MS = 60_000;
const LEAST_MS = 1_000;

/** ms since the epoch, undefined for what is no time. */
export const quotaEnd = (at: string): number | undefined =>
  Number.isFinite(Date.parse(at)) ? Date.parse(at) : undefined;

/** Why something waits and until when, in UTC. */
export function quotaNote(at: string, why: string): string {
  const until = quotaEnd(at);
  if (until === undefined) return `${why}, nobody says for how long`;
  return `${why} until ${new Date(until).toISOString().slice(0, 19)}Z`;
}

/** From now. */
export function quotaWaitMs(at: string, { quotaUnknownMs = UNKNOWN_MS }: Timings): number {
  const until = quotaEnd(at);
  return until === undefined ? quotaUnknownMs : Math.max(LEAST_MS, until - Date.now());
}
