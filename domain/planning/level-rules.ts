/** A plan has to fit what it was given: its likely cost, not its worst. Pure. */
import type { TotalEstimate } from "../estimates/estimate.js";
import { formatDuration, formatTokens, formatUsd, hoursToMs, microUsdFromUsd } from "../money.js";
import type { PlanBudget } from "../plan.js";
import type { Violation } from "../plan-issues.js";

/** @param budget has passed the rules of budgets. */
export function levelViolations(total: TotalEstimate, budget: PlanBudget): Violation[] {
  const rows: [string, number, number, (amount: number) => string][] = [
    ["cost", total.microUsd.likely, microUsdFromUsd(budget.money_usd), formatUsd],
    ["take", total.activeMs.likely, hoursToMs(budget.time_hours), formatDuration],
    ["use", total.tokens.likely, budget.token_limit, (n) => `${formatTokens(n)} tokens`],
  ];
  return rows.flatMap(([verb, likely, given, format]) =>
    likely <= given
      ? []
      : [
          {
            sentence: `The plan is likely to ${verb} ${format(likely)}; ${format(given)} is given.`,
            remedy: "Leave out what the outcome level does not need, or plan smaller features.",
          },
        ],
  );
}
