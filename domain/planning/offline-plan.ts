/** A plan without any model: the blueprint of the goal's type, fitted to what the interview found out. */
import { cleanLine, cleanText } from "../clean-text.js";
import { cutToBytes } from "../cut-to-bytes.js";
import { checkId, featureId, milestoneId } from "../plan-defaults.js";
import type { Check, Plan, PlanFeature, PlanMilestone } from "../plan.js";
import type { Scope } from "../scope.js";
import type { BlueprintFeature, BlueprintMilestone } from "./blueprint.js";
import { blueprintFor, milestonesAt } from "./blueprints.js";
import { mvp } from "./blueprints/entry.js";
import { briefOf } from "./offline-briefs.js";
import {
  byPerson,
  finalChecks,
  isShownByDelivery,
  MOST_MUST_HOLD,
  mustHoldSentences,
  testChecks,
  type UnnamedCheck,
} from "./offline-checks.js";
import { isOnCode, placesOf } from "./offline-places.js";

/** As the rules about plans have it. */
const GOAL_BYTES = 20_000;
const TITLE = 80;
const LISTED = 200;
const TEXT = 2_000;
const PREFERENCE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/;

export interface OfflineOptions {
  /** Who does the features: a person, or scripts that lie in the repository by their names. */
  by: "manual" | "script";
}

/** Pure: the same scope gives the same plan, ids included. Estimates are nothing, because no model is paid. */
export function offlinePlan(scope: Scope, { by }: OfflineOptions): Plan {
  const goal = cutToBytes(cleanText(scope.goal, Math.max(1, scope.goal.length)), GOAL_BYTES).trim();
  const clean = { ...scope, goal };
  const said = mustHoldSentences(scope);
  const { deadline } = scope;
  return {
    version: 1,
    title: titleOf(goal),
    goal,
    type: scope.type,
    level: scope.level,
    mode: scope.mode,
    workspace: "git",
    scope: {
      non_goals: texts(scope.nonGoals),
      constraints: texts([...scope.constraints, ...said.slice(MOST_MUST_HOLD)]),
      ...(scope.checked === undefined ? {} : { checked: scope.checked }),
    },
    budget: { ...scope.budget },
    ...(deadline === undefined
      ? {}
      : {
          deadline: new Date(deadline.at).toISOString(),
          deadline_zone: deadline.zone,
          at_deadline: deadline.atDeadline,
        }),
    model_routing: scope.routing,
    preferences: Object.fromEntries(
      Object.entries(scope.preferences)
        .map(([name, value]) => [name, cleanText(value, TEXT)] as const)
        .filter(([name, value]) => PREFERENCE.test(name) && value !== ""),
    ),
    milestones: milestonesOf(clean, said.slice(0, MOST_MUST_HOLD), by),
  };
}

const texts = (list: readonly string[]) =>
  list
    .map((text) => cleanText(text, TEXT))
    .filter((text) => text !== "")
    .slice(0, LISTED);

/** The first sentence of the goal, as far as it fits. */
function titleOf(goal: string): string {
  const line = cleanLine(goal, TITLE * 3);
  const [sentence = line] = line.split(/(?<=\S)(?:[.!?](?:\s|$)|[。！？])/u);
  const whole = sentence.trim() === "" ? line : sentence.trim();
  if (whole.length <= TITLE) return whole;
  const cut = cleanLine(whole, TITLE - 1);
  const atWord = cut.replace(/\s+\S*$/u, "");
  return `${atWord.length > TITLE / 2 ? atWord : cut}…`;
}

function milestonesOf(scope: Scope, mustHold: string[], by: OfflineOptions["by"]): PlanMilestone[] {
  const chosen = withAccess(milestonesAt(blueprintFor(scope.type), scope.level), scope);
  const last = chosen.length - 1;
  const core = chosen.findLastIndex(
    ({ features }, index) => index < last && features.some(({ level }) => level === "mvp"),
  );
  const ids = new Map(
    chosen.flatMap(({ features }, m) =>
      features.map(({ key }, f): [string, string] => [
        key,
        featureId(undefined, milestoneId(undefined, m), f),
      ]),
    ),
  );
  return chosen.map((milestone, m) => {
    const held = mustHold.filter((each) => m === (isShownByDelivery(each) ? last : core));
    const extra = [...held.map(byPerson), ...(m === last ? finalChecks(scope.repository) : [])];
    return milestoneOf(milestone, milestoneId(undefined, m), { scope, by, ids, extra });
  });
}

/** Accounts and contracts with others take longest and are the person's to get: they come first. */
function withAccess(milestones: BlueprintMilestone[], scope: Scope): BlueprintMilestone[] {
  const [first, ...rest] = milestones;
  const outside = cleanLine(scope.dependencies, 400);
  if (first === undefined || outside === "" || /^(none|no|nothing|-)\.?$/i.test(outside))
    return milestones;
  const access = mvp("outside-access", "Get access to what it needs outside", "small", {
    brief: `Accounts, contracts, keys and test access for: ${outside}. Keys stay out of the repository.`,
    kind: "email",
    touches: ["docs/outside.md"],
    checks: [`Each was reached once with the access that will be used: ${outside}.`],
    serves: [first.checks.length],
  });
  const checks = [...first.checks, "What it needs from outside can be reached."];
  return [{ ...first, checks, features: [...first.features, access] }, ...rest];
}

interface Fitting {
  scope: Scope;
  by: OfflineOptions["by"];
  /** Feature ids by key. */
  ids: ReadonlyMap<string, string>;
  /** Checks that the last feature of the milestone serves. */
  extra: UnnamedCheck[];
}

function milestoneOf(milestone: BlueprintMilestone, id: string, fitting: Fitting): PlanMilestone {
  const { features } = milestone;
  const checks: Check[] = [];
  const serves = features.map((): string[] => []);
  const add = (check: UnnamedCheck, isServedBy: (feature: BlueprintFeature) => boolean) => {
    if (!features.some(isServedBy)) return;
    const named = { id: checkId(undefined, id, checks.length), ...check };
    checks.push(named);
    features.forEach((feature, index) => {
      if (isServedBy(feature)) serves[index]?.push(named.id);
    });
  };
  milestone.checks.forEach((sentence, position) => {
    add(byPerson(sentence), (feature) => (feature.serves ?? [0]).includes(position));
  });
  for (const check of fitting.extra) add(check, (feature) => feature === features.at(-1));
  for (const check of testChecks(fitting.scope.repository))
    add(check, (feature) => isOnCode(feature.touches));
  return {
    id,
    title: milestone.title,
    checks,
    features: features.map((feature, index) => ({
      ...featureOf(feature, featureId(undefined, id, index), fitting),
      serves: serves[index] ?? [],
    })),
  };
}

function featureOf(
  feature: BlueprintFeature,
  id: string,
  { scope, by, ids }: Fitting,
): PlanFeature {
  const { repository } = scope;
  // Only code can be left to a script; nothing but a person reads papers, looks at pages or signs.
  const isScripted = by === "script" && feature.kind === "code";
  const tests = isOnCode(feature.touches)
    ? testChecks(repository).filter(({ verify }) => verify.method === "bash")
    : [];
  return {
    id,
    title: feature.title,
    kind: "code",
    agent: isScripted ? "script" : "manual",
    brief: briefOf(feature, scope),
    ...(isScripted ? { commands: scriptOf(feature) } : {}),
    dependsOn: feature.dependsOn.flatMap((key) => ids.get(key) ?? []),
    touches: placesOf(feature.touches, repository),
    checks: [...feature.checks.map(byPerson), ...tests].map((check, index) => ({
      id: checkId(undefined, id, index),
      ...check,
    })),
    size: feature.size,
    estimate: { usd: 0, hours: 0, tokens: 0 },
  };
}

/** A script of the person's own, found by the feature's name; without it the feature stops and says where to put one. */
function scriptOf({ key, title }: BlueprintFeature): string[] {
  const file = `scripts/mission/${key}.sh`;
  return [
    `test -f ${file} || { echo "There is no ${file}. Commit one that does this: ${title}; or give the feature other commands." >&2; exit 1; }`,
    `sh ${file}`,
  ];
}
