import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { FeatureStatus } from "../../domain/mission.js";
import { explainWait, mayResume, startable } from "../../domain/schedule.js";
import { aFeature, aPlan, plans } from "./schedule-fixture.js";

describe("features that wait for a host", () => {
  const four = ["1", "2", "3", "4"].map((id) => aFeature(id));
  const waiting: Record<string, FeatureStatus> = { "1": "waiting", "2": "waiting" };
  const small = { atOnce: { code: 2, other: 1 }, statuses: waiting };

  it("let no other start while they fill a window of their own, and may themselves go on", () => {
    const full = aPlan(four, { ...small, hostless: ["1", "2"] });
    expect(startable(full, 9)).toEqual([]);
    expect(explainWait(full, "3")).toBe(
      "waits until a host takes one of 2 that wait for a free slot",
    );
    expect(mayResume(full, "1")).toBe(true);
  });

  it("count also when a person calls one back, no more when they have ended, and not against another kind", () => {
    expect(startable(aPlan(four, { ...small, hostless: ["1"] }), 9)).toEqual(["3", "4"]);
    const called = { ...waiting, "1": "running" as const };
    expect(startable(aPlan(four, { ...small, statuses: called, hostless: ["1", "2"] }), 9)).toEqual(
      [],
    );
    const placed = { ...waiting, "2": "done" as const };
    const ended = aPlan(four, { ...small, statuses: placed, hostless: ["1", "2"] });
    expect(startable(ended, 9)).toEqual(["3", "4"]);
    const asked = [...four, aFeature("5", { kind: "research" })];
    expect(startable(aPlan(asked, { ...small, hostless: ["1", "2"] }), 9)).toEqual(["5"]);
  });

  it("are never more than their window and those of one start, however many wish to begin", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const statuses: Record<string, FeatureStatus> = {};
        const hostless: string[] = [];
        for (let round = 0; round <= plan.features.length; round++) {
          for (const id of startable({ ...plan, hostless, statuses }, 10)) {
            statuses[id] = "waiting";
            hostless.push(id);
          }
        }
        const isCode = (id: string) =>
          plan.features.find((each) => each.id === id)?.kind === "code";
        const code = hostless.filter(isCode).length;
        expect(code).toBeLessThan(2 * plan.atOnce.code);
        expect(hostless.length - code).toBeLessThan(2 * plan.atOnce.other);
      }),
    );
  });
});
