import { describe, expect, it } from "@jest/globals";
import {
  deadlineText,
  readTypedDeadline,
  spanOf,
  steadyScope,
  withDeadline,
  withoutSpan,
} from "../../../client/start/deadline.js";
import { missionInputFrom } from "../../../client/start/mission-input.js";
import { readPlan } from "../../../domain/read-plan.js";
import type { Scope } from "../../../domain/scope.js";

const now = new Date("2026-11-24T13:00:00Z");
const plan = readPlan({
  title: "T",
  goal: "G",
  budget: { money_usd: 1, time_hours: 1, token_limit: 1_000 },
  deadline: "2030-01-31",
  deadline_zone: "europe/berlin",
  milestones: [
    { title: "M", features: [{ title: "F", kind: "code", commands: ["true"], touches: ["src"] }] },
  ],
});
const zone = "Europe/Berlin";

describe("the deadline of a start", () => {
  it("in the plan is the end of a day in its zone", () => {
    expect(plan).toMatchObject({ deadline: "2030-01-31T22:59:00.000Z", deadline_zone: zone });
    expect(withDeadline(plan, {}, now)).toEqual({ plan });
    expect(withDeadline(plan, { atDeadline: "ask" }, now).plan.at_deadline).toBe("ask");
  });

  it("typed as a time takes the place of the plan's", () => {
    const typed = withDeadline(plan, { deadline: "2026-12-04 18:00", zone }, now);
    expect(typed.deadlineSpanMs).toBeUndefined();
    expect(deadlineText(typed.plan, undefined, now)).toBe(
      "Fri 2026-12-04 18:00 Europe/Berlin, in 10 d 4 h; then: finish",
    );
  });

  it("typed as a span stays out of the plan, so that the same start gives the same plan", () => {
    const typed = withDeadline(plan, { deadline: "in 9 days", zone, atDeadline: "stop" }, now);
    const later = withDeadline(
      plan,
      { deadline: "in 9 days", zone, atDeadline: "stop" },
      new Date(),
    );
    expect(typed.plan).toEqual(later.plan);
    expect(typed.plan.deadline).toBeUndefined();
    expect(deadlineText(typed.plan, typed.deadlineSpanMs, now)).toMatch(
      /^9 d from the approval \(now: Thu 2026-12-03 14:00 Europe\/Berlin, in 9 d\); then: stop$/,
    );
    const by = { who: "ann", from: "test" };
    const given = { missionId: "m-20260101-abc123", planHash: "0", approved: false, by };
    const input = missionInputFrom(typed.plan, { ...given, ...typed, queued: true });
    expect(input).toMatchObject({
      deadlineSpanMs: 9 * 86_400_000,
      deadlineZone: zone,
      atDeadline: "stop",
      queued: true,
    });
    expect(input.deadline).toBeUndefined();
  });

  it("in a zone that is none is refused", () => {
    expect(() => withDeadline(plan, { zone: "Mars/Olympus" }, now)).toThrow(/--zone: "Mars/);
    expect(() => readPlan({ ...plan, deadline_zone: "Mars/Olympus" })).toThrow(/Mars\/Olympus/);
  });
});

describe("a deadline of an interview that was given as a span", () => {
  const scope = {
    goal: "G",
    deadline: { at: "2026-12-03T13:00:00.000Z", zone, atDeadline: "stop", relative: "in 9 days" },
  } as unknown as Scope;

  it("is the same instant for a while, so that the same planning is found again", () => {
    const first = steadyScope(scope, now).deadline?.at ?? "";
    expect(steadyScope(scope, new Date(now.getTime() + 60_000)).deadline?.at).toBe(first);
    const ahead = Date.parse(first) - now.getTime();
    expect(ahead).toBeGreaterThanOrEqual(9 * 86_400_000);
    expect(ahead).toBeLessThanOrEqual(9.9 * 86_400_000);
    const fixed = { ...scope, deadline: { at: "2030-01-01", zone, atDeadline: "ask" } } as Scope;
    expect(steadyScope(fixed, now)).toBe(fixed);
  });

  it("stays out of the plan, unless a person wrote another one into it", () => {
    const planned = { ...plan, deadline: "2026-12-03T13:00:00.000Z" };
    expect(withoutSpan(planned, scope)).toEqual({ ...plan, deadline: undefined });
    expect(withoutSpan(plan, scope)).toBe(plan);
    expect(spanOf(scope)).toBe(9 * 86_400_000);
  });

  it("names the option that is wrong", () => {
    expect(() => readTypedDeadline("friday", "Mars/A", now)).toThrow(/^--zone: "Mars\/A"/);
    expect(() => readTypedDeadline("lots", zone, now)).toThrow(/^--deadline: "lots"/);
  });
});
