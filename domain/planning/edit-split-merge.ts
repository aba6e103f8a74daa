/** One feature made of several, and several of one. */
import { SIZES, TIERS, type Size } from "../mission.js";
import type { Check, Plan, PlanFeature } from "../plan.js";
import type { EditOf, NewPart } from "./edits.js";
import { withChecks, withNeedsOf } from "./edit-links.js";
import {
  inserted,
  milestoneOf,
  nextId,
  placeOf,
  refused,
  tidy,
  withMilestone,
} from "./edit-places.js";

/**
 * The parts come one after the other, as they share paths and the checks of the whole, which hold only at the end. The
 * first keeps the id; who needed the whole needs the last.
 */
export function splitFeature(
  plan: Plan,
  { feature: id, parts }: EditOf<"split">,
  used: ReadonlySet<string>,
): Plan {
  const { milestone, feature, index } = placeOf(plan, id);
  if (parts.length < 2) {
    throw refused(`Feature ${id} is split into ${parts.length} part.`, "Name two parts or more.");
  }
  if (feature.agent === "script") {
    throw refused(
      `Feature ${id} is done by a script, and its commands do not split by themselves.`,
      "Edit the plan as YAML, or add a feature and move commands there.",
    );
  }
  const ids = new Set(used);
  const split: PlanFeature[] = [];
  for (const part of parts) {
    const before = split.at(-1);
    const own = before === undefined ? id : nextId(`${milestone.id}.`, ids);
    ids.add(own.toLowerCase());
    const isLast = split.length === parts.length - 1;
    split.push(
      tidy({
        ...feature,
        id: own,
        title: part.title,
        brief: briefOf(feature, part),
        dependsOn: before === undefined ? feature.dependsOn : [before.id],
        checks: isLast ? feature.checks : [],
        size: neighbour(feature.size, -1),
        estimate: shareOf(feature.estimate, parts.length, isLast),
      }),
    );
  }
  const last = split.at(-1)?.id ?? id;
  const others = milestone.features.filter((each) => each.id !== id);
  const rest = withNeedsOf(
    withMilestone(plan, milestone.id, { features: others }),
    new Set([id]),
    last,
  );
  const { features } = milestoneOf(rest, milestone.id);
  return withMilestone(rest, milestone.id, { features: inserted(features, index, ...split) });
}

function briefOf({ title, brief }: PlanFeature, part: NewPart): string {
  if (part.brief !== undefined) return part.brief;
  const whole = brief === undefined || brief === title ? title : `${title}. ${brief}`;
  return `${part.title}\n\nOnly this part of the following whole: ${whole}`;
}

/** An even share in whole micro-USD, ms and tokens; the last part has what is left, so that nothing is lost. */
export function shareOf(
  estimate: PlanFeature["estimate"],
  parts: number,
  isLast: boolean,
): PlanFeature["estimate"] {
  const even = (whole: number, unit: number) => Math.floor((whole * unit) / parts) / unit;
  const rest = (whole: number, unit: number) =>
    Math.round((whole - even(whole, unit) * (parts - 1)) * unit) / unit;
  const of = isLast ? rest : even;
  return {
    usd: of(estimate.usd, 1e6),
    hours: of(estimate.hours, 3.6e6),
    tokens: of(estimate.tokens, 1),
  };
}

/** The next class of size, within what there is. */
export function neighbour(size: Size | undefined, step: 1 | -1): Size | undefined {
  if (size === undefined) return undefined;
  return SIZES[Math.min(SIZES.length - 1, Math.max(0, SIZES.indexOf(size) + step))];
}

/** The first one keeps its id, in its place, and takes in the others. */
export function mergeFeatures(plan: Plan, { features: ids, title }: EditOf<"merge">): Plan {
  const places = [...new Set(ids)].map((id) => placeOf(plan, id));
  const [first, ...others] = places;
  if (first === undefined || others.length === 0) {
    throw refused("One feature cannot be merged.", "Name two features or more of one milestone.");
  }
  const into = first.feature;
  for (const { milestone, feature } of others) {
    const pair = `Features ${into.id} and ${feature.id}`;
    if (milestone.id !== first.milestone.id) {
      throw refused(
        `${pair} are in different milestones, ${first.milestone.id} and ${milestone.id}.`,
        `Move one of them first, as with: npx missions plan edit --move ${feature.id} --to ${first.milestone.id}`,
      );
    }
    for (const field of ["kind", "agent"] as const) {
      if (feature[field] === into[field]) continue;
      throw refused(
        `${pair} differ in ${field}: ${into[field]} and ${feature[field]}.`,
        `Give them the same ${field} first.`,
      );
    }
  }
  const gone = new Set(others.map(({ feature }) => feature.id));
  const merged = together(
    places.map(({ feature }) => feature),
    title,
  );
  const kept = first.milestone.features.filter(({ id }) => !gone.has(id));
  const features = kept.map((feature) => (feature.id === into.id ? merged : feature));
  return withNeedsOf(withMilestone(plan, first.milestone.id, { features }), gone, into.id);
}

function together(features: readonly PlanFeature[], title: string | undefined): PlanFeature {
  const [first] = features;
  if (first === undefined) throw new Error("nothing to merge");
  const ids = new Set(features.map(({ id }) => id));
  const all = <T>(pick: (feature: PlanFeature) => readonly T[] | undefined): T[] => [
    ...new Set(features.flatMap((feature) => pick(feature) ?? [])),
  ];
  const sum = (unit: number, pick: (estimate: PlanFeature["estimate"]) => number) =>
    Math.round(features.reduce((total, { estimate }) => total + pick(estimate), 0) * unit) / unit;
  const briefs = features.map(({ title: own, brief }) => brief ?? own);
  const commands = features.flatMap(({ commands: own }) => own ?? []);
  const serves = all((feature) => feature.serves);
  const rewrites = all((feature) => feature.rewrites);
  const everywhere = features.some(({ touches }) => touches.length === 0);
  return tidy({
    ...first,
    title:
      title ??
      features
        .map((feature) => feature.title)
        .join(" and ")
        .slice(0, 200),
    brief: features.every(({ brief }) => brief === undefined) ? undefined : briefs.join("\n\n"),
    commands: commands.length === 0 ? undefined : commands,
    dependsOn: all((feature) => feature.dependsOn).filter((id) => !ids.has(id)),
    // None means: everything may change.
    touches: everywhere ? [] : all((feature) => feature.touches),
    checks: features.reduce<Check[]>((checks, feature) => withChecks(checks, feature.checks), []),
    serves: serves.length === 0 ? undefined : serves,
    rewrites: rewrites.length === 0 ? undefined : rewrites,
    size: sizeTogether(features),
    tier: highest(
      TIERS,
      all(({ tier }) => (tier === undefined ? [] : [tier])),
    ),
    model: features.find(({ model }) => model !== undefined)?.model,
    estimate: {
      usd: sum(1e6, ({ usd }) => usd),
      hours: sum(3.6e6, ({ hours }) => hours),
      tokens: sum(1, ({ tokens }) => tokens),
    },
  });
}

/** The largest; the next one where several are as large. */
function sizeTogether(features: readonly PlanFeature[]): Size | undefined {
  const sizes = features.flatMap(({ size }) => (size === undefined ? [] : [size]));
  const largest = highest(SIZES, sizes);
  const isSeveral = sizes.filter((size) => size === largest).length > 1;
  return isSeveral ? neighbour(largest, 1) : largest;
}

const highest = <T>(order: readonly T[], found: readonly T[]): T | undefined =>
  found.length === 0 ? undefined : order[Math.max(...found.map((each) => order.indexOf(each)))];
