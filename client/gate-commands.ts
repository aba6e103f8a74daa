/** The commands that answer a gate, as a person types them. */
import { answerWords } from "../domain/gate-answer.js";
import type { Gate } from "../domain/mission.js";
import { missionsCommand } from "./shell-words.js";
import { cleanLine } from "./terminal/clean.js";

export interface GateAnswer {
  choice: string;
  means: string;
  command: string;
}

/** One for each choice, in the order of the gate. */
export function gateAnswers(
  missionId: string,
  gate: Pick<Gate, "id" | "kind" | "options">,
): GateAnswer[] {
  return gate.options.map(({ choice, means }) => ({
    choice,
    means,
    command: missionsCommand(...answerWords(missionId, gate, choice)),
  }));
}

/** What it asks, then each answer as it is typed. */
export const gateLines = (
  missionId: string,
  gate: Pick<Gate, "id" | "kind" | "options" | "question">,
): string[] => [
  cleanLine(gate.question),
  ...gateAnswers(missionId, gate).map(
    ({ command, means }) => `  ${cleanLine(command)}  (${cleanLine(means)})`,
  ),
];

/** The command that says how it came to the question; of a plan or budget there is none. */
export function whyCommand(
  missionId: string,
  { featureId, milestoneId }: Pick<Gate, "featureId" | "milestoneId">,
): string | undefined {
  const about = featureId ?? milestoneId;
  return about === undefined ? undefined : missionsCommand("why", missionId, about);
}
