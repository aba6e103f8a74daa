/** Reports of a mission's validations, as its mission.md shows them last; from the files of this host. */
import { join } from "node:path";
import { acceptedFindings } from "../domain/validation-outcome.js";
import type { ValidationReport } from "../domain/validation-work.js";
import { getBlob } from "../store/blobs.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { shownExits } from "../store/mission-exits.js";
import type { MissionRecord } from "../store/mission-record.js";

/** In the order of the milestones' ids; one whose file is not here is left out. */
export async function readExitReports(
  paths: Pick<EnginePaths, "blobs">,
  { projected = {} }: Pick<MissionRecord, "projected">,
): Promise<ValidationReport[]> {
  const reports: ValidationReport[] = [];
  for (const { sha256 } of shownExits(projected)) {
    const stored = await getBlob(paths.blobs, sha256).catch(() => undefined);
    if (stored === undefined) continue;
    const report = JSON.parse(stored.toString("utf8")) as ValidationReport;
    if ((report.version as number) === 1) reports.push(report);
  }
  return reports.toSorted((a, b) =>
    a.milestoneId.localeCompare(b.milestoneId, "en", { numeric: true }),
  );
}

/** What a person wants to know of one without opening it. */
export interface ExitSummary {
  milestone: string;
  passed: boolean;
  round: number;
  /** Blocking findings that people let pass. */
  accepted: number;
  /** Checks that only a person can see. */
  unseen: number;
  /** Address of the report on its pages. */
  pages?: string;
}

export const exitSummary = (report: ValidationReport, folder: string): ExitSummary => ({
  milestone: report.milestoneId,
  passed: report.passed,
  round: report.round,
  accepted: acceptedFindings(report).length,
  unseen: report.runs.filter(({ verdict }) => verdict === "person").length,
  ...(report.browser?.report === undefined ? {} : { pages: join(folder, report.browser.report) }),
});

const countOf = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** As: `1 passed in round 2, with 1 accepted finding, 2 checks for you to see`. */
export const exitLine = ({ milestone, passed, round, accepted, unseen }: ExitSummary): string =>
  [
    `${milestone} ${passed ? "passed" : "did not pass"} in round ${round}`,
    ...(accepted === 0 ? [] : [countOf(accepted, "accepted finding")]),
    ...(unseen === 0 ? [] : [`${countOf(unseen, "check")} for you to look at`]),
  ].join(", ");
