import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { LevelTable } from "../../../domain/estimates/levels.js";
import {
  levelLines,
  levelSentence,
  levelsForGoal,
  levelsForPlan,
} from "../../../domain/estimates/levels.js";
import { GOAL_TYPES } from "../../../domain/mission.js";
import type { PlanBudget } from "../../../domain/plan.js";
import type { Blueprint } from "../../../domain/planning/blueprint.js";
import { blueprintFor } from "../../../domain/planning/blueprints.js";
import { aBasis, aFinished, aLocalOffer, aPlan, aPlanFeature } from "./builders.js";

const aBudget = (fields: Partial<PlanBudget> = {}): PlanBudget => ({
  money_usd: 100,
  time_hours: 100,
  token_limit: 100_000_000,
  alert_threshold_pct: 80,
  on_alert: "ask",
  ...fields,
});
const budgets = fc.record({
  money_usd: fc.oneof(fc.double({ min: 0.01, max: 1_000, noNaN: true }), fc.constant(1_000_000)),
  time_hours: fc.oneof(fc.double({ min: 0.01, max: 500, noNaN: true }), fc.constant(8_760)),
  token_limit: fc.oneof(fc.integer({ min: 1, max: 1e9 }), fc.constant(1e12)),
});

const sure = aBasis(Array.from({ length: 300 }, () => aFinished()));
/** With `f1` the scheduler happens to start the long ones in a better order, and all is done sooner. */
const ANOMALY: Blueprint = {
  type: "greenfield",
  milestones: [
    {
      key: "one",
      title: "One",
      checks: [],
      features: (
        [
          ["f0", "large"],
          ["f1", "trivial", "f0"],
          ["f2", "large"],
          ["f3", "trivial"],
          ["f4", "large", "f3"],
          ["f5", "medium"],
          ["f6", "trivial", "f2"],
          ["f7", "large", "f3"],
        ] as const
      ).map(([key, size, ...dependsOn]) => ({
        key,
        title: key,
        kind: "code",
        size,
        level: key === "f1" ? "production" : "mvp",
        brief: "",
        dependsOn,
        touches: [key],
        checks: [],
      })),
    },
  ],
};

/** MVP within production within polished, totals that never fall, and `fits` as the budget has it. */
function expectSound({ levels, bought }: LevelTable, budget: PlanBudget) {
  expect(levels.map(({ level }) => level)).toEqual(["mvp", "production", "polished"]);
  const polished = levels[2]?.in ?? [];
  for (const [at, { in: has, out, total, fits, binding }] of levels.entries()) {
    const before = levels[at - 1];
    expect(has).toEqual(expect.arrayContaining(before?.in ?? []));
    expect([...has, ...out].sort()).toEqual([...polished].sort());
    for (const quantity of ["tokens", "microUsd", "activeMs"] as const) {
      const { low, likely, high } = total[quantity];
      expect(low <= likely && likely <= high).toBe(true);
      expect(low).toBeGreaterThanOrEqual(before?.total[quantity].low ?? 0);
      expect(likely).toBeGreaterThanOrEqual(before?.total[quantity].likely ?? 0);
      expect(high).toBeGreaterThanOrEqual(before?.total[quantity].high ?? 0);
    }
    expect(fits).toBe(
      total.microUsd.likely <= budget.money_usd * 1_000_000 &&
        total.tokens.likely <= budget.token_limit &&
        total.activeMs.likely <= budget.time_hours * 3_600_000,
    );
    expect(fits).toBe(binding.pct <= 100);
  }
  expect(bought).toBe(levels.findLast(({ fits }) => fits)?.level);
}

const goalOf = (goal: string) => ({ goal, type: "greenfield" as const });
const crm = (goal = "Build a CRM", basis = aBasis(), budget = aBudget()) =>
  levelsForGoal(goalOf(goal), blueprintFor("greenfield"), basis, budget);

describe("outcome levels of a goal", () => {
  it("hold what the level below holds and fit as the budget says, for every sort of goal", () => {
    fc.assert(
      fc.property(fc.constantFrom(...GOAL_TYPES), budgets, (type, amounts) => {
        const budget = aBudget(amounts);
        const table = levelsForGoal({ goal: "Do it", type }, blueprintFor(type), aBasis(), budget);
        expectSound(table, budget);
        expect(table.levels[0]?.in.length).toBeGreaterThan(0);
        expect(table.levels[2]?.out).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it("take no less than the level below, even where more work happens to be scheduled better", () => {
    expectSound(levelsForGoal(goalOf("Do it"), ANOMALY, sure, aBudget()), aBudget());
  });

  it("mark the largest one that the budget buys, and what binds", () => {
    const plenty = crm(
      "Build a CRM",
      aBasis(),
      aBudget({ money_usd: 1e5, time_hours: 8_000, token_limit: 1e11 }),
    );
    expect(plenty.bought).toBe("polished");
    const polished = plenty.levels[2];
    const short = aBudget({
      money_usd: 1e5,
      time_hours: 8_000,
      token_limit: polished?.total.tokens.likely ?? 0,
    });
    expect(crm("Build a CRM", aBasis(), short).bought).toBe("polished");
    const shorter = { ...short, token_limit: short.token_limit - 1 };
    const table = crm("Build a CRM", aBasis(), shorter);
    expect(table.bought).toBe("production");
    expect(table.levels[2]).toMatchObject({
      fits: false,
      binding: { currency: "tokens", pct: 101 },
    });
    const nothing = crm("Build a CRM", aBasis(), aBudget({ money_usd: 0.01 }));
    expect(nothing.bought).toBeUndefined();
    expect(nothing.levels[0]?.binding.currency).toBe("money");
  });

  it("are larger for a goal that sounds larger, and say why", () => {
    const [tiny, usual, large] = ["Build a tiny CRM", "Build a CRM", "Build an enterprise CRM"].map(
      (goal) => crm(goal).levels[2],
    );
    expect(tiny?.total.tokens.likely).toBeLessThan(usual?.total.tokens.likely ?? 0);
    expect(large?.total.tokens.likely).toBeGreaterThan(usual?.total.tokens.likely ?? 0);
    expect(large?.restsOn).toContain('one size larger for the word "enterprise"');
  });

  it("say how many finished features they rest on, and are surer with more", () => {
    const history = (n: number) => Array.from({ length: n }, () => aFinished());
    const [none, some, many] = [0, 8, 200].map(
      (n) => crm("Build a CRM", aBasis(history(n))).levels[0],
    );
    expect(none).toMatchObject({ confidence: "low", restsOn: expect.stringContaining("n = 0") });
    expect(some).toMatchObject({ confidence: "medium", restsOn: expect.stringContaining("n = 8") });
    expect(many).toMatchObject({ confidence: "high", restsOn: expect.stringContaining("n = 200") });
  });
});

describe("outcome levels of a plan", () => {
  const milestones = [["1.1", "1.2"], ["2.1"], ["3.1"]].map((ids) =>
    ids.map((id) => aPlanFeature(id)),
  );
  const titles = (table: LevelTable) => table.levels.map((level) => level.in.length);

  it("are its first milestone, all but the last, and all", () => {
    const plan = aPlan(milestones);
    const table = levelsForPlan(plan, aBasis());
    expect(titles(table)).toEqual([2, 3, 4]);
    expect(table.levels[0]?.out).toEqual(["Feature 2.1", "Feature 3.1"]);
    expectSound(table, plan.budget);
  });

  it("are the same where the plan has no more milestones", () => {
    expect(titles(levelsForPlan(aPlan(milestones.slice(0, 1)), aBasis()))).toEqual([2, 2, 2]);
    expect(titles(levelsForPlan(aPlan(milestones.slice(0, 2)), aBasis()))).toEqual([2, 2, 3]);
    expect(titles(levelsForPlan(aPlan([]), aBasis()))).toEqual([0, 0, 0]);
  });
});

describe("lines about levels", () => {
  it("show each provider's levels with figures, what is in, and on what they rest", () => {
    const lines = levelLines([crm(), crm("Build a CRM", aBasis([], aLocalOffer()))], 100);
    const text = lines.join("\n");
    expect(text).toMatch(/^acme$/m);
    expect(text).toMatch(/^compatible \(a model of your own\)$/m);
    expect(text).toMatch(/^> (MVP|production-ready|polished) +\$\d/m);
    expect(text).toContain("MVP has: Set up the project, ");
    expect(text).toMatch(/n = 0 finished\s+features/);
    expect(text).toContain("for no money and ");
  });

  it("keep sentences within the columns, and show text from models as text", () => {
    const plan = aPlan([[aPlanFeature("1.1", { title: "Red \u001b[31m \u202e alert" })]]);
    const lines = levelLines([crm(), levelsForPlan(plan, aBasis())], 60);
    for (const unseen of ["\u001b", "\u202e"]) expect(lines.join("")).not.toContain(unseen);
    const sentences = lines.filter((line) => /^ {2,}\S/.test(line) && !/%|MONEY/.test(line));
    expect(sentences.length).toBeGreaterThan(5);
    expect(Math.max(...sentences.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it("say in one sentence what other budgets buy, with figures of the levels that hold", () => {
    const table = crm();
    const sentence = levelSentence(table);
    const found = [...sentence.matchAll(/or \$([\d,]+(?:\.\d+)?) and ([\d.]+) h you get/g)];
    expect(found).toHaveLength(3);
    for (const [at, [, usd = "", hours = ""]] of found.entries()) {
      const budget = aBudget({
        money_usd: Number(usd.replace(",", "")),
        time_hours: Number(hours),
        token_limit: 1e12,
      });
      expect(crm("Build a CRM", aBasis(), budget).bought).toBe(table.levels[at]?.level);
    }
  });
});
