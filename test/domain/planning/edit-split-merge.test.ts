import { describe, expect, it } from "@jest/globals";
import type { PlanEdit } from "../../../domain/planning/edits.js";
import { edited, get, idsOf, told } from "./a-house.js";

describe("splitting a feature", () => {
  it("makes parts that follow each other; the last is what others need, and has the checks", () => {
    const parts = [{ title: "Dig" }, { title: "Pour", brief: "Concrete." }, { title: "Wait" }];
    const plan = edited({ kind: "split", feature: "1.1", parts });
    expect(idsOf(plan)[0]).toEqual(["1.1", "1.4", "1.5", "1.2", "1.3"]);
    expect(get(plan, "1.4")).toMatchObject({
      title: "Pour",
      brief: "Concrete.",
      dependsOn: ["1.1"],
    });
    expect(get(plan, "1.5")).toMatchObject({ dependsOn: ["1.4"], serves: ["dry"] });
    expect(get(plan, "1.2").dependsOn).toEqual(["1.5"]);
    expect(["1.1", "1.4", "1.5"].map((id) => get(plan, id).checks.length)).toEqual([0, 0, 1]);
    const estimates = ["1.1", "1.4", "1.5"].map((id) => get(plan, id).estimate);
    expect(estimates.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(100);
    expect(estimates.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(1, 6);
    const large = edited({
      kind: "split",
      feature: "1.2",
      parts: [{ title: "a" }, { title: "b" }],
    });
    expect([get(large, "1.2").size, get(large, "1.4").size]).toEqual(["medium", "medium"]);
  });

  it("is refused for one part and for a script", () => {
    expect(told({ kind: "split", feature: "1.1", parts: [{ title: "x" }] })).toMatch(/1 part\.$/);
    const scripted: PlanEdit = {
      kind: "change",
      feature: "1.1",
      set: { agent: "script", commands: ["true"] },
    };
    const parts = [{ title: "a" }, { title: "b" }];
    expect(told(scripted, { kind: "split", feature: "1.1", parts })).toMatch(/done by a script/);
  });
});

describe("merging features", () => {
  it("makes the first one of them, which others then need", () => {
    const plan = edited({ kind: "merge", features: ["1.1", "1.2"], title: "Base" });
    expect(idsOf(plan)[0]).toEqual(["1.1", "1.3"]);
    expect(get(plan, "1.1")).toMatchObject({
      title: "Base",
      brief: "Build 1.1.\n\nBuild 1.2.",
      dependsOn: [],
      serves: ["dry", "level"],
      size: "large",
      estimate: { usd: 2, hours: 4, tokens: 200 },
    });
    expect(get(plan, "1.3").dependsOn).toEqual(["1.1"]);
    expect(get(plan, "2.1").dependsOn).toEqual(["1.1"]);
  });

  it("is refused over milestones, for different agents, and where a circle would come of it", () => {
    expect(told({ kind: "merge", features: ["1.1", "2.1"] })).toBe(
      "Features 1.1 and 2.1 are in different milestones, 1 and 2.",
    );
    expect(told({ kind: "merge", features: ["1.1", "1.1"] })).toMatch(/One feature/);
    expect(
      told(
        { kind: "change", feature: "1.2", set: { agent: "manual" } },
        { kind: "merge", features: ["1.1", "1.2"] },
      ),
    ).toBe("Features 1.1 and 1.2 differ in agent: builtin and manual.");
    expect(told({ kind: "merge", features: ["1.1", "1.3"] })).toMatch(/in a circle: 1\.1 -> 1\.2/);
  });
});
