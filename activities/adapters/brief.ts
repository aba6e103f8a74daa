/** What the builtin agent is told at first, and what comes later. Words of others are quoted: they are data to it. */
import type { Check } from "../../domain/plan.js";
import type { AgentRun } from "../agent.js";

const EVIDENCE_CHARACTERS = 24_000;

/** The first message. `Feature <id>: <title>` is a fixed form. */
export function briefOf({ plan, feature }: Pick<AgentRun, "plan" | "feature">): string {
  const checks = feature.checks.map((check) => `- ${check.sentence}${howVerified(check)}`);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${title}:\n${lines.join("\n")}`];
  return [
    `Feature ${feature.id}: ${feature.title}`,
    ...section("What to build", feature.brief === undefined ? [] : [feature.brief]),
    ...section("It is done when", checks),
    ...section(
      "Change only files below",
      feature.touches.map((prefix) => `- ${prefix}`),
    ),
    ...section(
      "Constraints of the mission",
      plan.scope.constraints.map((line) => `- ${line}`),
    ),
    ...section(
      "Not wanted",
      plan.scope.non_goals.map((line) => `- ${line}`),
    ),
    `The mission that this is part of, for orientation only: ${plan.goal}`,
  ].join("\n\n");
}

export const noteMessage = (notes: readonly string[]) =>
  `Notes from the people who own this mission; follow them:\n${notes.map((note) => `- ${note}`).join("\n")}`;

export function repairMessage(round: number, evidence: string): string {
  const shown =
    evidence.length <= EVIDENCE_CHARACTERS
      ? evidence
      : `${evidence.slice(0, EVIDENCE_CHARACTERS / 2)}\n[...]\n${evidence.slice(-EVIDENCE_CHARACTERS / 2)}`;
  return `The engine ran the checks and not all passed (repair round ${round}). Mend the cause, run the checks, then finish.\n${quoted(shown)}`;
}

/** The fence is longer than any in the text, so the text cannot close it. */
export function quoted(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}untrusted\n${text}\n${fence}`;
}

function howVerified({ verify }: Check): string {
  switch (verify.method) {
    case "bash":
      return ` (checked by: ${verify.run})`;
    case "codebase":
      return ` (some file${verify.path === undefined ? "" : ` below ${verify.path}`} matches ${verify.pattern})`;
    case "browser":
      return ` (seen in a browser: ${verify.flow})`;
    case "citation":
    case "reply":
    case "receipt":
    case "person":
      return "";
  }
}
