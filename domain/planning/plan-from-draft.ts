/** Makes a plan of a draft: the model's words, and around them what only people and the engine say. */
import { isThinking, type AgentName } from "../mission.js";
import { HOME, priorEstimate } from "../plan-defaults.js";
import { RUNNABLE_KINDS } from "../plan-rules.js";
import type { Check, Plan, PlanFeature, PlanMilestone } from "../plan.js";
import type { Scope } from "../scope.js";
import { usualAgent } from "../usual-agent.js";
import type { Draft, DraftCheck, DraftFeature, DraftMilestone } from "./draft.js";
import { flowOf } from "./draft-flows.js";
import { flowsOf, keptCheck, keptFeature } from "./plan-as-draft.js";

/** @param before the plan that the draft changes: what the draft left as it was stays to the letter. */
export function planFromDraft(draft: Draft, scope: Scope, before?: Plan): Plan {
  const milestones = draft.milestones.map((milestone, index) =>
    milestoneFrom(milestone, index, scope, before),
  );
  const title = oneLine(draft.title);
  if (before !== undefined) {
    const non_goals = unique([...before.scope.non_goals, ...draft.nonGoals]);
    return {
      ...before,
      title,
      scope: { ...before.scope, non_goals },
      ...lookedAt(draft, before),
      milestones,
    };
  }
  const { deadline } = scope;
  return {
    version: 1,
    title,
    goal: scope.goal,
    type: scope.type,
    level: scope.level,
    mode: scope.mode,
    workspace: "git",
    scope: {
      non_goals: unique([...scope.nonGoals, ...draft.nonGoals]),
      constraints: unique(scope.constraints),
      ...(scope.checked === undefined ? {} : { checked: scope.checked }),
    },
    ...lookedAt(draft),
    budget: scope.budget,
    ...(deadline === undefined
      ? {}
      : {
          deadline: deadline.at,
          deadline_zone: deadline.zone,
          at_deadline: deadline.atDeadline,
        }),
    model_routing: scope.routing,
    preferences: scope.preferences,
    milestones,
  };
}

const oneLine = (text: string) => text.replaceAll(/\s+/gu, " ").trim();
const unique = (lines: readonly string[]) => [
  ...new Set(lines.map((line) => line.trim()).filter((line) => line !== "")),
];

/** App and flows; a draft that does not speak of them leaves them as they were. */
function lookedAt({ app, flows = [] }: Draft, before?: Plan): Pick<Plan, "app" | "flows"> {
  if (app === undefined) return {};
  const made = flows.map((flow) => flowOf(flow, before?.flows));
  const kept = before?.flows ?? [HOME];
  return {
    app: { ...before?.app, ...app },
    flows: made.length > 0 ? made : kept,
  };
}

/** What a draft does not speak of stays as it was. */
function uiFrom(
  ui: readonly string[] | undefined,
  id: string,
  before: Plan | undefined,
): Pick<PlanMilestone, "ui"> {
  const was = before?.milestones.find((milestone) => milestone.id === id)?.ui;
  if (ui === undefined) return was === undefined ? {} : { ui: was };
  if (was !== undefined && before !== undefined && flowsOf(before, was).join() === ui.join())
    return { ui: was };
  return ui.length === 0 ? {} : { ui: { ...was, flows: [...ui] } };
}

function milestoneFrom(
  { id: given, title, checks, features, ui }: DraftMilestone,
  index: number,
  scope: Scope,
  before: Plan | undefined,
): PlanMilestone {
  const id = given ?? `${index + 1}`;
  const own = before?.milestones.find((milestone) => milestone.id === id)?.checks;
  return {
    id,
    title: oneLine(title),
    checks: checks.map((check) => keptCheck(own, check) ?? checkFrom(check)),
    features: features.map((feature) => featureFrom(feature, scope, before)),
    ...uiFrom(ui, id, before),
  };
}

function checkFrom({ id, sentence, verify }: DraftCheck): Check {
  return { id, sentence, verify };
}

function featureFrom(drafted: DraftFeature, scope: Scope, before: Plan | undefined): PlanFeature {
  const kept = before && keptFeature(before, drafted.id);
  if (kept?.isSame(drafted) === true) return kept.feature;
  const isRunnable = RUNNABLE_KINDS.includes(drafted.kind) && !isLookByPerson(drafted);
  const agent = isRunnable ? agentFrom(drafted, kept?.feature, before) : "manual";
  const { commands, model } = kept?.feature ?? {};
  const budget = before?.budget ?? scope.budget;
  return {
    id: drafted.id,
    title: oneLine(drafted.title),
    // Whatever its kind, what a person does runs here like any other work of a person.
    kind: isRunnable ? drafted.kind : "code",
    agent,
    brief: isRunnable ? drafted.brief : briefForPerson(drafted),
    ...(agent === "script" && commands !== undefined ? { commands } : {}),
    dependsOn: drafted.dependsOn,
    touches: drafted.touches,
    checks: drafted.checks.map(
      (check) => keptCheck(kept?.feature.checks, check) ?? checkFrom(check),
    ),
    serves: drafted.serves,
    size: drafted.size,
    estimate: priorEstimate(agent, budget),
    ...(drafted.tier === undefined ? {} : { tier: drafted.tier }),
    ...(drafted.reads === undefined || drafted.reads.length === 0 ? {} : { reads: drafted.reads }),
    ...(drafted.rewrites === undefined || drafted.rewrites.length === 0
      ? {}
      : { rewrites: drafted.rewrites }),
    ...(isThinking(agent) && model !== undefined ? { model } : {}),
  };
}

const isLookByPerson = ({ kind, agent }: DraftFeature) =>
  kind === "browser-qa" && agent === "manual";

/** A draft only says that an agent thinks: which, the feature had before, or has the plan as a rule. */
function agentFrom(
  { agent = "builtin", kind }: DraftFeature,
  kept: PlanFeature | undefined,
  before: Plan | undefined,
): AgentName {
  if (kind === "browser-qa") return "script"; // the engine itself
  if (agent !== "builtin") return agent;
  if (kept !== undefined && isThinking(kept.agent)) return kept.agent;
  return before === undefined ? "builtin" : usualAgent(before);
}

/** Says that and why a person does it, and within which limits. */
function briefForPerson({ kind, brief, vendor, purpose, capUsd }: DraftFeature): string {
  const limits = [
    ...(vendor === undefined ? [] : [`With: ${vendor}.`]),
    ...(purpose === undefined ? [] : [`For: ${purpose}.`]),
    ...(capUsd === undefined ? [] : [`At most ${capUsd} USD.`]),
  ];
  return [
    `A person does this: it is ${kind} work, and this version does only ${RUNNABLE_KINDS.join(", ")} by itself.`,
    ...(limits.length === 0 ? [] : [limits.join(" ")]),
    brief,
  ].join("\n\n");
}
