import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Amount } from "../../domain/mission.js";
import { buysNoMore, capReached, roomLeft, within } from "../../workflows/planning-money.js";

const amount = fc.record({ microUsd: fc.nat(5_000_000), tokens: fc.nat(500_000) });
const CURRENCIES = ["microUsd", "tokens"] as const;

describe("what a planning may ask for", () => {
  const account = fc.record({
    cap: amount,
    caps: amount,
    spentBefore: amount,
    guardSpent: amount,
    others: amount,
    granted: amount,
    spent: amount,
    spentOfSlice: amount,
    isOwnAccount: fc.boolean(),
    ask: amount,
  });

  it("is never more than the cap minus what plannings have spent, nor than the guard has", () => {
    fc.assert(
      fc.property(account, ({ ask, caps, guardSpent, others, ...given }) => {
        const reserved: Amount = {
          microUsd: others.microUsd + given.granted.microUsd,
          tokens: others.tokens + given.granted.tokens,
        };
        const totals = {
          caps: { ...caps, activeMs: 1 },
          spent: guardSpent,
          reserved,
          overrun: { microUsd: 0, tokens: 0 },
          activeMs: 0,
          usedPct: 0,
          tightest: "money" as const,
          alertThresholdPct: 80,
          onAlert: "continue" as const,
        };
        const room = roomLeft({ ...given, totals });
        const next = within(ask, room);
        for (const currency of CURRENCIES) {
          expect(next[currency]).toBeGreaterThanOrEqual(0);
          expect(next[currency]).toBeLessThanOrEqual(ask[currency]);
          const gone = given.isOwnAccount
            ? guardSpent[currency] + given.spentOfSlice[currency] + others[currency]
            : given.spentBefore[currency] + given.spent[currency] + given.spentOfSlice[currency];
          expect(next[currency]).toBeLessThanOrEqual(Math.max(0, given.cap[currency] - gone));
          const free =
            caps[currency] - guardSpent[currency] - given.spentOfSlice[currency] - others[currency];
          expect(next[currency]).toBeLessThanOrEqual(Math.max(0, free));
        }
      }),
    );
  });

  it("is worth asking for only when some currency grows", () => {
    const last = { microUsd: 10, tokens: 10 };
    expect(buysNoMore({ microUsd: 10, tokens: 9 }, last)).toBe(true);
    expect(buysNoMore({ microUsd: 11, tokens: 0 }, last)).toBe(false);
  });

  it("says in which currency it is too little", () => {
    const cap = { microUsd: 2_000_000, tokens: 50_000 };
    const room = { microUsd: 500_000, tokens: 9_000 };
    expect(capReached(cap, { microUsd: 700_000, tokens: 1 }, room).reason).toBe(
      "The next question may cost $0.70; of the planning cap of $2.00 $0.50 is left.",
    );
    expect(capReached(cap, { microUsd: 0, tokens: 30_000 }, room).reason).toContain("30k tokens");
  });
});
