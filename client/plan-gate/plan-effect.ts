/** What a changed plan does to what is left of a mission: money, hours, finish. */
import { echoInstant } from "../../domain/deadline-echo.js";
import { TAKES_NOTHING, takesNothing } from "../budget/wording.js";
import type { EstimateBasis, TotalEstimate } from "../../domain/estimates/estimate.js";
import { estimatePlan } from "../../domain/estimates/estimate-plan.js";
import type { BudgetTotals } from "../../domain/mission.js";
import { formatDuration, formatTokens, formatUsd } from "../../domain/money.js";
import type { Plan } from "../../domain/plan.js";
import { isFinished, type Progress } from "../../domain/planning/edit-begun.js";

export interface PlanEffect {
  /** Of what is not finished. */
  before: TotalEstimate;
  after: TotalEstimate;
  /** ISO 8601, when the work goes on without a stop. */
  finishBefore: string;
  finishAfter: string;
}

/** @throws Problem for a price that nobody knows. */
export function planEffect(
  plans: { before: Plan; after: Plan },
  progress: Progress,
  basis: EstimateBasis,
  now: Date,
): PlanEffect {
  const before = estimatePlan(leftOf(plans.before, progress), basis);
  const after = estimatePlan(leftOf(plans.after, progress), basis);
  const finish = ({ activeMs }: TotalEstimate) =>
    new Date(now.getTime() + activeMs.likely).toISOString();
  return { before, after, finishBefore: finish(before), finishAfter: finish(after) };
}

/** Features that the mission still has to do. */
function leftOf(plan: Plan, progress: Progress): Plan {
  const milestones = plan.milestones
    .filter(({ id }) => progress.milestones.get(id) !== "done")
    .map((milestone) => {
      const features = milestone.features.filter(
        ({ id }) => !isFinished(progress.features.get(id)),
      );
      return { ...milestone, features };
    })
    .filter(({ features }) => features.length > 0);
  return { ...plan, milestones };
}

/** @param zone IANA. @param totals left out where nothing was spent yet. */
export function effectLines(effect: PlanEffect, zone: string, totals?: BudgetTotals): string[] {
  const { before, after } = effect;
  if (takesNothing(before) && takesNothing(after)) return [`${TAKES_NOTHING}.`];
  const row = (name: string, show: (amount: number) => string, key: Quantity) => {
    const range = after[key];
    const span = `${show(range.low)} to ${show(range.high)}`;
    return `${name} for what is left: ${show(range.likely)} (${span}), ${than(show(range.likely), show(before[key].likely))}`;
  };
  const finish = (at: string) => echoInstant({ at, zone });
  return [
    row("Money", formatUsd, "microUsd"),
    row("Tokens", formatTokens, "tokens"),
    row("Active time", formatDuration, "activeMs"),
    `Finish, if it works without a stop: ${finish(effect.finishAfter)}, ${than(finish(effect.finishAfter), finish(effect.finishBefore))}`,
    ...(totals === undefined ? [] : beyondLines(after, totals)),
  ];
}

const than = (after: string, before: string) =>
  after === before ? "as before" : `instead of ${before}`;

type Quantity = "microUsd" | "tokens" | "activeMs";

/** Says it where the likely amount does not fit into what the caps leave. */
function beyondLines(after: TotalEstimate, { caps, spent, activeMs }: BudgetTotals): string[] {
  const rows: [string, number, number, (amount: number) => string][] = [
    ["money", after.microUsd.likely, caps.microUsd - spent.microUsd, formatUsd],
    ["tokens", after.tokens.likely, caps.tokens - spent.tokens, formatTokens],
    ["active time", after.activeMs.likely, caps.activeMs - activeMs, formatDuration],
  ];
  return rows
    .filter(([, needed, left]) => needed > left)
    .map(
      ([name, needed, left, show]) =>
        `The budget leaves ${show(Math.max(0, left))} of ${name}, less than the likely ${show(needed)}.`,
    );
}
