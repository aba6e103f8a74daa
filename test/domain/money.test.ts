import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  formatDuration,
  formatTokens,
  formatUsd,
  hoursToMs,
  isTokens,
  MAXIMA,
  microUsdFromUsd,
  tokensFrom,
} from "../../domain/money.js";
import { Problem } from "../../domain/problem.js";

describe("money", () => {
  it("turns every amount written with six decimals into exactly its micro-USD", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAXIMA.usd * 1_000_000 }), (microUsd) => {
        const whole = Math.floor(microUsd / 1_000_000);
        const written = `${whole}.${String(microUsd % 1_000_000).padStart(6, "0")}`;
        expect(microUsdFromUsd(Number(written))).toBe(microUsd);
      }),
    );
  });

  it.each([NaN, Infinity, -Infinity, -0.01, 1e308, 1_000_000.01])("refuses %d USD", (usd) => {
    expect(() => microUsdFromUsd(usd)).toThrow(Problem);
  });

  it.each([NaN, Infinity, -1, 8_761])("refuses %d hours", (hours) => {
    expect(() => hoursToMs(hours)).toThrow(Problem);
  });

  it("takes only whole tokens", () => {
    expect(tokensFrom(1_000)).toBe(1_000);
    expect(() => tokensFrom(0.5)).toThrow(/0.5 tokens/);
    expect([isTokens("5"), isTokens(-1), isTokens(NaN), isTokens(0)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it("keeps the fraction of an hour", () => {
    expect(hoursToMs(1.5)).toBe(5_400_000);
  });

  it("shows cents from one cent on and every decimal that matters below", () => {
    const amounts = [0, 1, 4_200, 10_000, 999_999, 1_500_000, 1_234_567_890_000, -2_000_000];
    expect(amounts.map(formatUsd)).toEqual([
      "$0.00",
      "$0.000001",
      "$0.0042",
      "$0.01",
      "$1.00",
      "$1.50",
      "$1,234,567.89",
      "-$2.00",
    ]);
  });

  it("shows a time by its two largest units", () => {
    const times = [0, 350, 45_000, 200_000, 3_600_000, 7_500_000, 273_600_000, -1_000];
    expect(times.map(formatDuration)).toEqual([
      "0 ms",
      "350 ms",
      "45 s",
      "3 min 20 s",
      "1 h",
      "2 h 5 min",
      "3 d 4 h",
      "-1 s",
    ]);
  });

  it("shows tokens short", () => {
    expect([950, 1_000, 12_345, 999_999, 1_200_000, 3e9].map(formatTokens)).toEqual([
      "950",
      "1k",
      "12.3k",
      "1M",
      "1.2M",
      "3B",
    ]);
  });
});
