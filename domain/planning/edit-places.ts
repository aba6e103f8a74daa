/** Where in a plan an edit applies, ids for what it adds, and the plan with one part replaced. */
import { nearestName } from "../nearest-name.js";
import type { Plan, PlanFeature, PlanMilestone } from "../plan.js";
import { shown } from "../plan-issues.js";
import { EXIT, Problem } from "../problem.js";

export interface FeaturePlace {
  milestone: PlanMilestone;
  feature: PlanFeature;
  /** From 0, in its milestone. */
  index: number;
}

/** @throws Problem notFound that names the feature with the nearest id. */
export function placeOf(plan: Plan, id: string): FeaturePlace {
  for (const milestone of plan.milestones) {
    const index = milestone.features.findIndex((feature) => feature.id === id);
    const feature = milestone.features[index];
    if (feature !== undefined) return { milestone, feature, index };
  }
  const ids = plan.milestones.flatMap(({ features }) => features.map((feature) => feature.id));
  throw unknown("feature", id, ids);
}

/** @throws Problem notFound that names the milestone with the nearest id. */
export function milestoneOf(plan: Plan, id: string): PlanMilestone {
  const found = plan.milestones.find((milestone) => milestone.id === id);
  if (found !== undefined) return found;
  const ids = plan.milestones.map((milestone) => milestone.id);
  throw unknown("milestone", id, ids);
}

function unknown(noun: string, id: string, known: string[]): Problem {
  const nearest = nearestName(id, known);
  const few = known.slice(0, 12).join(", ");
  return new Problem(
    EXIT.notFound,
    `The plan has no ${noun} ${shown(id)}.`,
    nearest === undefined
      ? `It has: ${few}${known.length > 12 ? ` and ${known.length - 12} more` : ""}.`
      : `Did you mean ${nearest}?`,
  );
}

export const refused = (sentence: string, remedy: string) =>
  new Problem(EXIT.badInput, sentence, remedy);

/** Ids in use, in lower case, as ids must differ by more than case. */
export function usedIds(plan: Plan, others: Iterable<string> = []): Set<string> {
  const used = new Set<string>();
  for (const { id, features } of plan.milestones) {
    used.add(id.toLowerCase());
    for (const feature of features) used.add(feature.id.toLowerCase());
  }
  for (const id of others) used.add(id.toLowerCase());
  return used;
}

/** The next free number after all that were ever used: an id never comes to mean another feature. */
export function nextId(prefix: string, used: ReadonlySet<string>): string {
  const stem = prefix.slice(0, 30).toLowerCase();
  let last = 0;
  for (const id of used) {
    if (!id.startsWith(stem)) continue;
    const number = /^\d{1,6}$/.exec(id.slice(stem.length))?.[0];
    if (number !== undefined) last = Math.max(last, Number(number));
  }
  return `${prefix.slice(0, 30)}${last + 1}`;
}

export const withMilestone = (plan: Plan, id: string, changed: Partial<PlanMilestone>): Plan => ({
  ...plan,
  milestones: plan.milestones.map((milestone) =>
    milestone.id === id ? { ...milestone, ...changed } : milestone,
  ),
});

export const withFeatures = (plan: Plan, change: (feature: PlanFeature) => PlanFeature): Plan => ({
  ...plan,
  milestones: plan.milestones.map((milestone) => ({
    ...milestone,
    features: milestone.features.map(change),
  })),
});

export const inserted = <Part>(list: readonly Part[], at: number, ...parts: Part[]): Part[] => [
  ...list.slice(0, at),
  ...parts,
  ...list.slice(at),
];

/** Without keys that have no value, as a plan is written. */
export const tidy = <Part extends object>(part: Part): Part =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Part;
