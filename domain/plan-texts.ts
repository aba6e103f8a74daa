/** Texts of a plan: they reach terminals, prompts, commits and files, so they carry no control characters. */
import type { Check, Plan } from "./plan.js";
import type { Violation } from "./plan-issues.js";
import { shown } from "./plan-issues.js";

const GOAL_BYTES = 20_000;
/** Controls but line feed and tab, halves of surrogate pairs, marks that turn the direction of text. */
const NOT_TEXT = /[^\P{Cc}\n\t]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
const NOT_A_LINE = /[\n\t\u2028\u2029]/u;
const PREFERENCE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/;
const MODEL = /^[a-z0-9][a-z0-9_-]*\/\S{1,180}$/i;

export function textViolations(plan: Plan): Violation[] {
  const violations: Violation[] = [];
  const say = (sentence: string, remedy: string) => violations.push({ sentence, remedy });
  const bytes = new TextEncoder().encode(plan.goal).length;
  if (plan.goal.trim() === "")
    say("The goal is empty.", "Say in a sentence what shall be reached.");
  if (bytes > GOAL_BYTES) {
    say(`The goal takes ${bytes} bytes; ${GOAL_BYTES} fit.`, "Move details into briefs.");
  }
  for (const { where, text } of texts(plan)) {
    if (!NOT_TEXT.test(text)) continue;
    say(`${where} has control characters.`, "Remove them; line breaks and tabs may stay.");
  }
  for (const { where, title } of titles(plan)) {
    if (title.trim() === "") say(`${where} has an empty title.`, "Name it in a few words.");
    else if (NOT_A_LINE.test(title)) {
      say(`${where} has a title of more than one line.`, "Use one line.");
    }
  }
  for (const name of Object.keys(plan.preferences)) {
    if (PREFERENCE.test(name)) continue;
    say(`The preference ${shown(name)} has no usable name.`, "Use letters, digits, - and _.");
  }
  if (plan.milestones.length === 0) say("The plan has no milestones.", "Add one with a feature.");
  return violations;
}

function* texts(plan: Plan): Generator<{ where: string; text: string }> {
  for (const { where, title } of titles(plan)) yield { where: `${where}: the title`, text: title };
  yield { where: "The goal", text: plan.goal };
  for (const text of plan.scope.non_goals) yield { where: "A non-goal", text };
  for (const text of plan.scope.constraints) yield { where: "A constraint", text };
  for (const [name, text] of Object.entries(plan.preferences)) {
    yield { where: `The preference ${shown(name)}`, text };
  }
  for (const text of [plan.app?.run ?? "", ...(plan.app?.prepare ?? [])]) {
    yield { where: "A command of the app", text };
  }
  for (const milestone of plan.milestones) {
    yield* checkTexts(`Milestone ${milestone.id}`, milestone.checks);
    for (const feature of milestone.features) {
      const where = `Feature ${feature.id}`;
      if (feature.brief !== undefined) yield { where: `${where}: the brief`, text: feature.brief };
      for (const text of feature.commands ?? []) yield { where: `${where}: a command`, text };
      for (const text of feature.touches) yield { where: `${where}: touches`, text };
      yield* checkTexts(where, feature.checks);
    }
  }
}

function* checkTexts(owner: string, checks: Check[]): Generator<{ where: string; text: string }> {
  for (const { id, sentence, verify } of checks) {
    const where = `${owner}, check ${shown(id)}`;
    yield { where, text: sentence };
    for (const text of Object.values(verify)) if (typeof text === "string") yield { where, text };
  }
}

function* titles(plan: Plan): Generator<{ where: string; title: string }> {
  yield { where: "The plan", title: plan.title };
  for (const milestone of plan.milestones) {
    yield { where: `Milestone ${milestone.id}`, title: milestone.title };
    for (const { id, title } of milestone.features) yield { where: `Feature ${id}`, title };
  }
}

/** Every model is named as provider/model. */
export function modelViolations(plan: Plan): Violation[] {
  return [...models(plan)].flatMap(({ where, model }) =>
    model === undefined || MODEL.test(model)
      ? []
      : [
          {
            sentence: `${where} names the model ${shown(model)}.`,
            remedy: "Write it as provider/model, e.g. anthropic/claude-sonnet-4-5.",
          },
        ],
  );
}

function* models(plan: Plan): Generator<{ where: string; model: string | undefined }> {
  const { tiers, ...roles } = plan.model_routing;
  for (const [role, model] of Object.entries(roles))
    yield { where: `model_routing.${role}`, model };
  for (const [tier, model] of Object.entries(tiers ?? {})) {
    yield { where: `model_routing.tiers.${tier}`, model };
  }
  for (const { features } of plan.milestones) {
    for (const { id, model } of features) yield { where: `Feature ${id}`, model };
  }
}
