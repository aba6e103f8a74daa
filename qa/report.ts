/** From what visits hit to the report: severities, rules that do not count, the verdict. */
import { cleanLine } from "../domain/clean-text.js";
import { blocks, worstFirst } from "../domain/findings.js";
import type { QaFinding, QaFlow, QaReport } from "../domain/qa.js";
import { severityOf } from "./rules.js";
import type { Visited, VisitHit } from "./visit.js";

/** A hit, where it was seen. */
export interface PlacedHit extends VisitHit {
  page: string;
  url: string;
  viewport: string;
}

export const placed = ({ visit, hits }: Visited): PlacedHit[] =>
  hits.map((hit) => {
    const picture = hit.picture ?? visit.picture;
    const at = { page: visit.name, url: visit.url, viewport: visit.viewport };
    return { ...hit, ...at, ...(picture === undefined ? {} : { picture }) };
  });

export type Verdict = Pick<QaReport, "findings" | "ignored"> & { verdict: "passed" | "failed" };

/** The worst first. */
export function judge(hits: readonly PlacedHit[], flows: readonly QaFlow[]): Verdict {
  const ignored: QaReport["ignored"] = flows.flatMap(({ name, ignore = [] }) =>
    ignore.map(({ rule, because }) => ({ rule, page: name, because, times: 0 })),
  );
  const counted = hits.filter((hit) => {
    const entry = ignored.find(({ rule, page }) => rule === hit.rule && page === hit.page);
    if (entry !== undefined) entry.times++;
    return entry === undefined;
  });
  const findings = worstFirst(counted.map(findingOf));
  return { verdict: findings.some(blocks) ? "failed" : "passed", findings, ignored };
}

function findingOf({ rule, page, url, viewport, what, where, picture }: PlacedHit): QaFinding {
  return {
    rule: cleanLine(rule, 200),
    severity: severityOf(rule),
    page: cleanLine(page, 200),
    url: cleanLine(url, 2_000),
    viewport,
    what: cleanLine(what, 1_000),
    ...(where === undefined ? {} : { where: cleanLine(where, 1_000) }),
    ...(picture === undefined ? {} : { picture }),
  };
}
