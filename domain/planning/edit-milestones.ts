/** Milestones that come, go, change their turn and their name. */
import type { Plan } from "../plan.js";
import type { EditOf } from "./edits.js";
import { newFeature } from "./edit-features.js";
import { withChecks, withoutNeeds, type Orphans } from "./edit-links.js";
import { inserted, milestoneOf, nextId, refused, withMilestone } from "./edit-places.js";

export function addMilestone(
  plan: Plan,
  { title, position, parts }: EditOf<"add-milestone">,
  used: ReadonlySet<string>,
): Plan {
  const id = nextId("", used);
  const ids = new Set(used);
  const features = parts.map((part) => {
    const feature = newFeature(plan, nextId(`${id}.`, ids), part);
    ids.add(feature.id.toLowerCase());
    return feature;
  });
  const count = plan.milestones.length;
  const at = placeFrom(position ?? count + 1, count + 1);
  const milestone = { id, title, checks: [], features };
  return { ...plan, milestones: inserted(plan.milestones, at, milestone) };
}

/** Its checks are dropped with it unless a person shall still see to them: then the milestone before (or after) has them. */
export function dropMilestone(
  plan: Plan,
  { milestone: id, orphans }: EditOf<"drop-milestone">,
): Plan {
  const milestone = milestoneOf(plan, id);
  const at = plan.milestones.indexOf(milestone);
  const rest = plan.milestones.filter((each) => each.id !== id);
  const heir = rest[Math.max(0, at - 1)];
  if (heir === undefined) {
    throw refused(`Milestone ${id} is the only one.`, "Add another first, or drop the plan.");
  }
  const gone = new Map(milestone.features.map((feature) => [feature.id, feature]));
  const without = withoutNeeds({ ...plan, milestones: rest }, gone);
  const kept: Orphans = orphans ?? "drop";
  if (kept === "drop") return without;
  const orphaned = [...milestone.checks, ...milestone.features.flatMap(({ checks }) => checks)];
  const byPerson = orphaned.map((check) => ({
    id: check.id,
    sentence: check.sentence,
    verify: { method: "person" as const },
  }));
  return withMilestone(without, heir.id, { checks: withChecks(heir.checks, byPerson) });
}

export function moveMilestone(
  plan: Plan,
  { milestone: id, position }: EditOf<"move-milestone">,
): Plan {
  const milestone = milestoneOf(plan, id);
  const at = placeFrom(position, plan.milestones.length);
  const rest = plan.milestones.filter((each) => each.id !== id);
  return { ...plan, milestones: inserted(rest, at, milestone) };
}

export function renameMilestone(
  plan: Plan,
  { milestone: id, title }: EditOf<"rename-milestone">,
): Plan {
  milestoneOf(plan, id);
  return withMilestone(plan, id, { title });
}

/** From the first place, 1, to an index. */
function placeFrom(position: number, last: number): number {
  if (Number.isInteger(position) && position >= 1 && position <= last) return position - 1;
  throw refused(`There is no place ${position}.`, `Name a place from 1 to ${last}.`);
}
