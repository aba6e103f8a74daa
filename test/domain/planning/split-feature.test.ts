import { describe, expect, it } from "@jest/globals";
import type { Plan, PlanFeature } from "../../../domain/plan.js";
import { planViolations } from "../../../domain/plan-rules.js";
import { isPart, partBefore } from "../../../domain/planning/part-ids.js";
import { withSplit } from "../../../domain/planning/split-feature.js";
import { readPlan } from "../../../domain/read-plan.js";

const check = (id: string) => ({
  id,
  sentence: `File ${id} is there`,
  verify: { method: "bash", run: `test -e ${id}` },
});
const plan = (fields: Record<string, unknown> = {}): Plan =>
  readPlan({
    title: "A house",
    goal: "Build a house.",
    budget: { money_usd: 5, time_hours: 2, token_limit: 1_000_000 },
    milestones: [
      {
        title: "One",
        features: [
          { title: "Ground", commands: ["touch ground"], agent: "script" },
          {
            title: "Walls",
            brief: "Four of them.",
            agent: "builtin",
            dependsOn: ["1.1"],
            touches: ["walls"],
            checks: ["n", "e", "s"].map(check),
            size: "medium",
            estimate: { usd: 1.000001, hours: 1, tokens: 1_001 },
            ...fields,
          },
          {
            title: "Roof",
            agent: "builtin",
            brief: "One.",
            dependsOn: ["1.2"],
            checks: [check("roof")],
          },
        ],
      },
    ],
  });

const features = (of: Plan): PlanFeature[] => of.milestones[0]?.features ?? [];

describe("a feature that was too large", () => {
  it("becomes parts that follow each other in its place, with its checks divided in order", () => {
    const split = withSplit(plan(), "1.2");
    if (split.kind === "impossible") throw new Error(split.why);
    expect(split).toMatchObject({ added: ["1.2-a", "1.2-b"], removed: ["1.2"] });
    const [, first, second, roof] = features(split.plan);
    expect(features(split.plan).map(({ id }) => id)).toEqual(["1.1", "1.2-a", "1.2-b", "1.3"]);
    expect(first).toMatchObject({ dependsOn: ["1.1"], touches: ["walls"], size: "small" });
    expect(first?.checks.map(({ id }) => id)).toEqual(["n", "e"]);
    expect(second).toMatchObject({ dependsOn: ["1.2-a"], title: "Walls, part 2 of 2" });
    expect(second?.checks).toEqual([check("s")]);
    expect(second?.brief).toContain(
      'Do only what makes these checks pass: "File s is there". What comes before it is done, by 1.2-a.',
    );
    expect(second?.brief).toContain("Four of them.");
    expect(roof?.dependsOn).toEqual(["1.2-b"]);
    expect(planViolations(split.plan)).toEqual([]);
  });

  it("keeps its estimate as the sum of its parts", () => {
    const split = withSplit(plan(), "1.2");
    if (split.kind === "impossible") throw new Error(split.why);
    const parts = features(split.plan).slice(1, 3);
    const sum = (pick: (feature: PlanFeature) => number) =>
      parts.reduce((total, part) => total + pick(part), 0);
    expect(sum(({ estimate }) => estimate.tokens)).toBe(1_001);
    expect(sum(({ estimate }) => Math.round(estimate.usd * 1e6))).toBe(1_000_001);
  });

  it("is split the same way when it is asked for again", () => {
    expect(withSplit(plan(), "1.2")).toEqual(withSplit(plan(), "1.2"));
  });

  it("is never split twice, nor where there is nothing to divide by", () => {
    const split = withSplit(plan(), "1.2");
    if (split.kind === "impossible") throw new Error(split.why);
    expect(withSplit(split.plan, "1.2-a")).toEqual({
      kind: "impossible",
      why: "1.2-a is part of a split already",
    });
    expect(withSplit(plan(), "1.1")).toMatchObject({ why: "1.1 is done by script" });
    expect(withSplit(plan(), "1.9")).toMatchObject({ why: "the plan has no 1.9" });
    expect(withSplit(plan(), "1.3")).toMatchObject({ why: "1.3 has one check at most" });
  });

  it("is told from a feature that only has such a name", () => {
    expect(isPart("1.2-a", new Set(["1.2-a", "1.2-b"]))).toBe(true);
    expect(isPart("1.2-b", new Set(["1.2-a", "1.2-b"]))).toBe(true);
    expect(isPart("1.2-a", new Set(["1.2", "1.2-a", "1.2-b"]))).toBe(false);
    expect(isPart("1.2-a", new Set(["1.2-a"]))).toBe(false);
    const ids = new Set(["1.2-a", "1.2-b", "1.3-b"]);
    expect([...ids].map((id) => partBefore(id, ids))).toEqual([undefined, "1.2-a", undefined]);
  });
});
