/** Shape of `qa-report.json`: published for others, and the only reader of reports that a confined child has written. */
import { z } from "zod";
import { SEVERITIES } from "../findings.js";
import type { QaReport } from "../qa.js";

const line = (most = 2_000) => z.string().max(most);
const lines = z.array(line()).max(500);
const count = z.number().int().min(0);
const ms = z.number().min(0);
const share = z.number().min(0).max(100);

/** Below the report's folder: relative, forward, never up. */
const path = z
  .string()
  .min(1)
  .max(300)
  .regex(
    /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/,
  )
  .describe("Path below the report's folder");

const visit = z.object({
  name: line(200).describe("Page or flow"),
  url: line(),
  viewport: line(100),
  status: z.number().int().min(100).max(999).describe("HTTP status").optional(),
  loadMs: ms.describe("Until loaded"),
  title: line(1_000),
  picture: path.optional(),
  cutAtPx: count.describe("Only so many pixels of a longer page are in the picture").optional(),
  aria: z.string().max(40_000).describe("ARIA snapshot, as YAML").optional(),
  trace: path.describe("Trace of a failed flow, for `npx playwright show-trace`").optional(),
  changedPct: share.describe("Share of pixels that differ from the earlier report").optional(),
  maskedPct: share.describe("Share of the picture that changes by itself").optional(),
  met: z
    .object({
      redirects: lines.optional(),
      dialogs: lines.optional(),
      downloads: lines.optional(),
      popups: lines.optional(),
    })
    .describe("What happened beside the page")
    .optional(),
  failedStep: z.object({ step: z.number().int().min(1), why: line() }).optional(),
});

const finding = z.object({
  rule: line(200).describe("Rule of browser QA; of axe as axe/<id>"),
  severity: z.enum(SEVERITIES).describe("critical and major make the verdict failed"),
  page: line(200),
  url: line(),
  viewport: line(100),
  what: line().describe("One sentence"),
  where: line().describe("Selector or address").optional(),
  picture: path.optional(),
});

const report = z.object({
  version: z.literal(1),
  verdict: z.enum(["passed", "failed", "not-run"]).describe("As exit code: 0, 1, 2"),
  why: line().describe("Why it did not run, with what mends it").optional(),
  url: line(),
  startedAt: z.iso.datetime(),
  ms,
  browser: z.object({ path: line(), version: line(200) }).optional(),
  compared: z
    .union([
      z.object({ startedAt: line(100), browser: line(200).optional() }),
      z.object({ why: line() }),
    ])
    .describe("The earlier report whose pictures were compared, or why not")
    .optional(),
  visits: z.array(visit).max(2_000),
  links: z.object({
    checked: count,
    external: count,
    unasked: count.describe("Links to other sites that were not asked").optional(),
  }),
  findings: z.array(finding).max(20_000),
  ignored: z
    .array(z.object({ rule: line(200), page: line(200), because: line(), times: count }))
    .max(20_000),
});

/** Trusts nothing: a report may come from a place that its app could reach. @returns what is wrong with it, in a sentence. */
export function readQaReport(value: unknown): { report: QaReport } | { why: string } {
  const read = report.safeParse(value);
  if (read.success) return { report: withoutUndefined(read.data) };
  const [issue] = read.error.issues;
  const at = issue === undefined ? "" : `${issue.path.join(".")}: ${issue.message}`;
  return { why: at.slice(0, 300) };
}

/** zod leaves out what is not there; its types do not say so. */
const withoutUndefined = (read: z.infer<typeof report>) => read as QaReport;

/** JSON Schema (2020-12) of `qa-report.json`. */
export function qaReportJsonSchema(): object {
  return {
    $id: "urn:missions:schema:qa-report:1",
    title: "Report of browser QA",
    description: "What a look at an app's pages and flows found, as `missions qa` writes it.",
    ...z.toJSONSchema(report),
  };
}
