/** What the budget buys, as the interview and the plan gate show it. */
import type { EstimateBasis } from "../../domain/estimates/estimate.js";
import { levelLines, levelsForGoal, levelsForPlan } from "../../domain/estimates/levels.js";
import type { OutcomeLevel } from "../../domain/mission.js";
import type { Plan } from "../../domain/plan.js";
import { blueprintFor } from "../../domain/planning/blueprints.js";
import type { Scope } from "../../domain/scope.js";
import type { Context } from "../context.js";
import { thinkingFeatures } from "./models.js";
import { planSummary } from "./plan-summary.js";

/** @returns undefined where no level is within the budget of the preferred provider, and what to recommend is not known. */
export function levelHint(
  { output }: Context,
  bases: readonly EstimateBasis[],
  scope: Scope,
): { recommended: OutcomeLevel; lines: string[]; because: string } | undefined {
  const { goal, type, budget } = scope;
  const blueprint = blueprintFor(type);
  const tables = bases.map((basis) => levelsForGoal({ goal, type }, blueprint, basis, budget));
  const [preferred] = tables;
  if (preferred === undefined) return undefined;
  const lines = levelLines(tables, output.columns());
  return preferred.bought === undefined
    ? { recommended: "mvp", lines, because: "it comes nearest to what the budget buys" }
    : { recommended: preferred.bought, lines, because: "the largest that the budget buys" };
}

/** The plan, and what it takes at each configured provider. */
export function planFigures(
  { output }: Context,
  bases: readonly EstimateBasis[],
  plan: Plan,
): string[] {
  const columns = output.columns();
  const lines = planSummary(plan, columns);
  if (thinkingFeatures(plan).length === 0) return lines;
  const tables = bases.map((basis) => levelsForPlan(plan, basis));
  return [...lines, "", ...levelLines(tables, columns)];
}
