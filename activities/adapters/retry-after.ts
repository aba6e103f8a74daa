/** When a provider lets us call again, from its reply's headers. */

const NO_LATER_THAN_MS = 8 * 24 * 3_600_000;

/** Never in the past, and not so late that nobody looks again. */
export const retryBounds = (ms: number, nowMs: number): number =>
  Math.min(Math.max(ms, nowMs), nowMs + NO_LATER_THAN_MS);

/** @returns ms since the epoch, or undefined where no header says; never in the past, never later than eight days. */
export function retryAtMs(headers: Record<string, string>, nowMs: number): number | undefined {
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()]),
  );
  const bounded = (ms: number) => retryBounds(ms, nowMs);
  const ms = Number(lower["retry-after-ms"] || "x");
  if (Number.isFinite(ms)) return bounded(nowMs + ms);
  const after = momentOf(lower["retry-after"], nowMs);
  if (after !== undefined) return bounded(after);
  // Several limits may be told of; the call goes through once those that are used up are reset.
  const resets = Object.entries(lower)
    .filter(([name]) =>
      /^(?:x-ratelimit|anthropic-ratelimit)-.*reset|^x-ratelimit-reset$|^x-codex-.*-reset-after-seconds$/.test(
        name,
      ),
    )
    .filter(([name]) => isUsedUp(lower, name))
    .map(([, value]) => momentOf(value, nowMs))
    .filter((moment) => moment !== undefined);
  return resets.length === 0 ? undefined : bounded(Math.max(...resets));
}

/**
 * `x-ratelimit-remaining-tokens` stands beside `x-ratelimit-reset-tokens`; where it is missing, the reset counts. The limits of a
 * subscription say `status` (of Anthropic) or `used-percent` (of Codex) instead.
 */
function isUsedUp(headers: Record<string, string>, reset: string): boolean {
  const status = reset.endsWith("-reset") ? headers[reset.replace(/reset$/, "status")] : undefined;
  if (status !== undefined) return status.toLowerCase() === "rejected";
  const used = headers[reset.replace("reset-after-seconds", "used-percent")];
  if (reset.startsWith("x-codex-") && used !== undefined) return Number(used) >= 100;
  const remaining = headers[reset.replace("reset", "remaining")];
  return remaining === undefined || Number(remaining) <= 0;
}

/** Seconds from now, seconds or ms since the epoch, a date, or a span as `1h2m3.5s` or `250ms`. */
function momentOf(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined || value === "") return undefined;
  const number = Number(value);
  if (Number.isFinite(number)) {
    if (number > 1e12) return number;
    return number > 1e9 ? number * 1_000 : nowMs + number * 1_000;
  }
  const span =
    /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(
      value,
    );
  if (span !== null) {
    const [days, hours, minutes, seconds, ms] = span.slice(1).map((part) => Number(part || 0));
    const whole = (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
    return nowMs + whole * 1_000 + (ms ?? 0);
  }
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : date;
}
