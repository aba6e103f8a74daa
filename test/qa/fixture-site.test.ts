import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { chromium, type Browser } from "playwright";
import { blocks } from "../../domain/findings.js";
import { DESKTOP, MOBILE, type QaFlow, type QaReport, type Viewport } from "../../domain/qa.js";
import { findBrowser } from "../../qa/browser.js";
import { runQa } from "../../qa/run.js";
import { QA_RULES } from "../../qa/rules.js";
import { cleanSite } from "./site/clean.js";
import { plantedDefects, plantedPath, plantedSite, type Planted } from "./site/planted.js";
import { serveSite, type ServedSite } from "./site/serve-site.js";

let folder: string;
let browser: Browser;
const sites: ServedSite[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fixture-site-"));
  const found = await findBrowser({ path: process.env.PATH ?? "", home: process.env.HOME ?? "" });
  if ("why" in found) throw new Error(found.why);
  browser = await chromium.launch({
    executablePath: found.path,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"],
  });
});
afterAll(async () => {
  await browser.close();
  for (const site of sites) await site.close();
  await rm(folder, { recursive: true });
});

async function look(
  url: string,
  {
    flows,
    viewports,
    origins = [],
    slowLoadMs = 60_000,
  }: { flows: QaFlow[]; viewports: Viewport[]; origins?: string[]; slowLoadMs?: number },
): Promise<QaReport> {
  return runQa({
    url,
    flows,
    viewports,
    origins,
    out: join(folder, viewports[0]?.name ?? ""),
    browser: { running: browser },
    external: true,
    timeouts: { slowLoadMs },
  });
}

/** What a finding is about, and what it says. */
const told = ({ findings }: QaReport): string[] =>
  findings.map(({ page, rule, viewport, what }) => `${page} (${viewport}): ${rule}: ${what}`);

describe("A site on which everything is wrong", () => {
  let defects: Planted[];
  let report: QaReport;
  beforeAll(async () => {
    const elsewhere = await serveSite(() => ({}));
    defects = plantedDefects(elsewhere.origin);
    const site = await serveSite(() => plantedSite(defects));
    sites.push(elsewhere, site);
    const origins = [elsewhere.origin];
    const looks = [DESKTOP, MOBILE].map((viewport) => ({
      viewports: [viewport],
      origins,
      slowLoadMs: 1_000,
      // Once is enough, where it breaks at any width.
      flows: defects
        .filter(({ only = DESKTOP.name }) => only === viewport.name)
        .map((defect) => ({ url: plantedPath(defect), name: defect.rule })),
    }));
    const reports = [];
    for (const each of looks) reports.push(await look(site.origin, each));
    const findings = reports.flatMap((one) => one.findings);
    report = { ...(reports[0] as QaReport), findings };
  });

  it("has a page for each rule, but for those of a visit that other tests hold", () => {
    const planted = new Set(defects.map(({ rule }) => rule));
    const missing = Object.keys(QA_RULES).filter((rule) => !planted.has(rule));
    expect(missing).toEqual([
      "page-not-loaded",
      "page-unfinished",
      "page-hangs",
      "page-crashed",
      "flow-failed",
      "picture-changed",
      "rule-not-run",
    ]);
    expect(planted.size).toBeGreaterThanOrEqual(25);
  });

  it("is found out on each page, in a sentence that names what is wrong", () => {
    const missed = defects.filter(
      ({ rule, says }) =>
        !report.findings.some(
          (finding) => finding.page === rule && finding.rule === rule && says.test(finding.what),
        ),
    );
    expect(
      missed.map(({ rule }) => [rule, told(report).filter((line) => line.startsWith(rule))]),
    ).toEqual([]);
  });

  it("is blamed for nothing else that blocks", () => {
    const false_ = report.findings.filter(({ page, rule, ...finding }) => {
      const also = defects.find((defect) => defect.rule === page)?.also ?? [];
      return blocks(finding) && rule !== page && !also.includes(rule);
    });
    expect(told({ ...report, findings: false_ })).toEqual([]);
  });
});

describe("A site on which nothing is wrong", () => {
  it("has nothing found on it at any width", async () => {
    const site = await serveSite(() => cleanSite());
    sites.push(site);
    const flows = Object.keys(cleanSite())
      .filter((path) => !/\.\w+$/.test(path))
      .map((path) => ({ url: path, name: path }));
    const report = await look(site.origin, { flows, viewports: [DESKTOP, MOBILE] });
    expect(told(report)).toEqual([]);
    expect(report.verdict).toBe("passed");
    expect(report.links.checked).toBeGreaterThan(5);
  });
});
