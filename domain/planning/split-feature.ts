/** The recovery of a feature that was too large: parts that follow each other, each with its share of the checks. Pure. */
import { PART_ID } from "../ids.js";
import { isThinking } from "../mission.js";
import type { Check, Plan, PlanFeature } from "../plan.js";
import { withNeedsOf } from "./edit-links.js";
import { inserted, milestoneOf, placeOf, tidy, usedIds, withMilestone } from "./edit-places.js";
import { neighbour, shareOf } from "./edit-split-merge.js";
import { isPart } from "./part-ids.js";
import type { PlanExtension } from "./plan-extension.js";

const LETTERS = ["a", "b"] as const;
const TITLE = 180;

/**
 * The parts take the place of the whole; its checks are divided in their order, and who needed the whole needs the last
 * part.
 */
export function withSplit(plan: Plan, id: string): PlanExtension {
  const impossible = (why: string): PlanExtension => ({ kind: "impossible", why });
  if (!plan.milestones.some(({ features }) => features.some((each) => each.id === id)))
    return impossible(`the plan has no ${id}`);
  const { milestone, feature, index } = placeOf(plan, id);
  const ids = LETTERS.map((letter) => `${id}-${letter}`);
  const used = usedIds(plan);
  if (!isThinking(feature.agent)) return impossible(`${id} is done by ${feature.agent}`);
  if (feature.checks.length < LETTERS.length) return impossible(`${id} has one check at most`);
  if (isPart(id, new Set(milestone.features.map((each) => each.id))))
    return impossible(`${id} is part of a split already`);
  if (ids.some((each) => !PART_ID.test(each) || used.has(each.toLowerCase())))
    return impossible(`${ids.join(" and ")} cannot be the ids of its parts`);
  const parts = ids.map((own, at) => partOf(feature, own, at, ids));
  const others = milestone.features.filter((each) => each.id !== id);
  const rest = withNeedsOf(
    withMilestone(plan, milestone.id, { features: others }),
    new Set([id]),
    ids.at(-1) ?? id,
  );
  const { features } = milestoneOf(rest, milestone.id);
  const split = withMilestone(rest, milestone.id, {
    features: inserted(features, index, ...parts),
  });
  return { kind: "extended", plan: split, added: ids, removed: [id] };
}

function partOf(feature: PlanFeature, id: string, at: number, ids: readonly string[]): PlanFeature {
  const { checks } = feature;
  const each = Math.ceil(checks.length / ids.length);
  const before = ids[at - 1];
  const isLast = at === ids.length - 1;
  const own = checks.slice(at * each, isLast ? checks.length : (at + 1) * each);
  return tidy({
    ...feature,
    id,
    title: `${feature.title.slice(0, TITLE)}, part ${at + 1} of ${ids.length}`,
    brief: briefOf(feature, own, at, ids),
    dependsOn: before === undefined ? feature.dependsOn : [before],
    checks: own,
    size: neighbour(feature.size, -1),
    estimate: shareOf(feature.estimate, ids.length, isLast),
  });
}

function briefOf(
  { title, brief }: PlanFeature,
  own: readonly Check[],
  at: number,
  ids: readonly string[],
): string {
  const rest = at === 0 ? `The rest is done after it, by ${ids.slice(1).join(", ")}` : "";
  const done = at === 0 ? "" : `What comes before it is done, by ${ids.slice(0, at).join(", ")}`;
  return [
    `Part ${at + 1} of ${ids.length} of a feature that was too large in one piece. Do only what makes these checks pass: ${own.map(({ sentence }) => JSON.stringify(sentence)).join(", ")}. ${done}${rest}.`,
    `The whole, for orientation: ${title}`,
    ...(brief === undefined ? [] : [brief]),
  ].join("\n\n");
}
