/** The budget that a command line names. */
import type { Purse } from "../../domain/estimates/buying.js";
import { budgetFrom, MODERATE_USD, WEEK_HOURS } from "../../domain/interview/budget-questions.js";
import { hoursToMs, microUsdFromUsd } from "../../domain/money.js";
import type { PlanBudget } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";

export interface AmountsGiven {
  usd?: number | undefined;
  hours?: number | undefined;
  tokens?: number | undefined;
}

/** What is not given does not limit. @throws Problem when nothing is given. */
export function purseFrom({ usd, hours, tokens }: AmountsGiven): Purse {
  if (usd === undefined && hours === undefined && tokens === undefined) {
    throw new Problem(
      EXIT.badInput,
      "Nothing says how large the budget is.",
      "For example: npx missions budget analyse --usd 200 --hours 40",
    );
  }
  return {
    microUsd: usd === undefined ? undefined : microUsdFromUsd(usd),
    activeMs: hours === undefined ? undefined : hoursToMs(hours),
    tokens,
  };
}

export const isGiven = ({ usd, hours, tokens }: AmountsGiven) =>
  usd !== undefined || hours !== undefined || tokens !== undefined;

/** What is not given is what a mission without any answer gets. */
export const budgetGiven = ({ usd, hours, tokens }: AmountsGiven): PlanBudget =>
  budgetFrom(usd ?? MODERATE_USD, hours ?? WEEK_HOURS, tokens);
