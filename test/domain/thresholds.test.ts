import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { openClock, startActive } from "../../domain/active-clock.js";
import { openLedger, settle } from "../../domain/ledger.js";
import type { BudgetTotals } from "../../domain/mission.js";
import { crossings, nextTimeThresholdMs, totalsOf, usedPct } from "../../domain/thresholds.js";

const someTotals = (more: Partial<BudgetTotals> = {}): BudgetTotals => ({
  caps: { microUsd: 100, tokens: 100, activeMs: 100 },
  spent: { microUsd: 0, tokens: 0 },
  reserved: { microUsd: 0, tokens: 0 },
  overrun: { microUsd: 0, tokens: 0 },
  activeMs: 0,
  usedPct: 0,
  tightest: "money",
  alertThresholdPct: 80,
  onAlert: "ask",
  ...more,
});

describe("totals", () => {
  it("name the tightest currency and round its share down", () => {
    const ledger = openLedger({ microUsd: 1_000, tokens: 300 });
    settle(ledger, { key: "1/1/a/1", spent: { microUsd: 500, tokens: 200 }, sleeps: [] });
    const clock = openClock();
    startActive(clock, 0);
    const account = {
      ledger,
      clock,
      activeCapMs: 1_000,
      alertThresholdPct: 80,
      onAlert: "ask" as const,
    };
    expect(totalsOf(account, 100)).toMatchObject({
      tightest: "tokens",
      usedPct: 66,
      activeMs: 100,
    });
    expect(totalsOf(account, 999)).toMatchObject({ tightest: "time", usedPct: 99 });
    const before = totalsOf(account, 999);
    settle(ledger, { key: "1/1/a/2", spent: { microUsd: 1, tokens: 0 }, sleeps: [] });
    expect(before.spent.microUsd).toBe(500);
  });

  it("count a cap of 0 as free while nothing is used and as used up after", () => {
    const totals = someTotals({ caps: { microUsd: 0, tokens: 0, activeMs: 10 } });
    expect(usedPct(totals, "money")).toBe(0);
    expect(crossings([], totals)).toEqual([]);
    totals.spent.tokens = 1;
    expect(usedPct(totals, "tokens")).toBe(100);
    expect(crossings([], totals).map(({ kind }) => kind)).toEqual(["warn", "alert", "exhausted"]);
  });
});

describe("thresholds", () => {
  it("are announced once per currency and cap, however the account moves", () => {
    const moves = fc.record({
      microUsd: fc.nat(150),
      tokens: fc.nat(150),
      activeMs: fc.nat(150),
      cap: fc.constantFrom(0, 50, 100, 140),
    });
    fc.assert(
      fc.property(
        fc.array(moves, { maxLength: 30 }),
        fc.integer({ min: 1, max: 100 }),
        (story, alertThresholdPct) => {
          const announced: string[] = [];
          for (const { microUsd, tokens, activeMs, cap } of story) {
            const totals = someTotals({
              caps: { microUsd: cap, tokens: 100, activeMs: cap },
              spent: { microUsd, tokens },
              activeMs,
              alertThresholdPct,
            });
            const found = crossings(announced, totals);
            announced.push(...found.map(({ key }) => key));
            expect(new Set(announced).size).toBe(announced.length);
            expect(
              announced.includes(`exhausted/money/${cap}`) || microUsd < cap || microUsd === 0,
            ).toBe(true);
            expect(
              found.some(({ kind, currency }) => kind === "warn" && usedPct(totals, currency) < 60),
            ).toBe(false);
            expect(crossings(announced, totals)).toEqual([]);
          }
        },
      ),
    );
  });

  it("are armed again by another cap", () => {
    const spent = { microUsd: 85, tokens: 0 };
    const first = crossings([], someTotals({ spent })).map(({ key }) => key);
    expect(first).toEqual(["warn/money/100", "alert/money/100"]);
    const raised = someTotals({ spent, caps: { microUsd: 140, tokens: 100, activeMs: 100 } });
    expect(crossings(first, raised).map(({ key }) => key)).toEqual(["warn/money/140"]);
  });

  it("are told in a sentence with figures", () => {
    const caps = { microUsd: 20_000_000, tokens: 2_000_000, activeMs: 7_200_000 };
    const totals = someTotals({
      caps,
      spent: { microUsd: 12_400_000, tokens: 1_600_000 },
      activeMs: 7_200_000,
    });
    expect(crossings([], totals).map(({ text }) => text)).toEqual([
      "Used $12.40 of $20.00 (62 %); cheaper models are preferred from here on.",
      "Used 1.6M tokens of 2M tokens (80 %); cheaper models are preferred from here on.",
      "Used 1.6M tokens of 2M tokens (80 %): the alert threshold of 80 % is reached.",
      "Used 2 h of active time of 2 h of active time (100 %); cheaper models are preferred from here on.",
      "Used 2 h of active time of 2 h of active time (100 %): the alert threshold of 80 % is reached.",
      "Used 2 h of active time of 2 h of active time (100 %): nothing more is granted.",
    ]);
  });

  it("of time lie exactly as far ahead as the timer waits", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.nat(110_000),
        fc.integer({ min: 1, max: 100 }),
        (cap, activeMs, alertThresholdPct) => {
          const at = (ms: number) =>
            someTotals({
              caps: { microUsd: 1, tokens: 1, activeMs: cap },
              activeMs: ms,
              alertThresholdPct,
            });
          const wait = nextTimeThresholdMs(at(activeMs));
          if (activeMs >= cap) {
            expect(wait).toBe(Infinity);
            return;
          }
          const announced = crossings([], at(activeMs)).map(({ key }) => key);
          expect(crossings(announced, at(activeMs + wait)).length).toBeGreaterThan(0);
          expect(crossings(announced, at(activeMs + wait - 1))).toEqual([]);
        },
      ),
    );
  });
});
