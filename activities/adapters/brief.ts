/** What an agent is told after its brief: notes of people and checks that failed. Words of others are quoted: they are data to it. */
import { quoted } from "../../domain/quoted.js";

export { quoted };

const EVIDENCE_CHARACTERS = 24_000;

export const noteMessage = (notes: readonly string[]) =>
  `Notes from the people who own this mission; follow them:\n${notes.map((note) => `- ${note}`).join("\n")}`;

export function repairMessage(round: number, evidence: string): string {
  const shown =
    evidence.length <= EVIDENCE_CHARACTERS
      ? evidence
      : `${evidence.slice(0, EVIDENCE_CHARACTERS / 2)}\n[...]\n${evidence.slice(-EVIDENCE_CHARACTERS / 2)}`;
  return `The engine ran the checks and not all passed (repair round ${round}). Mend the cause, run the checks, then finish.\n${quoted(shown)}`;
}
