/** Rate limits of this process: what one attempt learns, all that share provider and key respect. */

const FIRST_WAIT_MS = 5_000;
const LONGEST_GUESS_MS = 60_000;

export interface RateLimits {
  /** ms since the epoch until which calls would be refused; 0 when none are. */
  blockedUntilMs(limitKey: string): number;
  /** @param untilMs what the provider said; without it the wait is guessed and doubles. */
  refused(limitKey: string, nowMs: number, untilMs: number | undefined): void;
  passed(limitKey: string): void;
}

export function createRateLimits(): RateLimits {
  const limits = new Map<string, { untilMs: number; refusals: number }>();
  return {
    blockedUntilMs: (key) => limits.get(key)?.untilMs ?? 0,
    refused: (key, nowMs, untilMs) => {
      const known = limits.get(key) ?? { untilMs: 0, refusals: 0 };
      const guessMs = Math.min(FIRST_WAIT_MS * 2 ** known.refusals, LONGEST_GUESS_MS);
      limits.set(key, {
        untilMs: Math.max(known.untilMs, untilMs ?? nowMs + guessMs),
        refusals: known.refusals + 1,
      });
    },
    passed: (key) => {
      limits.delete(key);
    },
  };
}
