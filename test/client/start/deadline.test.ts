import { describe, expect, it } from "@jest/globals";
import { deadlineText, withDeadline } from "../../../client/start/deadline.js";
import { missionInputFrom } from "../../../client/start/mission-input.js";
import { readPlan } from "../../../domain/read-plan.js";

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
