import { describe, expect, it } from "@jest/globals";
import {
  adjustCaps,
  ask,
  assertInvariant,
  bookWhole,
  closeMilestone,
  grantNext,
  isStalled,
  openLedger,
  settle,
} from "../../domain/ledger.js";
import type { Amount } from "../../domain/mission.js";

const usd = (microUsd: number, tokens = 0): Amount => ({ microUsd, tokens });
const request = (key: string, estimate: Amount, order = 1) => ({
  key,
  order,
  estimate,
  replyTo: "m",
});
const cost = (key: string, spent: Amount) => ({ key, spent, sleeps: [] });

describe("the ledger", () => {
  it("grants in plan order, partly when a quarter is left, and passes over what does not fit", () => {
    const ledger = openLedger(usd(100, 1_000));
    ask(ledger, [request("1/1/c/1", usd(500), 3), request("1/1/a/1", usd(70), 1)]);
    ask(ledger, [request("1/1/b/1", usd(100), 2), request("1/1/d/1", usd(0), 4)]);
    expect(grantNext(ledger)).toEqual([
      { key: "1/1/a/1", amount: usd(70), replyTo: "m" },
      { key: "1/1/b/1", amount: usd(30), replyTo: "m" },
      { key: "1/1/d/1", amount: usd(0), replyTo: "m" },
    ]);
    expect(ledger.queue.map(({ key }) => key)).toEqual(["1/1/c/1"]);
    expect(isStalled(ledger)).toBe(false);
    settle(ledger, cost("1/1/a/1", usd(0)));
    expect(grantNext(ledger)).toEqual([]);
    settle(ledger, cost("1/1/b/1", usd(30)));
    settle(ledger, cost("1/1/d/1", usd(0)));
    expect(isStalled(ledger)).toBe(true);
    adjustCaps(ledger, { microUsd: 155 });
    expect(grantNext(ledger)).toEqual([{ key: "1/1/c/1", amount: usd(125), replyTo: "m" }]);
  });

  it("passes over what is held back, and grants it once it is not", () => {
    const ledger = openLedger(usd(100));
    ask(ledger, [request("1/1/a/1", usd(10), 1), request("1/1/b/2", usd(10), 2)]);
    const granted = grantNext(ledger, ({ key }) => key.endsWith("/1"));
    expect(granted.map(({ key }) => key)).toEqual(["1/1/b/2"]);
    expect(grantNext(ledger).map(({ key }) => key)).toEqual(["1/1/a/1"]);
    expect(assertInvariant(ledger)).toBeUndefined();
  });

  it("counts what plannings cost, also when it is booked whole, beside what is spent in all", () => {
    const ledger = openLedger(usd(100, 100));
    ask(ledger, [request("1/planning/1/1", usd(30, 5)), request("1/1/a/1", usd(20, 5))]);
    ask(ledger, [request("1/planning/2/1", usd(40, 5))]);
    grantNext(ledger);
    settle(ledger, cost("1/1/a/1", usd(20, 5)));
    expect(ledger.plannings).toBeUndefined();
    settle(ledger, cost("1/planning/1/1", usd(7, 1)));
    bookWhole(ledger, "1/planning/2/1");
    expect(ledger).toMatchObject({ plannings: usd(47, 6), spent: usd(67, 11) });
  });

  it("grants what costs nothing at an empty cap, and not once a cap is exceeded", () => {
    const free = openLedger(usd(0));
    ask(free, [request("1/1/a/1", usd(0))]);
    expect(grantNext(free)).toHaveLength(1);
    const over = openLedger(usd(10));
    settle(over, cost("1/1/x/1", usd(11)));
    ask(over, [request("1/1/a/1", usd(0))]);
    expect(grantNext(over)).toEqual([]);
    expect(isStalled(over)).toBe(true);
  });

  it("books a bill above its slice in full as overrun and then grants nothing", () => {
    const ledger = openLedger(usd(100));
    ask(ledger, [request("1/1/a/1", usd(60)), request("1/1/b/1", usd(40), 2)]);
    grantNext(ledger);
    expect(settle(ledger, cost("1/1/a/1", usd(90)))).toEqual({ known: true, overrun: usd(30) });
    expect(ledger.spent).toEqual(usd(90));
    expect(assertInvariant(ledger)).toBeUndefined();
    ask(ledger, [request("1/1/c/1", usd(4), 3)]);
    expect(grantNext(ledger)).toEqual([]);
  });

  it("books a settlement that nobody was granted, once, and ignores it after its milestone is closed", () => {
    const ledger = openLedger(usd(100));
    ask(ledger, [request("1/1/a/2", usd(10))]);
    expect(settle(ledger, cost("1/1/a/2", usd(7)))).toEqual({ known: false, overrun: usd(7) });
    expect(ledger.queue).toEqual([]);
    settle(ledger, cost("1/1/a/2", usd(7)));
    expect(ledger.spent).toEqual(usd(7));
    settle(ledger, cost("1/1/a/1", usd(2)));
    settle(ledger, cost("1/1/a/1", usd(2)));
    expect(ledger.spent).toEqual(usd(9));
    closeMilestone(ledger, 1, "1");
    expect(ledger.settled).toEqual({});
    settle(ledger, cost("1/1/a/2", usd(7)));
    settle(ledger, cost("1/1/b/1", usd(7)));
    ask(ledger, [request("1/1/b/1", usd(1))]);
    expect(ledger.queue).toEqual([]);
    expect(ledger.spent).toEqual(usd(9));
  });

  it("drops what a closed milestone still had queued", () => {
    const ledger = openLedger(usd(100));
    ask(ledger, [
      request("1/1/a/1", usd(10)),
      request("1/11/a/1", usd(10)),
      request("2/1/a/1", usd(1)),
    ]);
    closeMilestone(ledger, 1, "1");
    expect(ledger.queue.map(({ key }) => key)).toEqual(["1/11/a/1", "2/1/a/1"]);
  });

  it("settles a slice that is still held when its milestone closes", () => {
    const ledger = openLedger(usd(100));
    ask(ledger, [request("1/1/a/1", usd(10)), request("1/11/a/1", usd(10), 2)]);
    grantNext(ledger);
    closeMilestone(ledger, 1, "1");
    expect(settle(ledger, cost("1/1/a/1", usd(5))).known).toBe(true);
    expect(settle(ledger, cost("1/11/a/1", usd(5))).known).toBe(true);
    expect(ledger.spent).toEqual(usd(10));
    expect(Object.keys(ledger.settled)).toEqual(["1/11/a"]);
  });

  it("counts a cost that is no number as the whole slice", () => {
    const ledger = openLedger(usd(100, 100));
    ask(ledger, [request("1/1/a/1", usd(10, 20))]);
    grantNext(ledger);
    settle(ledger, cost("1/1/a/1", usd(Number.NaN, -5)));
    expect(ledger.spent).toEqual(usd(10, 20));
  });

  it("takes a cap below what is spent, ignores one that is no amount, and says when sums do not add up", () => {
    const ledger = openLedger(usd(100));
    ask(ledger, [request("1/1/a/1", usd(60))]);
    grantNext(ledger);
    adjustCaps(ledger, { microUsd: 20 });
    adjustCaps(ledger, { microUsd: Number.NaN, tokens: -1 });
    expect(ledger.caps).toEqual(usd(20));
    expect(assertInvariant(ledger)).toBeUndefined();
    ledger.reserved["1/1/z/1"] = usd(1);
    expect(assertInvariant(ledger)).toContain("reserved");
  });

  it("opens with what earlier generations spent, even above the cap", () => {
    const ledger = openLedger(usd(10), usd(12));
    expect(assertInvariant(ledger)).toBeUndefined();
    ask(ledger, [request("2/1/a/1", usd(1))]);
    expect(grantNext(ledger)).toEqual([]);
  });

  it("serves 10,000 features that ask in batches and settle one by one", () => {
    const ledger = openLedger(usd(20_000, 20_000));
    for (let batch = 0; batch < 500; batch++) {
      ask(
        ledger,
        Array.from({ length: 20 }, (_, i) =>
          request(`1/1/f${batch * 20 + i}/1`, usd(1_000, 10), batch * 20 + i),
        ),
      );
    }
    let served = 0;
    for (let granted = grantNext(ledger); granted.length > 0; granted = grantNext(ledger)) {
      for (const { key } of granted) settle(ledger, cost(key, usd(1, 1)));
      served += granted.length;
    }
    expect(served).toBe(10_000);
    expect(ledger.spent).toEqual(usd(10_000, 10_000));
  });
});
