/** What people read of an interview: facts, questions and where it stands. Pure; text from outside is cleaned here. */
import { constraintSentences } from "../../domain/constraints.js";
import { takenType } from "../../domain/interview/goal-questions.js";
import type { Interview, InterviewHints } from "../../domain/interview/interview.js";
import type { Question } from "../../domain/interview/question.js";
import type { RepositoryFacts, Scope } from "../../domain/scope.js";
import { formatTokens, formatUsd, microUsdFromUsd } from "../../domain/money.js";
import { cleanLine, cleanText } from "../terminal/clean.js";
import { fit } from "../terminal/width.js";

const GOAL_SHOWN = 200;

export const shownGoal = (goal: string) => fit(cleanLine(goal), GOAL_SHOWN);

/** What the repository says, so that nobody is asked for it. */
export function factsLines(facts: RepositoryFacts): string[] {
  const { languages, packageManager, testCommand, buildCommand, lintCommand } = facts;
  const written = languages.map(({ name, files }) => `${name} (${files})`).join(", ");
  const rows: [string, string | undefined][] = [
    ["Files", `${facts.files}${written === "" ? "" : `: ${written}`}`],
    ["Package manager", packageManager],
    ["Test", testCommand],
    ["Build", buildCommand],
    ["Lint", lintCommand],
    ["CI", facts.ci.join(", ") || undefined],
    ["For agents", facts.instructions.join(", ") || undefined],
    ["Owners", facts.codeowners ? "CODEOWNERS" : undefined],
  ];
  return rows
    .filter((row): row is [string, string] => row[1] !== undefined)
    .map(([name, value]) => `${name}: ${cleanLine(value)}`);
}

/** The sort of goal that was taken without asking; nothing where it is asked. */
export function takenLines(interview: Interview, hints: InterviewHints = {}): string[] {
  const taken = takenType(interview, hints);
  return taken === undefined ? [] : [`Sort of goal: ${taken.type} (${cleanLine(taken.because)}).`];
}

/** What stands above a question: its table, why it is asked, and what is recommended and why. */
export function aboveQuestion({
  lines = [],
  help,
  recommended,
  because,
  options,
}: Question): string[] {
  const label = options?.find(({ value }) => value === recommended)?.label ?? recommended;
  const why = because === undefined ? "" : ` (${because})`;
  const said = [...(help === undefined ? [] : [help]), `Recommended: ${label}${why}`];
  // Tables keep their columns.
  return [...lines.map(cleanText), ...said.map(cleanLine)];
}

/** A question for a caller that has no prompts. */
export function questionLines(question: Question): string[] {
  const { text, options = [] } = question;
  return [
    `${text} [${question.id}]`,
    ...options.map(
      ({ value, label, means }) =>
        `  ${value}: ${[label, means]
          .filter((part) => part !== undefined && part !== value)
          .map((part) => cleanLine(part ?? ""))
          .join(", ")}`,
    ),
    ...aboveQuestion(question).map((line) => `  ${line}`),
  ];
}

export function scopeLines(scope: Scope): string[] {
  const { budget, deadline } = scope;
  return [
    `Goal      ${shownGoal(scope.goal)}`,
    `Sort      ${scope.type}, ${scope.mode}, ${scope.level}`,
    `Budget    ${formatUsd(microUsdFromUsd(budget.money_usd))}, ${budget.time_hours} h, ${formatTokens(budget.token_limit)} tokens`,
    ...(deadline === undefined
      ? []
      : [`Deadline  ${deadline.at} (${deadline.zone}), then ${deadline.atDeadline}`]),
    `Runs on   ${cleanLine(scope.infrastructure)}; needs ${cleanLine(scope.dependencies)}`,
    ...scope.mustHold.map((line) => `Check     ${cleanLine(line)}`),
    ...scope.constraints.map((line) => `Binds     ${cleanLine(line)}`),
    ...constraintSentences(scope.checked ?? {}).map(
      ({ sentence }) => `Checked   ${cleanLine(sentence)} (by the engine, on every feature)`,
    ),
    ...scope.nonGoals.map((line) => `Left out  ${cleanLine(line)}`),
  ];
}
