/** Whether what is found again is what a person accepted, or another fault under the same name. Pure. */
import { runOf } from "./finding-evidence.js";
import { type Finding, SEVERITIES } from "./findings.js";
import { LAST_WORDS } from "./validation-findings.js";
import type { ValidationReport } from "./validation-work.js";

type Report = Pick<ValidationReport, "findings" | "runs">;

/**
 * @param accepted the finding, in the report that the person saw. @param now a finding of the same id, in a later report.
 * @returns false where it weighs more, says something else, or rests on failures that were not there.
 */
export function isSameFault(
  accepted: Finding,
  before: Report,
  now: Finding,
  after: Report,
): boolean {
  if (rank(now) < rank(accepted)) return false;
  // A model says the same in other words each time.
  if (now.source === "judge") return true;
  if (sayings(accepted) !== sayings(now)) return false;
  const known = failuresOf(accepted, before);
  return [...failuresOf(now, after)].every((line) => known.has(line));
}

const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);

/** Without times; of pages without pixels, which differ from look to look. */
function sayings({ source, what }: Finding): string {
  const [said = ""] = what.split(LAST_WORDS);
  const timeless = said.replaceAll(/\b\d+ ms\b/g, "");
  return source === "browser" ? timeless.replaceAll(/\d+/g, "") : timeless;
}

/** Lines of its output that tell of what fails. */
function failuresOf(finding: Finding, { runs }: Report): Set<string> {
  const { output = "", verdict = "passed" } = runOf(runs, finding) ?? {};
  if (verdict === "passed") return new Set();
  const lines = output.split("\n").map((line) => line.trim().replaceAll(CHANCE, "#"));
  return new Set(lines.filter((line) => FAILS.test(line) && !PASSES.test(line)));
}

/** Addresses, names of temporary files, ids and numbers: each run has others, and nobody could accept its failures for good. */
const CHANCE =
  /0x[\da-f]+|(?<=\/tmp\/)[^\s"'`,;:()[\]]+|\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b|\d+/gi;
const FAILS = /not ok\b|fail|error|panic|assert|exception|expected|[✗✖×✘●]/i;
const PASSES = /^(?:ok\b|[✔✓√]|PASS\b|--- PASS)|\b(?:ok|passed|PASSED)$/;
