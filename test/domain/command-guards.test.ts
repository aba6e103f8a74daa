import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  readAdjustBudget,
  readApprovePlan,
  readCancel,
  readCommand,
  readDecide,
  readPause,
  readReplan,
  readResume,
  readRetryFeature,
  readSkipFeature,
  readSteer,
} from "../../domain/command-guards.js";
import { COMMAND_NAMES } from "../../domain/commands.js";

describe("a command from outside", () => {
  it("is read or refused with a sentence, whatever it is, and never throws", () => {
    const fields = [
      "gate",
      "choice",
      "note",
      "drain",
      "reason",
      "usd",
      "hours",
      "tokens",
      "alertThresholdPct",
      "onAlert",
      "deadline",
      "deadlineZone",
      "atDeadline",
      "hold",
      "feature",
      "planHash",
      "commandId",
      "by",
    ];
    const anything = fc.oneof(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withNullPrototype: true,
        withSparseArray: true,
      }),
      fc.dictionary(fc.constantFrom(...fields), fc.anything()),
    );
    fc.assert(
      fc.property(fc.constantFrom(...COMMAND_NAMES), anything, (name, x) => {
        const command = readCommand(name, x);
        if (typeof command === "string") expect(command.length).toBeGreaterThan(0);
        else {
          expect(command.name).toBe(name);
          expect(JSON.parse(JSON.stringify(command))).toEqual(command);
          expect(JSON.stringify(command).length).toBeLessThan(30_000);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("without data is accepted where no field is required", () => {
    for (const read of [readApprovePlan, readPause, readResume, readCancel]) {
      expect(read(undefined)).toEqual({});
      expect(read(null)).toEqual({});
      expect(read({ extra: [1] })).toEqual({});
    }
    for (const read of [
      readDecide,
      readAdjustBudget,
      readSteer,
      readRetryFeature,
      readSkipFeature,
      readReplan,
    ]) {
      expect(read(undefined)).toBe("no data came with it: send a JSON object");
    }
  });

  it("that could not be decoded or is no object is refused by every reader", () => {
    for (const name of COMMAND_NAMES) {
      expect(readCommand(name, { undecodable: true })).toBe(
        "the data could not be decoded: send it as JSON",
      );
      for (const x of ["pause", 5, true, [], [{}]]) {
        expect(readCommand(name, x)).toBe("the data must be one JSON object");
      }
    }
  });

  it("adjusts only what it names, within what is sane", () => {
    expect(readAdjustBudget({ usd: 12.5, tokens: 0, onAlert: "cheaper", extra: 1 })).toEqual({
      usd: 12.5,
      tokens: 0,
      onAlert: "cheaper",
    });
    expect(readAdjustBudget({ hours: 8_760, alertThresholdPct: 75, usd: null })).toEqual({
      hours: 8_760,
      alertThresholdPct: 75,
    });
    for (const usd of [Number.NaN, Infinity, -1, 1e308, 1_000_001, "50", {}]) {
      expect(readAdjustBudget({ usd })).toBe("usd must be a number from 0 to 1000000");
    }
    expect(readAdjustBudget({ hours: 8_761 })).toContain("hours must be");
    expect(readAdjustBudget({ tokens: 1.5 })).toContain("tokens must be a whole number");
    expect(readAdjustBudget({ tokens: 1e13 })).toContain("tokens must be");
    expect(readAdjustBudget({ alertThresholdPct: 0 })).toContain("from 1 to 100");
    expect(readAdjustBudget({ onAlert: "panic" })).toBe("onAlert must be ask, cheaper or continue");
    expect(readAdjustBudget({})).toContain("nothing to adjust");
  });

  it("moves or takes away a deadline that says which instant it is", () => {
    expect(
      readAdjustBudget({
        deadline: "2026-12-04T18:00+01:00",
        deadlineZone: "europe/berlin",
        atDeadline: "ask",
      }),
    ).toEqual({
      deadline: "2026-12-04T17:00:00.000Z",
      deadlineZone: "europe/berlin",
      atDeadline: "ask",
    });
    expect(readAdjustBudget({ deadline: null })).toEqual({ deadline: null });
    expect(readAdjustBudget({ atDeadline: "stop" })).toEqual({ atDeadline: "stop" });
    for (const deadline of [
      "2026-12-04",
      "2026-12-04T18:00:00",
      "in 3 days",
      1,
      {},
      "2026-99-04T18:00:00Z",
    ])
      expect(readAdjustBudget({ deadline })).toContain("deadline must be null, or a time");
    for (const deadlineZone of ["", "+02:00", "../etc", "a b", "A\n", "A/", 5, "a".repeat(65)])
      expect(readAdjustBudget({ deadline: "2026-12-04T18:00:00Z", deadlineZone })).toContain(
        "IANA zone",
      );
    expect(readAdjustBudget({ atDeadline: "panic" })).toBe(
      "atDeadline must be finish, stop or ask",
    );
    expect(readAdjustBudget({ deadlineZone: "Europe/Berlin" })).toContain("nothing to adjust");
  });

  it("takes a zone by its form, whatever zones this host knows, so that another host replays the same", () => {
    const deadline = "2026-12-04T18:00:00.000Z";
    for (const deadlineZone of ["Mars/A", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
      expect(readAdjustBudget({ deadline, deadlineZone })).toEqual({ deadline, deadlineZone });
  });

  it("holds new starts or brings a plan, one at a time", () => {
    expect(readReplan({ hold: true, reason: "too slow" })).toEqual({
      hold: true,
      reason: "too slow",
    });
    expect(readReplan({ hold: false, planHash: "a".repeat(64) })).toEqual({
      planHash: "a".repeat(64),
    });
    expect(readReplan({ hold: true, planHash: "a".repeat(64) })).toContain("two steps");
    expect(readReplan({ hold: "yes" })).toBe("hold must be true or false");
    expect(readReplan({})).toContain("planHash is missing");
  });

  it("names gates, choices, features and plans that could exist", () => {
    expect(readDecide({ gate: " plan ", choice: "approve", note: "go" })).toEqual({
      gate: "plan",
      choice: "approve",
      note: "go",
    });
    expect(readDecide({ gate: "plan" })).toBe(
      "choice is missing: it must be one of the gate's choices",
    );
    expect(readDecide({ gate: 7, choice: "a" })).toBe("gate must be the id of an open gate");
    expect(readRetryFeature({ feature: "2.3" })).toEqual({ feature: "2.3" });
    expect(readRetryFeature({ feature: "../../etc" })).toContain("feature must be the id");
    expect(readSkipFeature({ feature: "2.3", reason: 5 })).toBe("reason must be a text");
    expect(readReplan({ planHash: "a".repeat(64) })).toEqual({ planHash: "a".repeat(64) });
    expect(readReplan({ planHash: "../../x" })).toContain("planHash must be");
    expect(readPause({ drain: "yes" })).toBe("drain must be true or false");
    expect(readSteer({ note: "  " })).toContain("note must be");
    expect(readSteer({ note: "use tabs", feature: "1.1" })).toEqual({
      note: "use tabs",
      feature: "1.1",
    });
  });

  it("keeps its id and sender; a sender of no use is left out, an id of no use refused", () => {
    const by = { who: "ann\u001b[31m", from: "cli", more: 1 };
    expect(readResume({ commandId: "c1", by })).toEqual({
      commandId: "c1",
      by: { who: "ann", from: "cli" },
    });
    expect(readResume({ by: "ann", commandId: "" })).toEqual({});
    expect(readResume({ commandId: 5 })).toContain("commandId must be");
    expect(readResume({ commandId: "x".repeat(201) })).toContain("commandId must be");
  });

  it("loses control characters and what is beyond 4,000 characters, but no half of a character", () => {
    expect(readSteer({ note: "a\u0000b\r\nc\td\u202ee\u0007" })).toEqual({ note: "ab\nc\tde" });
    const long = readSteer({ note: `${"x".repeat(3_999)}😀 and more` });
    expect(long).toEqual({ note: "x".repeat(3_999) });
    const gate = readDecide({ gate: "g\n1", choice: "y".repeat(900) });
    expect(gate).toEqual({ gate: "g 1", choice: "y".repeat(200) });
  });
});
