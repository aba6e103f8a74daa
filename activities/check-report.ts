/** What a round of checks says: a short outcome for the workflow, the evidence for people and repairing agents. */
import type { Check } from "../domain/plan.js";
import { extractOf } from "../domain/output-extract.js";
import type { ChecksOutcome } from "../domain/work.js";
import type { CheckRun } from "./check-run.js";
import type { BlobPort } from "./ports.js";

const OUTPUT = 8_000;
const NAMED = 20;
const SUMMARY = 600;

export interface CheckedRun extends CheckRun {
  check: Pick<Check, "id" | "sentence">;
}

/** What the engine did not see: a person's to look at, or why not (`found`). */
export interface UnseenCheck extends Pick<Check, "id" | "sentence"> {
  found?: string[];
}

export const NOTHING_TO_RUN: ChecksOutcome = {
  passed: true,
  ran: 0,
  failed: [],
  unseen: [],
  summary: "no checks",
};

/** Stays under 2 kB; everything longer is in the evidence blob. */
export async function reportChecks(
  blobs: BlobPort,
  scrub: (text: string) => string,
  {
    runs,
    unseen,
    noted = [],
    name,
  }: {
    runs: CheckedRun[];
    unseen: UnseenCheck[];
    /** Shown as evidence, and not counted. */
    noted?: CheckedRun[];
    name: string;
  },
): Promise<ChecksOutcome> {
  const failed = runs.filter(({ passed }) => !passed);
  const outcome = {
    passed: failed.length === 0,
    ran: runs.length,
    failed: failed.slice(0, NAMED).map(({ check }) => check.id),
    unseen: unseen.slice(0, NAMED).map(({ id }) => id),
    summary: scrub(summarise(runs.length, failed, unseen.length)).slice(0, SUMMARY),
  };
  const told = [
    // First what failed: who mends it may be shown the beginning only.
    ...failed.map(describe),
    ...runs.filter(({ passed }) => passed).map(describe),
    ...unseen.flatMap(describeUnseen),
    ...noted.map(describeNoted),
  ];
  if (told.length === 0) return outcome;
  const evidence = await blobs.put(scrub(told.join("\n\n")), name);
  return { ...outcome, evidence };
}

function summarise(ran: number, failed: CheckedRun[], unseen: number): string {
  const passed = `${ran - failed.length} of ${ran} checks pass`;
  const people = unseen === 0 ? "" : `; ${unseen} for a person to see`;
  if (failed.length === 0) return passed + people;
  const said = failed.map(({ check, how }) => {
    const last = how.split("\n").at(-1) ?? "";
    return `${check.id} "${check.sentence.slice(0, 100)}" (${last.slice(0, 120)})`;
  });
  return `${passed}${people}; failed: ${said.join(", ")}`;
}

function describe({ check, passed, how, output }: CheckedRun): string {
  const said = extractOf(output, OUTPUT);
  return `${passed ? "PASS" : "FAIL"} ${check.id}: ${check.sentence}\n${how}\n${said}`.trimEnd();
}

const describeUnseen = ({ id, sentence, found = [] }: UnseenCheck) =>
  found.length === 0 ? [] : [`NOT SEEN ${id}: ${sentence}\n${found.join("\n")}`];

const describeNoted = ({ check }: CheckedRun) => `NOTED ${check.id}: ${check.sentence}`;
