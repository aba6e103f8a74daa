import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { blocks } from "../../domain/findings.js";
import { DESKTOP, MOBILE, type QaFlow, type QaReport, type Viewport } from "../../domain/qa.js";
import type { OpenBrowser } from "../../qa/open-browser.js";
import { runQa } from "../../qa/run.js";
import { QA_RULES } from "../../qa/rules.js";
import { serve, startBrowser, type App } from "./pages.js";
import { answersOf, type Site } from "./site/answers.js";
import { cleanSite } from "./site/clean.js";
import { plantedDefects, type Planted } from "./site/planted.js";
import { plantedOn, plantedPath, plantedSite } from "./site/planted-site.js";

let folder: string;
let opened: OpenBrowser;
const apps: App[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fixture-site-"));
  opened = await startBrowser();
});
afterAll(async () => {
  await opened.close();
  for (const app of apps) await app.stop();
  await rm(folder, { recursive: true });
});

/** @returns its address. */
async function serveSite(site: Site): Promise<string> {
  const app = await serve(answersOf(site));
  apps.push(app);
  return app.url;
}

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
    browser: { running: opened.browser },
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
    const { origin: elsewhere } = new URL(await serveSite({}));
    defects = plantedDefects(elsewhere);
    const site = await serveSite(plantedSite(defects));
    const origins = [elsewhere];
    const looks = [DESKTOP, MOBILE].map((viewport) => ({
      viewports: [viewport],
      origins,
      slowLoadMs: 1_000,
      // Once is enough, where it breaks at any width.
      flows: pagesOf(defects.filter(({ only = DESKTOP.name }) => only === viewport.name)),
    }));
    const reports = [];
    for (const each of looks) reports.push(await look(site, each));
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
      "look-unfinished",
      "rule-not-run",
      "links-not-asked",
    ]);
    expect(planted.size).toBeGreaterThanOrEqual(25);
  });

  /** One for each page, however much is planted on it. */
  const pagesOf = (planted: Planted[]): QaFlow[] =>
    [...new Map(planted.map((defect) => [plantedOn(defect), plantedPath(defect)]))].map(
      ([name, url]) => ({ url, name }),
    );

  it("is found out on each page, in a sentence that names what is wrong", () => {
    const missed = defects.filter(
      (defect) =>
        !report.findings.some(
          ({ page, rule, what }) =>
            page === plantedOn(defect) && rule === defect.rule && defect.says.test(what),
        ),
    );
    expect(
      missed.map((defect) => [
        defect.rule,
        told(report).filter((line) => line.startsWith(plantedOn(defect))),
      ]),
    ).toEqual([]);
  });

  it("is blamed for nothing else that blocks, and for nothing twice", () => {
    const blocking = report.findings.filter(blocks);
    const false_ = blocking.filter(({ page, rule, what }, at) => {
      const planted = defects.filter((defect) => plantedOn(defect) === page);
      const isTwice = blocking.findIndex((one) => one.page === page && one.rule === rule) < at;
      const isRight = planted.some((defect) => defect.rule === rule && defect.says.test(what));
      return isRight ? isTwice : !planted.some(({ also = [] }) => also.includes(rule));
    });
    expect(told({ ...report, findings: false_ })).toEqual([]);
  });
});

describe("A site on which nothing is wrong", () => {
  it("has nothing found on it at any width", async () => {
    const site = await serveSite(cleanSite());
    const flows = Object.keys(cleanSite())
      .filter((path) => !/\.\w+$/.test(path))
      .map((path) => ({ url: path, name: path }));
    const report = await look(site, { flows, viewports: [DESKTOP, MOBILE] });
    expect(told(report)).toEqual([]);
    expect(report.verdict).toBe("passed");
    expect(report.links.checked).toBeGreaterThan(5);
  });
});
