/** What the workflow gets to know of a validation's report; stays under 2 kB. Pure. */
import { blocks, worstFirst, type Finding } from "./findings.js";
import { cutToBytes } from "./cut-to-bytes.js";
import { cutAtWord } from "./cut-words.js";
import type { BlobRef } from "./mission.js";
import type { RunEvidence, ValidationOutcome, ValidationReport } from "./validation-work.js";

const NAMED = 10;
const WORST = { most: 5, bytes: 160, inAll: 600 };
/** Of all names in one list; one that does not fit is left out, never cut: people answer with them. */
const NAMES_BYTES = { checks: 150, findings: 350 };
const SUMMARY_BYTES = 250;

/** Findings that still block: critical and major ones that nobody has accepted. */
export function blockingFindings({
  findings,
  accepted = [],
}: Pick<ValidationReport, "findings" | "accepted">): Finding[] {
  const agreed = new Set(accepted.map(({ id }) => id));
  return findings.filter((finding) => blocks(finding) && !agreed.has(finding.id));
}

/** Findings of the report that would block, had nobody accepted them; with who did. */
export function acceptedFindings({
  findings,
  accepted = [],
}: Pick<ValidationReport, "findings" | "accepted">): { id: string; by: string }[] {
  const found = new Set(findings.filter(blocks).map(({ id }) => id));
  return accepted.filter(({ id }) => found.has(id));
}

/** @param stored where the whole report lies. */
export function validationOutcome(
  report: ValidationReport,
  stored: BlobRef,
): ValidationOutcome & { blocking: number; minor: number; findings: string[]; worst: string[] } {
  const blocking = blockingFindings(report);
  const minor = report.findings.filter((finding) => !blocks(finding)).length;
  const seen = report.runs.filter(({ verdict }) => verdict !== "person" && verdict !== "not-run");
  const idsWith = (...verdicts: RunEvidence["verdict"][]) =>
    fitting(
      report.runs.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id),
      NAMES_BYTES.checks,
    );
  const worst = worstFirst(blocking.length > 0 ? blocking : report.findings)
    .slice(0, WORST.most)
    .map(({ severity, what }) =>
      cutToBytes(cutAtWord(`${severity}: ${what}`, WORST.bytes - 2), WORST.bytes),
    );
  return {
    passed: report.passed,
    ran: seen.length,
    failed: idsWith("failed", "not-run"),
    unseen: idsWith("person"),
    summary: summaryOf(report, seen, blocking, minor),
    evidence: stored,
    blocking: blocking.length,
    minor,
    findings: fitting(
      blocking.map(({ id }) => id),
      NAMES_BYTES.findings,
    ),
    worst: fitting(worst, WORST.inAll),
    report: stored,
  };
}

function summaryOf(
  report: ValidationReport,
  seen: readonly RunEvidence[],
  blocking: readonly Finding[],
  minor: number,
): string {
  const passed = seen.filter(({ verdict }) => verdict === "passed").length;
  const people = report.runs.filter(({ verdict }) => verdict === "person").length;
  const text = [
    // Besides the plan's checks: what the repository names as its install, build, lint and tests.
    `${passed} of ${seen.length} checks and steps pass`,
    ...(people === 0 ? [] : [`${people} for a person to see`]),
    ...(blocking.length === 0
      ? []
      : [`${blocking.length} blocking: ${blocking.map(({ what }) => what).join(" ")}`]),
    ...(minor === 0 ? [] : [`${minor} minor`]),
  ].join("; ");
  return cutToBytes(cutAtWord(text, SUMMARY_BYTES - 2), SUMMARY_BYTES);
}

/** The first few that take no more than this together, as JSON. */
function fitting(texts: readonly string[], bytes: number): string[] {
  const kept: string[] = [];
  let left = bytes;
  for (const text of texts.slice(0, NAMED)) {
    left -= new TextEncoder().encode(JSON.stringify(text)).length + 1;
    if (left < 0) break;
    kept.push(text);
  }
  return kept;
}
