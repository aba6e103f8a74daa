/** Features that come, go, move and change. */
import { isThinking, type AgentName } from "../mission.js";
import type { Check, Plan, PlanFeature, PlanMilestone } from "../plan.js";
import { usualAgent } from "../usual-agent.js";
import { priorEstimate } from "../plan-defaults.js";
import type { EditOf, FeatureChange, NewPart, Where } from "./edits.js";
import {
  checksAfterDrop,
  servedOnlyBy,
  withChecks,
  withoutNeeds,
  withServedChecks,
} from "./edit-links.js";
import {
  inserted,
  milestoneOf,
  nextId,
  placeOf,
  refused,
  tidy,
  withFeatures,
  withMilestone,
} from "./edit-places.js";

export function addFeature(
  plan: Plan,
  { where, part, set }: EditOf<"add">,
  used: ReadonlySet<string>,
): Plan {
  const { milestone, at } = whereIn(plan, where);
  const feature = newFeature(plan, nextId(`${milestone.id}.`, used), part);
  const added = inserted(
    milestone.features,
    at,
    set === undefined ? feature : changed(plan, feature, set),
  );
  return withMilestone(plan, milestone.id, { features: added });
}

/** Done by whom the plan's other features are done by: a plan for people gets no feature that calls a model. */
export function newFeature(plan: Plan, id: string, { title, brief }: NewPart): PlanFeature {
  const agents = plan.milestones.flatMap(({ features }) => features.map(({ agent }) => agent));
  const byHand = !agents.some(isThinking) && agents.includes("manual");
  const agent = byHand ? "manual" : usualAgent(plan);
  return {
    id,
    title,
    kind: "code",
    agent,
    brief: brief ?? title,
    dependsOn: [],
    touches: [],
    checks: [],
    estimate: priorEstimate(agent, plan.budget),
  };
}

export function dropFeatures(plan: Plan, { features, orphans }: EditOf<"drop">): Plan {
  const gone = new Map(features.map((id) => [id, placeOf(plan, id).feature]));
  const milestones = plan.milestones.map((milestone) =>
    milestone.features.some(({ id }) => gone.has(id))
      ? withServedChecks(milestoneWithout(milestone, new Set(gone.keys()), orphans))
      : milestone,
  );
  return withoutNeeds({ ...plan, milestones }, gone);
}

const milestoneWithout = (
  milestone: PlanMilestone,
  ids: ReadonlySet<string>,
  orphans: EditOf<"drop">["orphans"],
): PlanMilestone => ({
  ...milestone,
  checks: checksAfterDrop(milestone, ids, orphans ?? "person"),
  features: milestone.features.filter(({ id }) => !ids.has(id)),
});

/** Into another milestone it takes the checks along that only it serves. */
export function moveFeature(plan: Plan, { feature: id, where }: EditOf<"move">): Plan {
  const { milestone: from, feature } = placeOf(plan, id);
  if (!("milestone" in where) && Object.values(where).includes(id)) {
    throw refused(`Feature ${id} cannot stand beside itself.`, "Name another feature.");
  }
  const taken = withMilestone(plan, from.id, {
    features: from.features.filter((each) => each.id !== id),
  });
  const { milestone: to, at } = whereIn(taken, where);
  if (to.id === from.id) {
    return withMilestone(taken, to.id, { features: inserted(to.features, at, feature) });
  }
  const along = servedOnlyBy(from, new Set([id]));
  const checks = withChecks(to.checks, along);
  const serves = checks.slice(to.checks.length).map((check) => check.id);
  const moved = tidy({ ...feature, serves: serves.length === 0 ? undefined : serves });
  const left = withMilestone(taken, from.id, {
    checks: from.checks.filter((check) => !along.includes(check)),
  });
  return withMilestone(left, to.id, { checks, features: inserted(to.features, at, moved) });
}

function whereIn(plan: Plan, where: Where): { milestone: PlanMilestone; at: number } {
  if ("milestone" in where) {
    const milestone = milestoneOf(plan, where.milestone);
    return { milestone, at: milestone.features.length };
  }
  const { milestone, index } = placeOf(plan, "before" in where ? where.before : where.after);
  return { milestone, at: "before" in where ? index : index + 1 };
}

export function changeFeature(plan: Plan, { feature: id, set }: EditOf<"change">): Plan {
  placeOf(plan, id);
  return withFeatures(plan, (feature) =>
    feature.id === id ? changed(plan, feature, set) : feature,
  );
}

function changed(plan: Plan, feature: PlanFeature, set: FeatureChange): PlanFeature {
  const { estimate, ...fields } = set;
  const agent = set.agent ?? feature.agent;
  const start = agent === feature.agent ? feature : forAgent(plan, feature, agent);
  const after = { ...start, ...fields };
  return tidy({ ...after, estimate: { ...start.estimate, ...estimate } });
}

/** What a script was to run becomes the brief of whoever does it instead; the estimate is that of the new agent. */
function forAgent(plan: Plan, feature: PlanFeature, agent: AgentName): PlanFeature {
  const estimate = priorEstimate(agent, plan.budget);
  if (agent === "script") return { ...feature, estimate };
  const commands = feature.commands ?? [];
  const told = [
    ...(feature.brief === undefined ? [] : [feature.brief]),
    ...(commands.length === 0 ? [] : [`Do what these commands do:\n${commands.join("\n")}`]),
  ];
  const brief = told.length === 0 ? feature.title : told.join("\n\n");
  return tidy({ ...feature, brief, commands: undefined, estimate });
}

/** What dropping them leaves without anyone who works towards it, by milestone. */
export function orphanedChecks(plan: Plan, ids: readonly string[]): Check[] {
  const gone = new Set(ids);
  return plan.milestones.flatMap((milestone) => [
    ...servedOnlyBy(milestone, gone),
    ...milestone.features.filter(({ id }) => gone.has(id)).flatMap(({ checks }) => checks),
  ]);
}
