import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { countSleep, openClock } from "../../domain/active-clock.js";
import {
  ask,
  assertInvariant,
  grantNext,
  openLedger,
  settle,
  withdraw,
} from "../../domain/ledger.js";
import { readRequestSlices, readSliceKeys } from "../../domain/slice-messages.js";

const amount = { microUsd: 5, tokens: 6 };

describe("a message to the guard", () => {
  it("is read as our own workflows send it", () => {
    const message = {
      requests: [
        { key: "1/1/1.1/2", order: 3, estimate: amount, replyTo: "mission/x/1" },
        {
          key: "1/planning/1/2",
          order: 0,
          estimate: amount,
          whole: true,
          within: amount,
          replyTo: "mission/x/planning/1",
        },
      ],
      settlements: [{ key: "1/1/1.1/1", spent: amount, sleeps: [{ fromMs: 1, toMs: 2 }] }],
    };
    expect(readRequestSlices(message)).toEqual(message);
    expect(readSliceKeys({ keys: ["1/1/1.1/1", "x", 5] })).toEqual(["1/1/1.1/1"]);
  });

  it("that is no object is refused, and entries of no use are left out", () => {
    for (const x of [undefined, null, 5, "x", [], { undecodable: true }]) {
      expect(readRequestSlices(x)).toBe("the data must be one JSON object");
    }
    expect(
      readRequestSlices({ requests: [{ key: "1/1/1.1/1" }, null, 7], settlements: {} }),
    ).toEqual({ requests: [], settlements: [] });
  });

  it("never throws and never breaks ledger or clock, whatever it holds", () => {
    const key = fc.constantFrom("1/1/a/1", "1/1/b/1", "bad");
    const entry = fc.oneof(
      fc.anything(),
      fc.record({
        key,
        order: fc.anything(),
        estimate: fc.oneof(
          fc.anything(),
          fc.record({ microUsd: fc.double(), tokens: fc.anything() }),
        ),
        replyTo: fc.constant("m"),
      }),
      fc.record({
        key,
        spent: fc.oneof(fc.anything(), fc.record({ microUsd: fc.double(), tokens: fc.double() })),
        sleeps: fc.array(fc.record({ fromMs: fc.double(), toMs: fc.anything() })),
      }),
    );
    const list = fc.oneof(fc.anything(), fc.array(entry));
    fc.assert(
      fc.property(fc.record({ requests: list, settlements: list, keys: list }), (x) => {
        const ledger = openLedger({ microUsd: 1_000, tokens: 1_000 });
        const clock = openClock();
        const message = readRequestSlices(x);
        if (typeof message === "string") throw new Error("an object is readable");
        ask(ledger, message.requests);
        grantNext(ledger);
        for (const settlement of message.settlements) {
          settle(ledger, settlement);
          for (const sleep of settlement.sleeps) countSleep(clock, sleep);
        }
        withdraw(ledger, readSliceKeys(x));
        expect(assertInvariant(ledger)).toBeUndefined();
        // NaN and Infinity would be carried as null.
        expect(JSON.stringify({ ledger, clock })).not.toContain("null");
      }),
      { numRuns: 1_000 },
    );
  });
});
