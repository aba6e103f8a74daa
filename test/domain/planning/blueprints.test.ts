import { describe, expect, it } from "@jest/globals";
import { GOAL_TYPES, OUTCOME_LEVELS } from "../../../domain/mission.js";
import { blueprintFor, milestonesAt } from "../../../domain/planning/blueprints.js";
import {
  FIRST_MILESTONE_SHARE,
  PLANNER_LIMITS,
  SIZE_WEIGHTS,
} from "../../../domain/planning/planner-limits.js";

const keysAt = (type: (typeof GOAL_TYPES)[number], level: (typeof OUTCOME_LEVELS)[number]) =>
  milestonesAt(blueprintFor(type), level).flatMap(({ features }) => features.map(({ key }) => key));

describe.each(GOAL_TYPES)("the blueprint of %s", (type) => {
  const blueprint = blueprintFor(type);
  const all = blueprint.milestones.flatMap(({ features }) => features);

  it("is of its type and has 8 to 20 features with keys, briefs, places and checks of their own", () => {
    expect(blueprint.type).toBe(type);
    expect(all.length).toBeGreaterThanOrEqual(8);
    expect(all.length).toBeLessThanOrEqual(PLANNER_LIMITS.featuresOfOnlyMilestone * 2);
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    for (const feature of all) {
      expect(feature.key).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(feature.brief.length).toBeGreaterThan(40);
      expect(feature.touches).not.toEqual([]);
      expect(feature.checks).not.toEqual([]);
    }
  });

  it("has levels that hold each other, each more than the one before, from the first to the last milestone", () => {
    const [least, middle, most] = OUTCOME_LEVELS.map((level) => keysAt(type, level));
    expect(middle).toEqual(expect.arrayContaining(least ?? []));
    expect(most).toEqual(expect.arrayContaining(middle ?? []));
    expect((middle ?? []).length).toBeGreaterThan((least ?? []).length);
    expect((most ?? []).length).toBeGreaterThan((middle ?? []).length);
    for (const level of OUTCOME_LEVELS) {
      const chosen = milestonesAt(blueprint, level);
      expect(chosen[0]?.key).toBe(blueprint.milestones[0]?.key);
      expect(chosen.at(-1)?.title).toBe("Polish, docs and deploy");
      expect(chosen.at(-1)?.features.length).toBeGreaterThanOrEqual(3);
    }
  });

  it.each(OUTCOME_LEVELS)("begins at level %s with a small part of the whole", (level) => {
    const weights = milestonesAt(blueprint, level).map(({ features }) =>
      features.reduce((sum, { size }) => sum + SIZE_WEIGHTS[size], 0),
    );
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    expect(weights.length).toBeGreaterThan(2);
    expect((weights[0] ?? 0) / whole).toBeLessThan(FIRST_MILESTONE_SHARE.ofMore);
  });

  it("lets features depend only on earlier ones of their own level or a lower one", () => {
    const seen = new Map<string, number>();
    for (const { key, level, dependsOn } of all) {
      const own = OUTCOME_LEVELS.indexOf(level);
      for (const needed of dependsOn) expect(seen.get(needed)).toBeLessThanOrEqual(own);
      seen.set(key, own);
    }
  });

  it("has only checks that some feature serves, and features that serve one that is there", () => {
    for (const { checks, features } of blueprint.milestones) {
      const served = new Set(features.flatMap(({ serves }) => serves ?? [0]));
      expect([...served].sort()).toEqual(checks.map((_, position) => position));
    }
  });
});
