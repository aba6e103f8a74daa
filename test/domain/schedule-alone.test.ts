import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { FeatureStatus } from "../../domain/mission.js";
import { explainWait, mayResume, startable, type ScheduleInput } from "../../domain/schedule.js";
import { aFeature, aPlan, plans } from "./schedule-fixture.js";

describe("a feature that is to run alone", () => {
  const three = (statuses: Record<string, FeatureStatus>, more: Partial<ScheduleInput> = {}) =>
    aPlan([aFeature("1"), aFeature("2", { kind: "research" }), aFeature("3")], {
      alone: ["2"],
      statuses,
      ...more,
    });

  it("waits until nothing runs, and nothing new starts before it", () => {
    const input = three({ "1": "running" });
    expect(startable(input, 3)).toEqual([]);
    expect(explainWait(input, "2")).toBe("is to run alone, and waits for 1");
    expect(explainWait(input, "3")).toBe("waits for 2, which is to run alone");
  });

  it("starts with nothing beside it, and the others when it has ended", () => {
    expect(startable(three({ "1": "done" }), 3)).toEqual(["2"]);
    expect(startable(three({ "1": "done", "2": "running" }), 3)).toEqual([]);
    expect(startable(three({ "1": "done", "2": "done" }), 3)).toEqual(["3"]);
  });

  it("lets others go on while what it needs is not there, or while a person decides about it", () => {
    const features = [aFeature("1"), aFeature("2", { dependsOn: ["1"] }), aFeature("3")];
    expect(startable(aPlan(features, { alone: ["2"] }), 3)).toEqual(["1", "3"]);
    expect(startable(three({ "2": "blocked" }), 3)).toEqual(["1", "3"]);
    expect(startable(three({ "2": "waiting" }), 3)).toEqual(["1", "3"]);
  });

  it("lets one that comes back from a wait go first, and keeps it out while it runs", () => {
    expect(mayResume(three({ "1": "waiting" }), "1")).toBe(true);
    expect(mayResume(three({ "1": "waiting", "2": "running" }), "1")).toBe(false);
  });

  it("never shares the window, and never stops the plan for good", () => {
    const all = fc.property(plans, fc.array(fc.nat(24)), (plan, flagged) => {
      const alone = flagged.map((n) => `f${n}`);
      const statuses: Record<string, FeatureStatus> = {};
      for (let round = 0; round <= plan.features.length; round++) {
        const chosen = startable({ ...plan, alone, statuses }, 10);
        if (chosen.some((id) => alone.includes(id))) expect(chosen).toHaveLength(1);
        for (const id of chosen) statuses[id] = "done";
      }
      expect(plan.features.map(({ id }) => statuses[id])).toEqual(plan.features.map(() => "done"));
    });
    fc.assert(all);
  });
});
