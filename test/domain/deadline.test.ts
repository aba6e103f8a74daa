import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  deadlineSpanMs,
  echoDeadline,
  echoInstant,
  endOfDay,
  isRelative,
  readDeadline,
} from "../../domain/deadline.js";
import { EXIT, Problem } from "../../domain/problem.js";

/** A Tuesday, 14:00 in Berlin. */
const now = new Date("2026-11-24T13:00:00Z");
const BERLIN = "Europe/Berlin";
const NEW_YORK = "America/New_York";
const HOUR = 3_600_000;
const read = (typed: string, zone = BERLIN, at = now) => readDeadline(typed, at, zone).at;

describe("a deadline as a person types it", () => {
  it("is a date and time in the zone, with or without its parts", () => {
    expect(read("2026-12-04 18:00")).toBe("2026-12-04T17:00:00.000Z");
    expect(read("2026-12-04T18:00:30")).toBe("2026-12-04T17:00:30.000Z");
    expect(read("  2026-12-04   at 6pm ")).toBe("2026-12-04T17:00:00.000Z");
    expect(read("Fri 2026-12-04 18:00")).toBe("2026-12-04T17:00:00.000Z");
    expect(read("2026-12-04 12am")).toBe("2026-12-03T23:00:00.000Z");
  });

  it("with an offset is that instant, whatever the zone", () => {
    for (const zone of [BERLIN, NEW_YORK, "UTC"]) {
      expect(read("2026-12-04T18:00:00Z", zone)).toBe("2026-12-04T18:00:00.000Z");
      expect(read("2026-12-04T18:00+02:00", zone)).toBe("2026-12-04T16:00:00.000Z");
      expect(read("2026-12-04 18:00 +0530", zone)).toBe("2026-12-04T12:30:00.000Z");
    }
  });

  it("names its own zone where it has one", () => {
    const given = readDeadline("2026-12-04 18:00 america/new_york", now, BERLIN);
    expect(given).toEqual({ at: "2026-12-04T23:00:00.000Z", zone: NEW_YORK });
    expect(readDeadline("2026-12-04 18:00 UTC", now, BERLIN).zone).toBe("UTC");
  });

  it("that is a date alone means the end of that day in the zone", () => {
    expect(read("2026-12-04")).toBe("2026-12-04T22:59:00.000Z");
    expect(read("2026-12-04", NEW_YORK)).toBe("2026-12-05T04:59:00.000Z");
    expect(read("friday")).toBe("2026-11-27T22:59:00.000Z");
    expect(endOfDay("2026-12-04", "UTC")).toBe("2026-12-04T23:59:00.000Z");
  });

  it("that is a weekday means the next one which is not over", () => {
    expect(read("fri 18:00")).toBe("2026-11-27T17:00:00.000Z");
    expect(read("Tuesday at 15:00")).toBe("2026-11-24T14:00:00.000Z");
    expect(read("tue 13:00")).toBe("2026-12-01T12:00:00.000Z");
    expect(read("tomorrow 9am")).toBe("2026-11-25T08:00:00.000Z");
    expect(read("today")).toBe("2026-11-24T22:59:00.000Z");
    // It is still Monday there.
    const lateMonday = new Date("2026-11-24T05:00:00Z");
    expect(read("monday", "America/Los_Angeles", lateMonday)).toBe("2026-11-24T07:59:00.000Z");
  });

  it("that is a span counts from now in hours, not in clocks", () => {
    expect(read("in 9 days")).toBe("2026-12-03T13:00:00.000Z");
    expect(read("1 week")).toBe("2026-12-01T13:00:00.000Z");
    expect(read("9d 4h")).toBe("2026-12-03T17:00:00.000Z");
    expect(read("in a day, 2 hours and 30 min")).toBe("2026-11-25T15:30:00.000Z");
    expect(deadlineSpanMs("1.5h")).toBe(1.5 * HOUR);
    const beforeSummer = new Date("2026-03-28T12:00:00Z");
    expect(read("in 1 day", BERLIN, beforeSummer)).toBe("2026-03-29T12:00:00.000Z");
  });

  it("is relative only as a span", () => {
    for (const typed of ["in 9 days", "1 week", "9d4h", "In an hour"])
      expect(isRelative(typed)).toBe(true);
    for (const typed of ["fri 18:00", "tomorrow", "2026-12-04", "in 9", "0 days", "9 bananas", ""])
      expect(isRelative(typed)).toBe(false);
  });

  it("that comes twice means the first, and one that is skipped moves on with the clock", () => {
    const summer = new Date("2026-06-01T00:00:00Z");
    expect(read("2026-10-25 02:30", BERLIN, summer)).toBe("2026-10-25T00:30:00.000Z");
    expect(read("2026-11-01 01:30", NEW_YORK, summer)).toBe("2026-11-01T05:30:00.000Z");
    const winter = new Date("2026-01-01T00:00:00Z");
    expect(read("2026-03-29 02:30", BERLIN, winter)).toBe("2026-03-29T01:30:00.000Z");
    expect(read("2026-03-08 02:30", NEW_YORK, winter)).toBe("2026-03-08T07:30:00.000Z");
  });

  it("that cannot be read is refused with what can be", () => {
    const refusal = (typed: string, zone = BERLIN): Problem => {
      try {
        readDeadline(typed, now, zone);
      } catch (error) {
        if (error instanceof Problem) return error;
        throw error;
      }
      throw new Error(`${typed} was read`);
    };
    for (const typed of ["", "soon", "lots", "25:00", "fri 6", "2026-13-01", "2026-02-30", "in 9"])
      expect(refusal(typed)).toMatchObject({
        exitCode: EXIT.badInput,
        remedy: expect.stringContaining("in 9 days"),
      });
    expect(refusal("fri 24:00").message).toContain("fri 24:00");
    expect(refusal("mon 2026-12-04").message).toBe("2026-12-04 is a Friday, not a mon.");
    expect(refusal("2026-11-24 13:59").message).toBe(
      "The deadline Tue 2026-11-24 13:59 Europe/Berlin has passed.",
    );
    expect(refusal("2226-12-04").message).toContain("ten years");
    expect(refusal("2026-12-04 18:00 Europe/Atlantis").message).toContain("not a time zone");
    expect(refusal("friday", "Mars/Olympus").message).toContain("Mars/Olympus");
  });

  it("never breaks on anything typed", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9 :+.-]{0,30}$/)), (typed) => {
        try {
          expect(Date.parse(read(typed))).toBeGreaterThan(now.getTime());
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the echo of a deadline", () => {
  it("says weekday, date, time, zone and how far it is", () => {
    const deadline = readDeadline("2026-12-04 18:00", now, BERLIN);
    expect(echoDeadline(deadline, new Date("2026-11-25T13:00:00Z"))).toBe(
      "Fri 2026-12-04 18:00 Europe/Berlin, in 9 d 4 h",
    );
    // Shown a moment later it is still the same.
    expect(echoDeadline(deadline, new Date("2026-11-25T13:00:02Z"))).toMatch(/in 9 d 4 h$/);
    expect(echoDeadline(deadline, new Date("2026-12-04T19:00:00Z"))).toMatch(/, passed 2 h ago$/);
    expect(echoDeadline(deadline, new Date("2026-12-04T16:59:20Z"))).toMatch(/, in 40 s$/);
    expect(echoDeadline(deadline, new Date("2026-12-04T17:00:00Z"))).toMatch(/, now$/);
  });

  it("says the offset of an hour that comes for the second time", () => {
    const first = { at: "2026-10-25T00:30:00.000Z", zone: BERLIN };
    const second = { at: "2026-10-25T01:30:00.000Z", zone: BERLIN };
    expect(echoInstant(first)).toBe("Sun 2026-10-25 02:30 Europe/Berlin");
    expect(echoInstant(second)).toBe("Sun 2026-10-25 02:30+01:00 Europe/Berlin");
    expect(echoInstant({ at: "2026-11-01T06:30:00.000Z", zone: NEW_YORK })).toBe(
      "Sun 2026-11-01 01:30-05:00 America/New_York",
    );
  });

  it("reads back as the same minute, in every zone and on every day", () => {
    const zones = [BERLIN, NEW_YORK, "UTC", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Tokyo"];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 * 365 * 24 * 60 }),
        fc.constantFrom(...zones),
        (minutes, zone) => {
          const at = new Date(now.getTime() + minutes * 60_000).toISOString();
          expect(readDeadline(echoInstant({ at, zone }), now, "UTC")).toEqual({ at, zone });
        },
      ),
      { numRuns: 300 },
    );
    for (const around of ["2026-03-29T01:00:00Z", "2027-10-31T01:00:00Z", "2027-11-07T06:00:00Z"])
      for (const zone of zones)
        for (let minutes = -180; minutes <= 180; minutes += 30) {
          const at = new Date(Date.parse(around) + minutes * 60_000).toISOString();
          const before = new Date("2026-01-01T00:00:00Z");
          expect(readDeadline(echoInstant({ at, zone }), before, "UTC")).toEqual({ at, zone });
        }
  });

  it("never breaks on what is no time or zone", () => {
    expect(echoDeadline({ at: "soon", zone: "Nowhere" }, now)).toBe("soon (not a time)");
    expect(echoInstant({ at: "2026-12-04T17:00:00Z", zone: "Nowhere" })).toContain("17:00 UTC");
  });
});
