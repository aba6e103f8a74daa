/** How much planning may cost: what the person allowed, and never more than the mission has. */
import type { Amount } from "../../domain/mission.js";
import { formatUsd, microUsdFromUsd } from "../../domain/money.js";
import type { PlanBudget } from "../../domain/plan.js";
import type { Context } from "../context.js";

/** For interview and planning together, without `--planning-cap`. */
export const PLANNING_CAP_USD = 2;
/** Where money is no limit, as with a model of one's own, this one ends a planning that goes nowhere. */
const PLANNING_TOKENS = 2_000_000;

/** @throws Problem for a budget that is none. */
export const planningCap = (capMicroUsd: number, budget: PlanBudget): Amount => ({
  microUsd: Math.min(capMicroUsd, microUsdFromUsd(budget.money_usd)),
  tokens: Math.min(PLANNING_TOKENS, budget.token_limit),
});

/** Before the first paid call of a step. */
export function announceCap({ output }: Context, what: string, model: string, cap: Amount): void {
  output.note(`${what} by ${model}; planning costs at most ${formatUsd(cap.microUsd)} in all.`);
}
