/** Rate limits of this process: what one attempt learns, all that share provider and key respect. */
import type { PaidRun } from "../paid-run.js";
import type { OpenedModel } from "../ports.js";

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

export type Turn =
  | { kind: "go"; waitedMs: number }
  | { kind: "wait-until"; at: string; why: string }
  | { kind: "stopped" };

/** Waits until calls are let through again. @param patienceMs a longer wait is not begun: the workflow's timer is for that. */
export async function waitForTurn(
  limits: RateLimits,
  who: Pick<OpenedModel, "limitKey" | "provider">,
  run: Pick<PaidRun, "now" | "signal">,
  patienceMs: number,
): Promise<Turn> {
  let waitedMs = 0;
  for (;;) {
    if (run.signal.aborted) return { kind: "stopped" };
    const waitMs = limits.blockedUntilMs(who.limitKey) - run.now();
    if (waitMs <= 0) return { kind: "go", waitedMs };
    if (waitedMs + waitMs > patienceMs) {
      const at = new Date(run.now() + waitMs).toISOString();
      return { kind: "wait-until", at, why: `rate limit of ${who.provider}` };
    }
    waitedMs += waitMs;
    await pause(waitMs, run.signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
