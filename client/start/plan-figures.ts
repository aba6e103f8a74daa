/** A plan with its figures, as the plan gate shows it. */
import type { EstimateBasis } from "../../domain/estimates/estimate.js";
import { levelLines, levelsForPlan } from "../../domain/estimates/levels.js";
import type { Plan } from "../../domain/plan.js";
import type { Context } from "../context.js";
import { tableColumns } from "../terminal/output.js";
import { thinkingFeatures } from "./models.js";
import { planSummary } from "./plan-summary.js";

/** The plan, and what it takes at each configured provider. @param deadlineSpanMs of a deadline that counts from the approval. */
export function planFigures(
  { output }: Context,
  bases: readonly EstimateBasis[],
  plan: Plan,
  deadlineSpanMs?: number,
  forges?: readonly string[],
): string[] {
  const columns = output.columns();
  const lines = planSummary(plan, columns, { deadlineSpanMs, forges });
  if (thinkingFeatures(plan).length === 0) return lines;
  const tables = bases.map((basis) => levelsForPlan(plan, basis));
  return [...lines, "", ...levelLines(tables, columns, tableColumns(output))];
}
