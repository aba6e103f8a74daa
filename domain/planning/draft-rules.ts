/**
 * What must hold of a draft beyond its shape, and before it is a plan: what only a draft says (what it covers, what finishes
 * the mission, who is paid) and what we ask of models but not of people. Pure; every violation is found.
 */
import type { Plan } from "../plan.js";
import type { Violation } from "../plan-issues.js";
import { shown } from "../plan-issues.js";
import type { Scope } from "../scope.js";
import { FINISHES, type Draft, type DraftFeature, type DraftMilestone } from "./draft.js";
import { keptFeature } from "./plan-as-draft.js";
import { FIRST_MILESTONE_SHARE, PLANNER_LIMITS, SIZE_WEIGHTS } from "./planner-limits.js";

/** A plan that a draft changes; features that have begun are fixed. */
export interface Change {
  plan: Plan;
  fixed: readonly string[];
}

/** Sentences that checks must cover, under the ids by which drafts name them: H1, H2, ... */
export const mustHoldOf = ({ mustHold }: Pick<Scope, "mustHold">) =>
  mustHold.map((sentence, index) => ({ id: `H${index + 1}`, sentence }));

/** Every violation, in the order of the draft. */
export function draftViolations(
  draft: Draft,
  scope: Pick<Scope, "mustHold" | "budget">,
  change?: Change,
): Violation[] {
  return [
    // What a person asks to be changed goes before how we would have staged it.
    ...(change === undefined ? stageViolations(draft) : fixedViolations(draft, change)),
    ...draft.milestones.flatMap((milestone, index) =>
      milestoneViolations(milestone, index, change),
    ),
    ...idViolations(draft),
    ...coverViolations(draft, scope),
    ...(change === undefined ? lookViolations(draft) : []),
    ...draft.milestones.flatMap(({ features }) =>
      features.flatMap((feature) => featureViolations(feature, scope, change)),
    ),
    ...paymentViolations(draft, scope),
    ...secretViolations(draft),
  ];
}

const say = (sentence: string, remedy: string): Violation => ({ sentence, remedy });

const workOf = ({ features }: DraftMilestone) =>
  features.reduce((sum, { size }) => sum + SIZE_WEIGHTS[size], 0);

/** The first milestone is the smallest viable increment, the last one polish, docs and deploy. */
function stageViolations({ milestones }: Draft): Violation[] {
  const [first] = milestones;
  const last = milestones.at(-1);
  if (first === undefined || last === undefined)
    return [say("The plan has no milestones.", "Plan at least one.")];
  if (milestones.length === 1) {
    const most = PLANNER_LIMITS.featuresOfOnlyMilestone;
    if (first.features.length <= most) return [];
    const sentence = `The only milestone has ${first.features.length} features; a plan of one milestone takes ${most}.`;
    return [say(sentence, "Make its smallest useful part the first milestone, the rest later.")];
  }
  const violations: Violation[] = [];
  const all = milestones.reduce((sum, milestone) => sum + workOf(milestone), 0);
  const share = workOf(first) / Math.max(1, all);
  const most = milestones.length === 2 ? FIRST_MILESTONE_SHARE.ofTwo : FIRST_MILESTONE_SHARE.ofMore;
  if (share > most) {
    const sentence = `The first milestone has ${percent(share)} of the work by size; ${percent(most)} is the most.`;
    const remedy =
      "Keep in it only what the smallest version of use needs; move the rest to later milestones.";
    violations.push(say(sentence, remedy));
  }
  const finished = new Set(last.features.flatMap(({ finish }) => finish));
  const missing = FINISHES.filter((finish) => !finished.has(finish));
  if (missing.length > 0) {
    const sentence = `The last milestone has no feature for ${missing.join(", ")}.`;
    const remedy = `Mark its features with finish: ${FINISHES.join(", ")}; deploy is also a release, a publication or a hand-over.`;
    violations.push(say(sentence, remedy));
  }
  return violations;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function milestoneViolations(
  { id, title, checks, features }: DraftMilestone,
  index: number,
  change: Change | undefined,
): Violation[] {
  // A milestone that has begun keeps the checks that it was approved with.
  if (features.some((feature) => change?.fixed.includes(feature.id))) return [];
  const where = `Milestone ${shown(id ?? `${index + 1}`)} (${shown(title)})`;
  if (checks.length === 0) {
    return [
      say(`${where} has no checks.`, "Say what is true when it is reached, and how to see it."),
    ];
  }
  const served = new Set(features.flatMap(({ serves }) => serves));
  return checks
    .filter((check) => !served.has(check.id))
    .map((check) =>
      say(
        `${where}: no feature serves check ${shown(check.id)}.`,
        "Name it in serves of the feature that makes it pass, add that feature, or drop the check.",
      ),
    );
}

/** Ids are how a draft refers to itself: one that is used twice says nothing. */
function idViolations(draft: Draft): Violation[] {
  const checks = draft.milestones.flatMap(({ checks: own, features }) => [
    ...own.map(({ id }) => id),
    ...features.flatMap((feature) => feature.checks.map(({ id }) => id)),
  ]);
  const twice = new Set(checks.filter((id, index) => checks.indexOf(id) < index));
  return [...twice].map((id) =>
    say(`The check id ${shown(id)} is used twice.`, "Give each check an id of its own."),
  );
}

function* checksOf(draft: Draft) {
  for (const { checks, features } of draft.milestones) {
    yield* checks;
    for (const feature of features) yield* feature.checks;
  }
}

/** What has pages is looked at: at the end at the latest, when all of them are there. */
function lookViolations({ app, milestones }: Draft): Violation[] {
  const last = milestones.at(-1);
  if (app === undefined || last === undefined || (last.ui ?? []).length > 0) return [];
  return [
    say(
      "There is an app, but the last milestone names no flows in ui.",
      "Name in ui the flows that work when it is done, or leave app and flows out where there are no pages.",
    ),
  ];
}

function coverViolations(draft: Draft, scope: Pick<Scope, "mustHold">): Violation[] {
  const must = mustHoldOf(scope);
  const known = new Set(must.map(({ id }) => id));
  const covered = new Set<string>();
  const violations: Violation[] = [];
  for (const check of checksOf(draft)) {
    for (const id of check.covers) {
      covered.add(id);
      if (known.has(id)) continue;
      const remedy = known.size === 0 ? "Leave covers out." : `Known: ${[...known].join(", ")}.`;
      violations.push(
        say(`Check ${shown(check.id)} covers ${shown(id)}, which is unknown.`, remedy),
      );
    }
  }
  for (const { id, sentence } of must.filter((each) => !covered.has(each.id))) {
    violations.push(
      say(
        `No check covers ${id}: ${shown(sentence)}.`,
        `Add a check that shows it, or name ${id} in covers of the check that does.`,
      ),
    );
  }
  return violations;
}

function featureViolations(
  feature: DraftFeature,
  scope: Pick<Scope, "budget">,
  change: Change | undefined,
): Violation[] {
  if (change?.fixed.includes(feature.id) === true) return [];
  const where = `Feature ${shown(feature.id)}`;
  const violations: Violation[] = [];
  if (feature.serves.length === 0) {
    const remedy = "Name in serves which check of its milestone it helps to pass, or leave it out.";
    violations.push(say(`${where} serves no check.`, remedy));
  }
  if (feature.kind === "code" && feature.agent !== "manual" && feature.touches.length === 0) {
    const remedy = "Name the folders or files that it changes, as src/api.";
    violations.push(say(`${where} is code and touches nothing.`, remedy));
  }
  if (feature.agent === "script") {
    const before = change && keptFeature(change.plan, feature.id);
    if (before?.agent !== "script") {
      const sentence = `${where} is a script, which only a person may plan.`;
      violations.push(say(sentence, "Leave agent out, or let a person do it: manual."));
    }
  }
  for (const check of feature.checks) violations.push(...emptyPattern(where, check));
  if (feature.kind === "payment" || feature.kind === "email") {
    const missing = (["vendor", "purpose", "capUsd"] as const).filter(
      (name) => feature[name] === undefined,
    );
    if (missing.length > 0) {
      const sentence = `${where} is a ${feature.kind} without ${missing.join(", ")}.`;
      violations.push(
        say(sentence, "Say who gets it, what for, and the most USD that it may lead to."),
      );
    }
    if ((feature.capUsd ?? 0) > scope.budget.money_usd) {
      const sentence = `${where} may lead to ${feature.capUsd ?? 0} USD, more than the mission has.`;
      violations.push(say(sentence, `Stay below ${scope.budget.money_usd} USD.`));
    }
  }
  return violations;
}

function emptyPattern(where: string, { id, verify }: DraftFeature["checks"][number]): Violation[] {
  if (verify.method !== "codebase" || verify.pattern.trim() !== "") return [];
  return [
    say(`${where}, check ${shown(id)} has no pattern.`, "Write the text that must be found."),
  ];
}

/** Together as well as each: purchases never come to more than the mission has. */
function paymentViolations({ milestones }: Draft, { budget }: Pick<Scope, "budget">): Violation[] {
  const caps = milestones.flatMap(({ features }) => features.map(({ capUsd }) => capUsd ?? 0));
  const sum = caps.reduce((total, cap) => total + cap, 0);
  if (sum <= budget.money_usd || caps.some((cap) => cap > budget.money_usd)) return [];
  const sentence = `Payments and mails may lead to ${sum} USD together; the mission has ${budget.money_usd}.`;
  return [say(sentence, "Lower their caps, or leave some out.")];
}

/** The vault is opened by adapters that need it, never because a text says so. */
function secretViolations(draft: Draft): Violation[] {
  const named = JSON.stringify(draft).match(/\bsecret:[^\s"\\]{0,40}/i)?.[0];
  if (named === undefined) return [];
  return [say(`The plan names ${shown(named)}.`, "Name no secrets; say what access is needed.")];
}

/** What has begun stays: unchanged, and where it is. */
function fixedViolations(draft: Draft, { plan, fixed }: Change): Violation[] {
  return fixed.flatMap((id) => {
    const before = keptFeature(plan, id);
    if (before === undefined) return [];
    const at = draft.milestones.findIndex(({ features }) =>
      features.some((each) => each.id === id),
    );
    const milestone = draft.milestones[at];
    const now = milestone?.features.find((each) => each.id === id);
    const isThere = milestone !== undefined && (milestone.id ?? `${at + 1}`) === before.milestoneId;
    if (now !== undefined && isThere && before.isSame(now)) return [];
    const how = now === undefined ? "is gone" : isThere ? "was changed" : "was moved";
    const remedy = `Give it back as it was, in milestone ${before.milestoneId}.`;
    return [say(`Feature ${id} has begun and ${how}.`, remedy)];
  });
}
