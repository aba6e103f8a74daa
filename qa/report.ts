/** From what visits hit to the report: severities, rules that do not count, the verdict. */
import { cleanLine } from "../domain/clean-text.js";
import { blocks, worstFirst } from "../domain/findings.js";
import type { QaFinding, QaFlow, QaReport, Viewport } from "../domain/qa.js";
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

export interface SeenSoFar {
  settings: { flows: readonly { flow: QaFlow; url: string }[]; viewports: readonly Viewport[] };
  visited: readonly Visited[];
  hits: readonly PlacedHit[];
}

/** Why a look ended before all was seen, and what to do: two halves of a sentence. */
export interface Unfinished {
  because: string;
  remedy: string;
}

/** What a look has that ended too soon: it fails if anything so far blocks, else it did not run as a whole; never passed. */
export function seenUntil(
  { settings, visited, hits }: SeenSoFar,
  { because, remedy }: Unfinished,
): Partial<QaReport> {
  const flows = settings.flows.map(({ flow }) => flow);
  const missing = settings.viewports.flatMap(({ name: viewport }) =>
    settings.flows
      .filter(
        ({ flow: { name } }) =>
          !visited.some(({ visit }) => visit.name === name && visit.viewport === viewport),
      )
      .map(({ flow: { name }, url }) => ({ page: name, url, viewport })),
  );
  const visits = visited.map(({ visit }) => visit);
  const whole = judge(hits, flows);
  if (whole.verdict === "passed") {
    const why = `${because}: ${notSeen(missing)}; ${remedy}.`;
    return { ...whole, verdict: "not-run", why: cleanLine(why, 1_000), visits };
  }
  const what = `${because}: this page was not seen.`;
  const late = missing.map((at) => ({ rule: "look-unfinished", what, ...at }));
  const [last] = visits.slice(-1);
  if (late.length === 0 && last !== undefined)
    late.push({
      rule: "look-unfinished",
      what: `${because}: the links of its pages were not asked.`,
      page: "links",
      url: last.url,
      viewport: last.viewport,
    });
  return { ...judge([...hits, ...late], flows), visits };
}

const NAMED = 10;

/** As half of a sentence. */
function notSeen(missing: readonly { page: string; viewport: string }[]): string {
  if (missing.length === 0) return "its links were not asked";
  const names = missing.map(({ page, viewport }) => `${page} (${viewport})`);
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `not seen were ${names.slice(0, NAMED).join(", ")}${more}`;
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
