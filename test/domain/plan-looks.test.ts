import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { withoutLooks } from "../../domain/plan-looks.js";
import { needsBrowser } from "../../domain/plan-qa.js";
import { planViolations } from "../../domain/plan-rules.js";
import { readPlan } from "../../domain/read-plan.js";
import { writtenPlans } from "../helpers/plans.js";

describe("withoutLooks", () => {
  it("leaves a legal plan of which nothing needs a browser, and touches no other work", () => {
    fc.assert(
      fc.property(writtenPlans, (written) => {
        const plan = readPlan(written);
        const without = withoutLooks(plan);
        expect(needsBrowser(without)).toBe(false);
        expect(planViolations(without)).toEqual([]);
        const others = plan.milestones
          .flatMap(({ features }) => features)
          .filter(({ kind }) => kind !== "browser-qa");
        expect(without.milestones.flatMap(({ features }) => features.map(({ id }) => id))).toEqual(
          others.map(({ id }) => id),
        );
        if (!needsBrowser(plan) && plan.app === undefined) expect(without).toEqual(plan);
      }),
      { numRuns: 30 },
    );
  });
});
