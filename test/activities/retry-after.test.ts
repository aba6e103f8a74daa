import { describe, expect, it } from "@jest/globals";
import { createRateLimits } from "../../activities/adapters/rate-limits.js";
import { retryAtMs } from "../../activities/adapters/retry-after.js";

const now = Date.parse("2026-03-04T05:06:07Z");

describe("when a provider may be called again", () => {
  it.each([
    [{ "retry-after": "20" }, 20_000],
    [{ "Retry-After": "0.5" }, 500],
    [{ "retry-after-ms": "1500", "retry-after": "20" }, 1_500],
    [{ "retry-after": "Wed, 04 Mar 2026 05:07:07 GMT" }, 60_000],
    [{ "x-ratelimit-reset-requests": "1m30s" }, 90_000],
    [{ "x-ratelimit-reset-tokens": "250ms" }, 250],
    [{ "x-ratelimit-reset": String((now + 5_000) / 1_000) }, 5_000],
    [{ "x-ratelimit-reset": String(now + 7_000) }, 7_000],
    [
      {
        "anthropic-ratelimit-tokens-reset": "2026-03-04T05:06:37Z",
        "anthropic-ratelimit-requests-reset": "2026-03-04T05:06:17Z",
      },
      30_000,
    ],
    [
      {
        "x-ratelimit-reset-tokens": "6m0s",
        "x-ratelimit-remaining-tokens": "900",
        "x-ratelimit-reset-requests": "2s",
        "x-ratelimit-remaining-requests": "0",
      },
      2_000,
    ],
    [
      {
        "anthropic-ratelimit-unified-status": "rejected",
        "anthropic-ratelimit-unified-reset": String(now / 1_000 + 600),
        "anthropic-ratelimit-unified-5h-status": "rejected",
        "anthropic-ratelimit-unified-5h-reset": String(now / 1_000 + 600),
        "anthropic-ratelimit-unified-7d-status": "allowed",
        "anthropic-ratelimit-unified-7d-reset": String(now / 1_000 + 400_000),
      },
      600_000,
    ],
    [
      {
        "x-codex-primary-used-percent": "100",
        "x-codex-primary-reset-after-seconds": "13873",
        "x-codex-secondary-used-percent": "80",
        "x-codex-secondary-reset-after-seconds": "316705",
      },
      13_873_000,
    ],
    [{ "retry-after": "-5" }, 0],
    [{ "retry-after": "99999999" }, 8 * 24 * 3_600_000],
  ])("reads %j", (headers, afterMs) => {
    expect(retryAtMs(headers as unknown as Record<string, string>, now)).toBe(now + afterMs);
  });

  it("says nothing where no header does", () => {
    expect(retryAtMs({ "retry-after": "soon", "content-type": "json" }, now)).toBeUndefined();
    expect(retryAtMs({}, now)).toBeUndefined();
  });
});

describe("rate limits of a process", () => {
  it("are shared by key, grow when nobody says how long, and end with a call that passes", () => {
    const limits = createRateLimits();
    limits.refused("a", now, undefined);
    expect(limits.blockedUntilMs("a")).toBe(now + 5_000);
    limits.refused("a", now + 5_000, undefined);
    expect(limits.blockedUntilMs("a")).toBe(now + 15_000);
    limits.refused("a", now + 5_000, now + 6_000);
    expect(limits.blockedUntilMs("a")).toBe(now + 15_000);
    expect(limits.blockedUntilMs("b")).toBe(0);
    limits.passed("a", now + 15_000);
    expect(limits.blockedUntilMs("a")).toBe(0);
  });

  it("grow once for all calls that were refused at once", () => {
    const limits = createRateLimits();
    for (let n = 0; n < 10; n += 1) limits.refused("a", now, undefined);
    expect(limits.blockedUntilMs("a")).toBe(now + 5_000);
  });

  it("outlast a call that was made before others were refused", () => {
    const limits = createRateLimits();
    limits.refused("a", now, now + 30_000);
    limits.passed("a", now + 1_000);
    expect(limits.blockedUntilMs("a")).toBe(now + 30_000);
  });

  it("leave a growing pause before a provider that says each time that it may be asked at once", () => {
    const limits = createRateLimits();
    let at = now;
    for (let n = 0; n < 10; n += 1) {
      limits.refused("a", at, at);
      expect(limits.blockedUntilMs("a")).toBeGreaterThan(at);
      at = limits.blockedUntilMs("a");
    }
    expect(at - now).toBeGreaterThan(120_000);
  });
});
