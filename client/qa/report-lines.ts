/** A look at an app as `missions qa` prints it. */
import { join } from "node:path";
import { worstFirst, type Severity } from "../../domain/findings.js";
import type { QaFinding, QaReport, QaVisit } from "../../domain/qa.js";
import type { Style } from "../terminal/style.js";
import { cleanLine } from "../terminal/clean.js";

const SHOWN = 50;

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** Findings worst first with their pictures, then what was seen and where the report is. */
export function reportLines(
  report: QaReport,
  {
    folder,
    passed,
    style,
    kept = false,
  }: { folder: string; passed: boolean; style: Style; kept?: boolean },
): string[] {
  const { findings, visits, links } = report;
  const html = join(folder, "index.html");
  if (report.verdict === "not-run")
    return [
      `${style.red("Not run")}: ${cleanLine(report.why ?? "nobody knows why")}`,
      ...(kept ? [`The report of the earlier look stays as it was: ${html}`] : []),
    ];
  const all = together(worstFirst(findings));
  const shown = all.slice(0, SHOWN);
  const pages = new Set(visits.map(({ url }) => url)).size;
  const flows = new Set(visits.map(({ name }) => name)).size;
  const sizes = new Set(visits.map(({ viewport }) => viewport)).size;
  const found =
    all.length === 0
      ? "nothing found"
      : (["critical", "major", "minor"] as const)
          .map((severity) => ({
            severity,
            n: all.filter((f) => f.severity === severity).length,
          }))
          .filter(({ n }) => n > 0)
          .map(({ severity, n }) => `${n} ${severity}`)
          .join(", ");
  return [
    ...shown.flatMap((finding) => findingLines(finding, folder, style)),
    ...(all.length > SHOWN ? [`and ${all.length - SHOWN} more in the report`] : []),
    `${passed ? style.green("Passed") : style.red("Failed")}: ${flows === pages ? "" : `${count(flows, "flow")} on `}${count(pages, "page")} at ${count(sizes, "size")}, ${count(links.checked, "link")} followed; ${found}.`,
    ...unaskedLines(report),
    ...comparedLines(report),
    `Report: ${html}`,
  ];
}

const COLOUR: Record<Severity, "red" | "yellow" | "dim"> = {
  critical: "red",
  major: "yellow",
  minor: "dim",
};

/** Links are asked once for all sizes. */
const LINKS = new Set(["broken-link", "broken-external-link", "broken-fragment"]);

/** What was found at several sizes is one thing to mend: told once, with all of them. */
function together(findings: readonly QaFinding[]): (QaFinding & { at: string[] })[] {
  const told = new Map<string, QaFinding & { at: string[] }>();
  for (const finding of findings) {
    const { rule, page, what, where } = finding;
    const key = JSON.stringify([rule, page, what, where]);
    const known = told.get(key);
    if (known === undefined) told.set(key, { ...finding, at: [finding.viewport] });
    else known.at.push(finding.viewport);
  }
  return [...told.values()];
}

function findingLines(
  { severity, rule, page, at, what, where, picture }: QaFinding & { at: string[] },
  folder: string,
  style: Style,
): string[] {
  const sizes = LINKS.has(rule) ? "" : ` (${[...new Set(at)].join(", ")})`;
  return [
    `${style[COLOUR[severity]](severity)} ${cleanLine(rule)}, ${cleanLine(page)}${sizes}: ${cleanLine(what)}`,
    ...(where === undefined ? [] : [`    at ${cleanLine(where)}`]),
    ...(picture === undefined ? [] : [`    ${style.dim(join(folder, picture))}`]),
  ];
}

const unaskedLines = ({ links: { unasked = 0 } }: QaReport) =>
  unasked === 0
    ? []
    : [`${count(unasked, "link")} to other sites not asked; --external asks them.`];

const comparedLines = ({ compared }: QaReport) =>
  compared !== undefined && "why" in compared
    ? [`Pictures were not compared: ${cleanLine(compared.why)}`]
    : [];

/** One line of progress. */
export const visitLine = (visit: QaVisit, done: number, of: number): string =>
  `[${done}/${of}] ${cleanLine(visit.name)} (${visit.viewport})${visit.status === undefined ? "" : `: ${visit.status}`} in ${visit.loadMs} ms`;
