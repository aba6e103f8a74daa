/** A look at an app in words: for evidence, agents and the notes of features. */
import { cutAtWord } from "./cut-words.js";
import { blocks, worstFirst } from "./findings.js";
import type { QaFinding, QaReport } from "./qa.js";

const NAMED = 5;
const SENTENCE = 160;

/** As `major console-error on home (mobile): ...`. */
export const findingLine = ({ severity, rule, page, viewport, what, where }: QaFinding): string =>
  `${severity} ${rule} on ${page} (${viewport}): ${what}${where === undefined ? "" : ` [${where}]`}`;

/** The blocking ones, the worst first; at most 5 of 160 characters. */
export const worstOf = ({ findings }: Pick<QaReport, "findings">): string[] =>
  worstFirst(findings.filter(blocks))
    .slice(0, NAMED)
    .map((finding) => cutAtWord(findingLine(finding), SENTENCE));

/** One sentence. */
export function summariseQa(report: QaReport): string {
  if (report.verdict === "not-run")
    return `The app could not be looked at: ${report.why ?? "nobody knows why"}`;
  const blocking = report.findings.filter(blocks).length;
  const minor = report.findings.length - blocking;
  const pages = new Set(report.visits.map(({ url }) => url)).size;
  const seen = `${pages} page${pages === 1 ? "" : "s"} looked at in ${report.visits.length} visits`;
  return `${seen}: ${blocking} blocking and ${minor} minor findings`;
}

/** All that was found, the worst first, with the steps that failed. */
export function describeQa(report: QaReport): string {
  const steps = report.visits.flatMap(({ name, viewport, failedStep }) =>
    failedStep === undefined
      ? []
      : [`${name} (${viewport}): step ${failedStep.step} failed: ${failedStep.why}`],
  );
  return [summariseQa(report), ...worstFirst(report.findings).map(findingLine), ...steps].join(
    "\n",
  );
}
