/** What ties features to each other and to checks, kept right when a feature goes or comes. */
import type { Check, Plan, PlanFeature, PlanMilestone } from "../plan.js";
import { tidy, withFeatures } from "./edit-places.js";

/** Checks of dropped features: seen by a person at the milestone's end (default), or dropped with them. */
export type Orphans = "person" | "drop";

/** Who needed a feature that went needs what that one needed. */
export function withoutNeeds(plan: Plan, gone: ReadonlyMap<string, PlanFeature>): Plan {
  return withFeatures(plan, (feature) =>
    feature.dependsOn.some((id) => gone.has(id))
      ? { ...feature, dependsOn: resolved(feature, gone) }
      : feature,
  );
}

function resolved(feature: PlanFeature, gone: ReadonlyMap<string, PlanFeature>): string[] {
  const needs = new Set<string>();
  const seen = new Set<string>();
  const waiting = [...feature.dependsOn];
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const removed = gone.get(id);
    if (removed !== undefined) waiting.unshift(...removed.dependsOn);
    else if (id !== feature.id) needs.add(id);
  }
  return [...needs];
}

/** Everyone who needed one of `from` needs `to`. */
export function withNeedsOf(plan: Plan, from: ReadonlySet<string>, to: string): Plan {
  return withFeatures(plan, (feature) => {
    if (!feature.dependsOn.some((id) => from.has(id))) return feature;
    const needs = feature.dependsOn.map((id) => (from.has(id) ? to : id));
    return { ...feature, dependsOn: [...new Set(needs)].filter((id) => id !== feature.id) };
  });
}

/** Checks of the milestone that only these features serve. */
export function servedOnlyBy(milestone: PlanMilestone, ids: ReadonlySet<string>): Check[] {
  const servedBy = (isOne: (feature: PlanFeature) => boolean) =>
    new Set(milestone.features.filter(isOne).flatMap(({ serves }) => serves ?? []));
  const mine = servedBy(({ id }) => ids.has(id));
  const others = servedBy(({ id }) => !ids.has(id));
  return milestone.checks.filter(({ id }) => mine.has(id) && !others.has(id));
}

/** The milestone's checks after these features went. */
export function checksAfterDrop(
  milestone: PlanMilestone,
  ids: ReadonlySet<string>,
  orphans: Orphans,
): Check[] {
  const served = new Set(servedOnlyBy(milestone, ids).map(({ id }) => id));
  if (orphans === "drop") return milestone.checks.filter(({ id }) => !served.has(id));
  const own = milestone.features.filter(({ id }) => ids.has(id)).flatMap(({ checks }) => checks);
  return withChecks(
    milestone.checks.map((check) => (served.has(check.id) ? byPerson(check) : check)),
    own.map(byPerson),
  );
}

const byPerson = ({ id, sentence }: Check): Check => ({
  id,
  sentence,
  verify: { method: "person" },
});

/** Checks put together; an id that is taken gets a number. */
export function withChecks(checks: readonly Check[], more: readonly Check[]): Check[] {
  const all = [...checks];
  const taken = new Set(all.map(({ id }) => id));
  for (const check of more) {
    let id = check.id;
    for (let n = 2; taken.has(id); n++) id = `${check.id.slice(0, 50)}-${n}`;
    taken.add(id);
    all.push({ ...check, id });
  }
  return all;
}

/** A milestone whose features serve no check that it does not have. */
export function withServedChecks(milestone: PlanMilestone): PlanMilestone {
  const known = new Set(milestone.checks.map(({ id }) => id));
  return {
    ...milestone,
    features: milestone.features.map((feature) => {
      if (feature.serves === undefined || feature.serves.every((id) => known.has(id)))
        return feature;
      const serves = feature.serves.filter((id) => known.has(id));
      return tidy({ ...feature, serves: serves.length === 0 ? undefined : serves });
    }),
  };
}
