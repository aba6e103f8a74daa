/** Which limit of a budget is reached first. */
import type { Currency } from "../mission.js";
import type { PlanBudget } from "../plan.js";
import type { Binding, TotalEstimate } from "./estimate.js";

/** A share larger than this says no more than "far too much". */
const MOST_PCT = 999_999;

/** By what is likely; percent rounded up, so that above 100 means above the limit. */
export function bindingOf(
  total: Pick<TotalEstimate, "microUsd" | "tokens" | "activeMs">,
  budget: Pick<PlanBudget, "money_usd" | "time_hours" | "token_limit">,
): Binding {
  const shares: [Currency, number, number][] = [
    ["money", total.microUsd.likely, budget.money_usd * 1_000_000],
    ["time", total.activeMs.likely, budget.time_hours * 3_600_000],
    ["tokens", total.tokens.likely, budget.token_limit],
  ];
  return shares
    .map(([currency, likely, limit]): Binding => ({ currency, pct: pctOf(likely, limit) }))
    .reduce((most, each) => (each.pct > most.pct ? each : most));
}

export const fitsBudget = ({ pct }: Binding) => pct <= 100;

function pctOf(likely: number, limit: number): number {
  if (likely <= 0) return 0;
  return limit > 0 ? Math.min(MOST_PCT, Math.ceil((likely / limit) * 100)) : MOST_PCT;
}
