/** A plan in the form of a draft, for models that are to change it, and what of it a changed draft left as it was. */
import type { Check, Plan, PlanFeature } from "../plan.js";
import type { PlanApp, QaScope } from "../qa.js";
import type { Draft, DraftAgent, DraftApp, DraftCheck, DraftFeature } from "./draft.js";
import { draftFlow } from "./draft-flows.js";

/** Without what is not the model's to see or set: commands, models, estimates, money. */
export function draftOfPlan(plan: Plan): Draft {
  return {
    title: plan.title,
    milestones: plan.milestones.map(({ id, title, checks, features, ui }) => ({
      id,
      title,
      checks: checks.map(draftCheck),
      features: features.map(draftFeature),
      ...(ui === undefined ? {} : { ui: flowsOf(plan, ui) }),
    })),
    nonGoals: plan.scope.non_goals,
    notes: [],
    ...(plan.app === undefined ? {} : { app: draftApp(plan.app) }),
    ...(plan.flows === undefined ? {} : { flows: plan.flows.map(draftFlow) }),
  };
}

/** None named means all. */
export const flowsOf = ({ flows = [] }: Pick<Plan, "flows">, ui: QaScope): string[] =>
  ui.flows.length > 0 ? ui.flows : flows.map(({ name }) => name);

/** Without port, variables and other origins, which a person has said. */
export const draftApp = ({ run, prepare, ready }: PlanApp): DraftApp => ({
  run,
  ...(prepare === undefined ? {} : { prepare }),
  ...(ready === undefined ? {} : { ready }),
});

const draftCheck = ({ id, sentence, verify }: Check): DraftCheck => ({
  id,
  sentence,
  verify: verifyAsDraft(verify),
  covers: [],
});

/** To a planner every agent that thinks is the builtin one. */
const draftAgent = (agent: string): DraftAgent =>
  agent === "script" || agent === "manual" ? agent : "builtin";

/** Only what a model may say of a verification. */
function verifyAsDraft(verify: Check["verify"]): DraftCheck["verify"] {
  if (verify.method !== "bash") return verify;
  return { method: "bash", run: verify.run };
}

function draftFeature(feature: PlanFeature): DraftFeature {
  const { id, title, brief, kind, agent, size, tier, dependsOn, touches, serves, checks } = feature;
  const { reads = [], rewrites } = feature;
  return {
    id,
    title,
    brief: brief ?? title,
    kind,
    agent: draftAgent(agent),
    size: size ?? "medium",
    ...(tier === undefined ? {} : { tier }),
    dependsOn,
    touches,
    serves: serves ?? [],
    checks: checks.map(draftCheck),
    reads,
    ...(rewrites === undefined ? {} : { rewrites }),
    finish: [],
  };
}

export interface KeptFeature {
  milestoneId: string;
  agent: DraftAgent;
  feature: PlanFeature;
  /** The draft says nothing else than the plan does. */
  isSame(drafted: DraftFeature): boolean;
}

/** A feature of the plan that is changed. */
export function keptFeature(plan: Plan, id: string): KeptFeature | undefined {
  for (const milestone of plan.milestones) {
    const feature = milestone.features.find((each) => each.id === id);
    if (feature === undefined) continue;
    const said = comparable(draftFeature(feature));
    return {
      milestoneId: milestone.id,
      agent: draftAgent(feature.agent),
      feature,
      isSame: (drafted) => comparable(drafted) === said,
    };
  }
  return undefined;
}

/** Covers and finish are notes of a draft, not of a plan. */
function comparable(feature: DraftFeature): string {
  const { id, title, brief, kind, agent, size, tier, dependsOn, touches, serves } = feature;
  const checks = feature.checks.map(sameCheck);
  const { reads = [], rewrites = [] } = feature;
  const lists = [dependsOn, touches, serves, reads, rewrites].map((list) => [...list].sort());
  return JSON.stringify([
    [id, title.trim(), brief.trim(), kind, agent ?? "builtin", size, tier ?? null],
    lists,
    checks,
  ]);
}

const sameCheck = ({ id, sentence, verify }: DraftCheck) => {
  const { method } = verify;
  const run = method === "bash" ? verify.run : null;
  const [pattern, path] =
    method === "codebase" ? [verify.pattern, verify.path ?? null] : [null, null];
  const flow = method === "browser" ? verify.flow : null;
  return [id, sentence.trim(), method, run, pattern, path, flow];
};

/** The check as the plan has it, where the draft left it as it was. */
export function keptCheck(checks: readonly Check[] | undefined, drafted: DraftCheck) {
  const said = JSON.stringify(sameCheck(drafted));
  return checks?.find((check) => JSON.stringify(sameCheck(draftCheck(check))) === said);
}
