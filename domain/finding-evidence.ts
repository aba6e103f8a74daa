/** What a finding of a validation rests on. Pure. */
import type { Finding } from "./findings.js";
import type { Check } from "./plan.js";
import type { RunEvidence, ValidationReport } from "./validation-work.js";

/** The run that it tells of: ids of findings name their source first, as `check/1.a`. */
export function runOf(runs: readonly RunEvidence[], { id }: Finding): RunEvidence | undefined {
  const about = id.slice(id.indexOf("/") + 1);
  return runs.find((run) => run.id === id) ?? runs.find((run) => run.id === about);
}

/** Nobody mends it in the repository: nothing was seen, or the plan's own check proves nothing. */
export const isForPerson = (report: ValidationReport, finding: Finding): boolean =>
  isNotSeen(report, finding) || finding.id.startsWith("control/");

/** A tool or the browser was missing, so nothing was seen: no change of the repository helps. */
export const isNotSeen = (report: ValidationReport, finding: Finding): boolean =>
  (finding.source === "browser" && report.browser?.verdict === "not-run") ||
  runOf(report.runs, finding)?.verdict === "not-run";

/** What a check of a feature is called among those of its milestone. */
export const checkIdOf = (featureId: string, { id }: Pick<Check, "id">): string =>
  id.startsWith(`${featureId}.`) ? id : `${featureId}/${id}`;
