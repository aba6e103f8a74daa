import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Plan, PlanFeature } from "../../../domain/plan.js";
import { applyEdit, editPlan, type PlanEdit } from "../../../domain/planning/edits.js";
import { Problem } from "../../../domain/problem.js";
import { readPlan } from "../../../domain/read-plan.js";
import { writtenPlans } from "../../helpers/plans.js";

const nat = fc.nat({ max: 40 });
/** An edit of that plan, made of numbers: legal or not. */
function randomEdit(plan: Plan, which: number, [a, b, c]: number[]): PlanEdit {
  const features = plan.milestones.flatMap((milestone) => milestone.features.map(({ id }) => id));
  const of = <T>(list: T[], n = 0): T => list[n % list.length] as T;
  const [one, other] = [of(features, a), of(features, b)];
  const milestone = of(plan.milestones, b).id;
  const orphans = of(["person" as const, "drop" as const, undefined], c);
  const edits: PlanEdit[] = [
    { kind: "add", where: { milestone }, part: { title: "New" } },
    { kind: "add", where: { after: one }, part: { title: "New" } },
    { kind: "drop", features: [one], orphans },
    { kind: "drop", features: [one, other], orphans },
    { kind: "split", feature: one, parts: [{ title: "A" }, { title: "B" }, { title: "C" }] },
    { kind: "merge", features: [one, other] },
    { kind: "move", feature: one, where: { milestone } },
    { kind: "move", feature: one, where: { before: other } },
    { kind: "change", feature: one, set: { agent: "manual" } },
    { kind: "change", feature: one, set: { dependsOn: [other] } },
    { kind: "change", feature: one, set: { tier: undefined, model: undefined, size: "huge" } },
    { kind: "mode", mode: "poc" },
    { kind: "level", level: "mvp" },
    { kind: "add-milestone", title: "M", position: (c ?? 0) % 6, parts: [{ title: "F" }] },
    { kind: "drop-milestone", milestone, orphans },
    { kind: "move-milestone", milestone, position: (c ?? 0) % 5 },
    { kind: "rename-milestone", milestone, title: "N" },
  ];
  return of(edits, which);
}

/** Everything that has to be done before each feature. */
function needsOf(plan: Plan): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  const features = plan.milestones.flatMap((milestone) => milestone.features);
  const direct = new Map(features.map(({ id, dependsOn }) => [id, dependsOn]));
  const collect = (id: string): Set<string> => {
    const known = all.get(id);
    if (known !== undefined) return known;
    const needs = new Set<string>();
    for (const needed of direct.get(id) ?? []) {
      needs.add(needed);
      for (const further of collect(needed)) needs.add(further);
    }
    all.set(id, needs);
    return needs;
  };
  for (const { id } of features) collect(id);
  return all;
}

describe("whatever a plan holds, an edit", () => {
  const cases = fc.tuple(writtenPlans, fc.nat({ max: 16 }), fc.tuple(nat, nat, nat));

  it("gives a plan that the rules accept, or a reason and a remedy, and never changes the plan given", () => {
    let accepted = 0;
    fc.assert(
      fc.property(cases, ([written, which, numbers]) => {
        const plan = readPlan(written);
        const copy = structuredClone(plan);
        const edit = randomEdit(plan, which, numbers);
        try {
          const after = editPlan(plan, [edit]);
          accepted++;
          expect(readPlan(after)).toEqual(after);
          expect(applyEdit(plan, edit)).toEqual(after);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          expect(error.remedy).not.toBe("");
        }
        expect(plan).toEqual(copy);
      }),
      { numRuns: 120 },
    );
    expect(accepted).toBeGreaterThan(40);
  });

  it("leaves every other feature as it was, but for what it needs, serves and where it is", () => {
    fc.assert(
      fc.property(cases, ([written, which, numbers]) => {
        const plan = readPlan(written);
        const edit = randomEdit(plan, which, numbers);
        const after = attempt(plan, edit);
        if (after === undefined) return;
        const named = new Set(
          "features" in edit ? edit.features : "feature" in edit ? [edit.feature] : [],
        );
        const rest = ({ dependsOn, serves, ...others }: PlanFeature) => others;
        const is = new Map(
          after.milestones.flatMap(({ features }) => features.map((each) => [each.id, each])),
        );
        for (const { id: milestone, features } of plan.milestones) {
          if (edit.kind === "drop-milestone" && edit.milestone === milestone) continue;
          for (const each of features) {
            if (named.has(each.id)) continue;
            expect(is.get(each.id) && rest(is.get(each.id) as PlanFeature)).toEqual(rest(each));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("that drops, splits or merges keeps the order in which the others must be done", () => {
    fc.assert(
      fc.property(
        writtenPlans,
        fc.constantFrom(2, 3, 4, 5, 14),
        fc.tuple(nat, nat, nat),
        (written, which, numbers) => {
          const plan = readPlan(written);
          const after = attempt(plan, randomEdit(plan, which, numbers));
          if (after === undefined) return;
          const is = needsOf(after);
          for (const [id, needs] of needsOf(plan)) {
            const now = is.get(id);
            if (now === undefined) continue;
            for (const needed of needs) if (is.has(needed)) expect(now).toContain(needed);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  const attempt = (plan: Plan, edit: PlanEdit): Plan | undefined => {
    try {
      return editPlan(plan, [edit]);
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  };
});
