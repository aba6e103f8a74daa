/** What an agent is told after its brief: notes of people and checks that failed. Words of others are quoted: they are data to it. */
import { quoted } from "../../domain/quoted.js";
import type { Repair } from "../../domain/work.js";

export { quoted };

const EVIDENCE_CHARACTERS = 24_000;

export const noteMessage = (notes: readonly string[]) =>
  `Notes from the people who own this mission; follow them:\n${notes.map((note) => `- ${note}`).join("\n")}`;

const FOUND: Record<NonNullable<Repair["why"]>, string> = {
  checks: "The engine ran the checks and not all passed",
  review: "A reviewer who saw only your commit found what must be mended",
  tests: "Merged with the work of others, your change fails",
};

export function repairMessage({ round, why = "checks" }: Repair, evidence: string): string {
  const shown =
    evidence.length <= EVIDENCE_CHARACTERS
      ? evidence
      : `${evidence.slice(0, EVIDENCE_CHARACTERS / 2)}\n[...]\n${evidence.slice(-EVIDENCE_CHARACTERS / 2)}`;
  return `${FOUND[why]} (repair round ${round}). Mend the cause, run the checks, then finish.\n${quoted(shown)}`;
}
