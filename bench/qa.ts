/** Browser QA against bare Playwright that makes the same visits, pictures and axe runs. */
import { AxeBuilder } from "@axe-core/playwright";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { DESKTOP, MOBILE, type QaFlow } from "../domain/qa.js";
import { findBrowser } from "../qa/browser.js";
import { openBrowser } from "../qa/open-browser.js";
import { WCAG_TAGS } from "../qa/rules/accessibility.js";
import { runQa } from "../qa/run.js";
import { readEnvironment } from "../config/env.js";
import type { CalculatedBenchmark, Figures } from "./benchmark.js";
import { median, round } from "./figures.js";
import { printTable, progress } from "./print.js";
import { serveSite } from "./qa-site.js";

const sizes = { pages: 20, pairs: 3 };
type QaSizes = typeof sizes;
const VIEWPORTS = [DESKTOP, MOBILE];
const ARGS = ["--no-sandbox"];
type Ways = "qa" | "bare" | "lean";

export const bench: CalculatedBenchmark<QaSizes> = {
  about:
    "pages at two viewports with all checks, against bare Playwright with the same pictures and axe runs; all one page at a time",
  full: sizes,
  quick: { pages: 3, pairs: 1 },
  async calculate({ pages, pairs }) {
    const found = await findBrowser({ path: readEnvironment().path, home: homedir() });
    if ("why" in found) throw new Error(found.why);
    const folder = await mkdtemp(join(tmpdir(), "bench-qa-"));
    const site = await serveSite(pages);
    try {
      return await measure({ path: found.path, url: site.url, folder, pages }, pairs);
    } finally {
      site.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Site {
  path: string;
  url: string;
  folder: string;
  pages: number;
}

async function measure(site: Site, pairs: number): Promise<Figures> {
  const ways: Record<Ways, () => Promise<number>> = {
    qa: () => lookAt(site),
    bare: () => visitBare(site, false),
    lean: () => visitBare(site, true),
  };
  const order = Object.keys(ways) as Ways[];
  const samples: Record<Ways, number[]> = { qa: [], bare: [], lean: [] };
  for (let n = 0; n < pairs; n++) {
    // Each goes first in turn: the machine is not the same a minute later.
    for (const way of [...order.slice(n % 3), ...order.slice(0, n % 3)])
      samples[way].push(await ways[way]());
    progress(
      `pair ${n + 1} of ${pairs}: ${order.map((way) => `${way} ${round(samples[way].at(-1) ?? 0)} ms`).join(", ")}`,
    );
  }
  const visits = site.pages * VIEWPORTS.length;
  const perSecond = (way: Ways) => round((visits * 1_000) / median(samples[way]), 2);
  const against = (way: Ways) =>
    round(median(samples.qa.map((ms, at) => ms / (samples[way][at] ?? Number.NaN))), 2);
  printTable(
    ["visits", "ms", "pages per second", "qa/this"],
    order.map((way) => [NAMES[way], round(median(samples[way])), perSecond(way), against(way)]),
  );
  return {
    visits,
    qaPerSecond: perSecond("qa"),
    barePerSecond: perSecond("bare"),
    leanPerSecond: perSecond("lean"),
    ratio: against("bare"),
    ratioLean: against("lean"),
    samplesMs: samples,
  };
}

const NAMES: Record<Ways, string> = {
  qa: "browser QA, all checks",
  bare: "bare Playwright, axe as its library runs it",
  lean: "bare Playwright, axe in its legacy mode",
};

/** From the start of the browser to the report on disk. */
async function lookAt({ path, url, folder, pages }: Site): Promise<number> {
  const flows: QaFlow[] = pathsOf(pages).map((path) => ({ url: path, name: path }));
  const began = performance.now();
  const report = await runQa({
    url,
    flows,
    viewports: VIEWPORTS,
    out: join(folder, "qa"),
    browser: { path, args: ARGS },
  });
  const ms = performance.now() - began;
  // A page that is not looked at is not measured either.
  const [finding] = report.findings;
  if (report.verdict !== "passed" || finding !== undefined)
    throw new Error(`The site is not clean: ${finding?.what ?? report.why ?? ""}`);
  return ms;
}

const pathsOf = (pages: number) => Array.from({ length: pages }, (_, at) => `/page/${at + 1}`);

/** A window for each viewport, one page in it that goes from address to address. */
async function visitBare({ path, url, folder, pages }: Site, lean: boolean): Promise<number> {
  const began = performance.now();
  const opened = await openBrowser(path, ARGS, 30_000);
  if ("why" in opened) throw new Error(opened.why);
  try {
    for (const { name, width, height, mobile = false } of VIEWPORTS) {
      const context = await opened.browser.newContext({
        viewport: { width, height },
        ...(mobile ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
      });
      const page = await context.newPage();
      for (const [at, each] of pathsOf(pages).entries()) {
        await page.goto(new URL(each, url).href, { waitUntil: "load" });
        await page.screenshot({
          path: join(folder, `bare-${at}-${name}.png`),
          fullPage: true,
          animations: "disabled",
          scale: "css",
        });
        await runAxe(page, lean);
      }
      await context.close();
    }
  } finally {
    await opened.close();
  }
  return performance.now() - began;
}

const runAxe = (page: Page, lean: boolean) =>
  new AxeBuilder({ page }).withTags(WCAG_TAGS).setLegacyMode(lean).analyze();
