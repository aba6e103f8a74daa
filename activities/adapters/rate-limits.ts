/** Rate limits of this process: what one attempt learns, all that share provider and key respect. */
import type { PaidRun } from "../paid-run.js";
import type { OpenedModel } from "../ports.js";

const FIRST_WAIT_MS = 5_000;
const LONGEST_GUESS_MS = 60_000;
/** A provider that says "at once" each time is not asked without a pause. */
const LEAST_WAIT_MS = 250;

export interface RateLimits {
  /** ms since the epoch until which calls would be refused; 0 when none are. */
  blockedUntilMs(limitKey: string): number;
  /** @param untilMs what the provider said; without it the wait is guessed and doubles. Refusals of calls that were made at once are one. */
  refused(limitKey: string, nowMs: number, untilMs: number | undefined): void;
  /** A call that passes while others wait was made before they were refused, and says nothing. */
  passed(limitKey: string, nowMs: number): void;
}

export function createRateLimits(): RateLimits {
  const limits = new Map<string, { untilMs: number; refusals: number }>();
  return {
    blockedUntilMs: (key) => limits.get(key)?.untilMs ?? 0,
    refused: (key, nowMs, untilMs) => {
      const known = limits.get(key) ?? { untilMs: 0, refusals: 0 };
      if (known.untilMs > nowMs) {
        limits.set(key, { ...known, untilMs: Math.max(known.untilMs, untilMs ?? 0) });
        return;
      }
      const growing = (firstMs: number) =>
        nowMs + Math.min(firstMs * 2 ** known.refusals, LONGEST_GUESS_MS);
      limits.set(key, {
        untilMs: Math.max(growing(LEAST_WAIT_MS), untilMs ?? growing(FIRST_WAIT_MS)),
        refusals: known.refusals + 1,
      });
    },
    passed: (key, nowMs) => {
      if ((limits.get(key)?.untilMs ?? 0) <= nowMs) limits.delete(key);
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
