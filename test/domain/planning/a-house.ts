import type { Plan, PlanFeature } from "../../../domain/plan.js";
import { editPlan, type PlanEdit } from "../../../domain/planning/edits.js";
import { Problem } from "../../../domain/problem.js";
import { readPlan } from "../../../domain/read-plan.js";

const check = (id: string) => ({
  id,
  sentence: `It is true of ${id}.`,
  verify: { method: "bash", run: `test ${id}` },
});
const feature = (id: string, fields: Record<string, unknown> = {}) => ({
  id,
  title: `Feature ${id}`,
  brief: `Build ${id}.`,
  estimate: { usd: 1, hours: 2, tokens: 100 },
  ...fields,
});

/** 1.1, 1.2 after 1.1, 1.3 after 1.2; 2.1 after 1.2, 2.2; 3.1. */
export const aPlan = (): Plan =>
  readPlan({
    title: "House",
    goal: "Build a house.",
    budget: { money_usd: 50, time_hours: 100, token_limit: 1_000_000 },
    milestones: [
      {
        title: "Ground",
        checks: [check("dry"), check("level")],
        features: [
          feature("1.1", { serves: ["dry"], checks: [check("deep")] }),
          feature("1.2", { dependsOn: ["1.1"], serves: ["level"], size: "large" }),
          feature("1.3", { dependsOn: ["1.2"], serves: ["level"] }),
        ],
      },
      {
        title: "Walls",
        checks: [check("dry")],
        features: [feature("2.1", { dependsOn: ["1.2"], serves: ["dry"] }), feature("2.2")],
      },
      { title: "Roof", features: [feature("3.1")] },
    ],
  });

export const get = (plan: Plan, id: string): PlanFeature => {
  const found = plan.milestones.flatMap(({ features }) => features).find((each) => each.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
export const idsOf = (plan: Plan) =>
  plan.milestones.map(({ features }) => features.map(({ id }) => id));
export const edited = (...edits: PlanEdit[]) => editPlan(aPlan(), edits);
/** What a person is told of the edits, or "fine". */
export function told(...edits: PlanEdit[]): string {
  try {
    edited(...edits);
    return "fine";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.remedy === "" ? "no remedy" : error.message;
  }
}
