/** What workflows carry of a plan: ids, kinds, dependencies, touches and estimates, in integers. */
import type { Amount, Caps, MilestoneOutline } from "./mission.js";
import { hoursToMs, microUsdFromUsd } from "./money.js";
import type { Plan, PlanBudget, PlanFeature, PlanMilestone } from "./plan.js";

/** The outline of one milestone; the rules keep it within PLAN_LIMITS.outlineBytes. */
export function outlineOf(milestone: PlanMilestone): MilestoneOutline {
  return {
    id: milestone.id,
    title: milestone.title,
    checks: milestone.checks.length,
    ...(milestone.ui === undefined ? {} : { ui: true as const }),
    features: milestone.features.map((feature) => ({
      id: feature.id,
      title: feature.title,
      kind: feature.kind,
      agent: feature.agent,
      dependsOn: feature.dependsOn,
      touches: feature.touches,
      estimate: amountOf(feature.estimate),
      ...(feature.checks.length === 0 ? {} : { checks: feature.checks.length }),
    })),
  };
}

/** A digest that the activity adds to each feature. */
const DIGEST_BYTES = ',"digest":"0123456789ab"'.length;

/** Size of an outline as it crosses to the workflow, digests included. */
export const outlineBytes = (outline: MilestoneOutline) =>
  new TextEncoder().encode(JSON.stringify(outline)).length + outline.features.length * DIGEST_BYTES;

/** The caps that a plan's budget sets. @throws Problem for a budget that breaks the rules. */
export function capsOf(budget: PlanBudget): Caps {
  return {
    microUsd: microUsdFromUsd(budget.money_usd),
    tokens: budget.token_limit,
    activeMs: hoursToMs(budget.time_hours),
  };
}

/** Milestones as the mission workflow is started with them. */
export function milestonesOf(plan: Plan): { id: string; title: string; features: number }[] {
  return plan.milestones.map(({ id, title, features }) => ({
    id,
    title,
    features: features.length,
  }));
}

/** Estimates are guesses: one that is out of range counts as nothing here and is a violation in the rules. */
function amountOf({ usd, tokens }: PlanFeature["estimate"]): Amount {
  return { microUsd: Math.ceil(Math.max(0, usd) * 1_000_000), tokens: Math.max(0, tokens) };
}
