import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ask, grantNext, openLedger, settle } from "../../../domain/ledger.js";
import type { Amount } from "../../../domain/mission.js";
import { isAboveSharedCap } from "../../../domain/planning/shared-cap.js";

const usd = (microUsd: number, tokens = microUsd): Amount => ({ microUsd, tokens });
const planning = (n: number, estimate: Amount, within?: Amount) => ({
  key: `1/planning/${n}/1`,
  order: 0,
  estimate,
  replyTo: "p",
  ...(within === undefined ? {} : { within }),
});

describe("the cap of plannings", () => {
  it("counts what others have cost and hold, and lets what costs nothing and features pass", () => {
    const ledger = openLedger(usd(10_000));
    const isAbove = (request: ReturnType<typeof planning>) => isAboveSharedCap(ledger, request);
    const feature = { ...planning(1, usd(900)), key: "1/1/1.1/1" };
    ask(ledger, [feature, planning(1, usd(600), usd(1_000))]);
    grantNext(ledger, isAbove);
    expect(Object.keys(ledger.reserved)).toHaveLength(2);
    expect(isAbove(planning(2, usd(401), usd(1_000)))).toBe(true);
    expect(isAbove(planning(2, usd(400), usd(1_000)))).toBe(false);
    expect(isAbove(planning(2, usd(0), usd(0)))).toBe(false);
    expect(isAbove(planning(2, usd(0, 401), usd(1_000)))).toBe(true);
    settle(ledger, { key: "1/planning/1/1", spent: usd(100), sleeps: [] });
    expect(isAbove(planning(2, usd(900), usd(1_000)))).toBe(false);
    expect(isAbove(planning(2, usd(901), usd(1_000)))).toBe(true);
  });

  it("is never passed by grants, however many ask at once", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 12 }), fc.nat(100), (asked, cap) => {
        const ledger = openLedger(usd(10_000));
        ask(
          ledger,
          asked.map((amount, i) => planning(i + 1, usd(amount), usd(cap))),
        );
        grantNext(ledger, (request) => isAboveSharedCap(ledger, request));
        expect(ledger.reservedSum.microUsd).toBeLessThanOrEqual(cap);
      }),
    );
  });
});
