/** What a planner is told. Words of people and repositories are quoted: to the model they are data, never orders. */
import { mustHoldOf } from "../domain/planning/draft-rules.js";
import type { Draft } from "../domain/planning/draft.js";
import { RUNNABLE_KINDS } from "../domain/plan-rules.js";
import type { Violation } from "../domain/plan-issues.js";
import type { Scope } from "../domain/scope.js";
import { PLANNER_LIMITS } from "../domain/planning/planner-limits.js";
import { quoted } from "./adapters/brief.js";

/** A goal is at most 20 kB; whatever else a person typed is cut here. */
const QUOTED_CHARACTERS = 24_000;

const block = (title: string, value: unknown) => {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  return `${title}:\n${quoted(text.slice(0, QUOTED_CHARACTERS))}`;
};
const isSaid = (value: unknown) =>
  value !== undefined &&
  value !== "" &&
  JSON.stringify(value) !== "[]" &&
  JSON.stringify(value) !== "{}";

/** For a draft, and the first half of what a redraft is told. */
export function scopeMessage(scope: Scope): string {
  const { budget, deadline } = scope;
  const said: [string, unknown][] = [
    ["The goal, word for word", scope.goal],
    ["Must hold; each id in covers of some check", mustHoldOf(scope)],
    ["Not wanted", scope.nonGoals],
    ["Constraints", scope.constraints],
    ["Where it shall run", scope.infrastructure],
    ["Services and people outside", scope.dependencies],
    ["Preferences", scope.preferences],
    ["What the repository says about itself", scope.repository],
    ["Questions asked and answered", scope.answers],
  ];
  return [
    `Sort of goal: ${scope.type}. Mode: ${scope.mode}. Outcome level: ${scope.level}.`,
    `The whole mission has ${budget.money_usd} USD, ${budget.time_hours} hours of work and ${budget.token_limit} tokens${deadline === undefined ? "" : `, and ends at ${deadline.at}`}. Plan for what that buys at this outcome level; name sizes, never amounts.`,
    `Kinds of work that this version does by itself: ${RUNNABLE_KINDS.join(", ")}. Whatever else is needed becomes a feature that a person does: its true kind, agent "manual", a brief for a person, and checks.`,
    scope.repository === undefined
      ? "There is no repository yet: the first milestone makes it."
      : "There is a repository: follow what it has.",
    ...said.filter(([, value]) => isSaid(value)).map(([title, value]) => block(title, value)),
  ].join("\n\n");
}

/** What a change of a plan is told beside the scope. */
export function changeMessage(draft: Draft, fixed: readonly string[], wish: string): string {
  return [
    block("The plan as it stands", draft),
    fixed.length === 0
      ? "Nothing of it has begun."
      : `These features have begun or are done. Give each back unchanged, word for word, in its milestone: ${fixed.join(", ")}`,
    block("What a person says is wrong with it", wish),
    "Answer with the whole changed plan. What the person does not speak of stays as it is, with its ids.",
  ].join("\n\n");
}

/** For the second opinion on the sort of goal. */
export const goalMessage = ({ goal, repository }: Scope): string =>
  [
    block("The goal, word for word", goal),
    ...(repository === undefined
      ? []
      : [block("What its repository says about itself", repository)]),
  ].join("\n\n");

/** System text with the form of the answer, for providers that take no schema. */
export const withSchema = (prompt: string, schema: object) =>
  `${prompt.trim()}\n\nAnswer with one JSON object of this schema and nothing else:\n${JSON.stringify(schema)}`;

/** The exact violations; what was planned stands in the conversation. */
export function violationsMessage(violations: readonly Violation[]): string {
  const most = PLANNER_LIMITS.violationsTold;
  const lines = violations
    .slice(0, most)
    .map(({ sentence, remedy }) => `- ${sentence} ${remedy}`.slice(0, 400));
  const more = violations.length - lines.length;
  return [
    "The engine held your plan to its rules and found:",
    lines.join("\n") + (more > 0 ? `\n- and ${more} more` : ""),
    "Answer again with the whole plan, mended. Change nothing else.",
  ].join("\n\n");
}
