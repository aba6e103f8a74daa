/** Browser QA of a running app: every page and flow at every viewport, and the report about them. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Browser } from "playwright";
import { cleanLine } from "../domain/clean-text.js";
import type { QaReport } from "../domain/qa.js";
import { writeWhole } from "../store/files.js";
import { createAssets, type Assets } from "./assets.js";
import { readBaseline, type Baseline } from "./baseline.js";
import { sentenceOf } from "./bounded.js";
import { confiningArgs } from "./confine.js";
import { checkLinks, type PageLinks } from "./links.js";
import { openBrowser, type OpenBrowser } from "./open-browser.js";
import type { BrowserChoice, QaOptions } from "./options.js";
import { judge, placed, type PlacedHit } from "./report.js";
import { reportPage } from "./report-page.js";
import { settle, type QaSettings } from "./settings.js";
import { visitFlow, type Visited } from "./visit.js";
import { createWindows, type Windows } from "./windows.js";

/**
 * Looks, and writes `qa-report.json`, `index.html` and `assets/` into `out`. What app, page or browser do is in the report.
 * @throws the signal's reason when it is aborted, with the browser closed; the system's error when `out` cannot be written.
 */
export async function runQa(options: QaOptions): Promise<QaReport> {
  const { signal } = options;
  signal?.throwIfAborted();
  const began = performance.now();
  const blank: QaReport = {
    version: 1,
    verdict: "not-run",
    url: cleanLine(options.url, 2_000),
    startedAt: new Date().toISOString(),
    ms: 0,
    visits: [],
    links: { checked: 0, external: 0 },
    findings: [],
    ignored: [],
  };
  const seen = await lookAt(options, blank);
  signal?.throwIfAborted();
  const report: QaReport = { ...blank, ...seen, ms: Math.round(performance.now() - began) };
  await mkdir(options.out, { recursive: true });
  await writeWhole(join(options.out, "index.html"), reportPage(report));
  await writeWhole(
    join(options.out, "qa-report.json"),
    `${JSON.stringify(report, undefined, 2)}\n`,
  );
  return report;
}

type Seen = Partial<QaReport>;
const notRun = (why: string): Seen => ({ verdict: "not-run", why: cleanLine(why, 1_000) });

async function lookAt(options: QaOptions, { url }: QaReport): Promise<Seen> {
  const settings = settle(options);
  if ("why" in settings) return notRun(settings.why);
  const sameFolder =
    options.baseline !== undefined && resolve(options.baseline) === resolve(options.out);
  const baseline =
    options.baseline === undefined ? undefined : await readBaseline(options.baseline, sameFolder);
  const flows = settings.flows.map(({ flow }) => flow);
  const assets = await createAssets(options.out, flows);
  const opened = await open(options.browser, settings);
  if ("why" in opened) return notRun(opened.why);
  const { browser } = opened;
  const path = "path" in options.browser ? options.browser.path : "already running";
  const look: Look = {
    settings,
    options,
    assets,
    browser,
    baseline: baseline !== undefined && "why" in baseline ? undefined : baseline,
  };
  try {
    const seen = await untilAborted(options.signal, visitAll(look), opened.close);
    return {
      ...seen,
      url,
      browser: { path, version: browser.version() },
      ...(baseline === undefined ? {} : { compared: comparedWith(baseline) }),
    };
  } finally {
    await opened.close();
  }
}

function comparedWith(baseline: Baseline | { why: string }): NonNullable<QaReport["compared"]> {
  if ("why" in baseline) return { why: baseline.why };
  const { startedAt, browserVersion } = baseline;
  return { startedAt, ...(browserVersion === undefined ? {} : { browser: browserVersion }) };
}

async function open(
  choice: BrowserChoice,
  { confined, origin, origins, timeouts }: QaSettings,
): Promise<OpenBrowser | { why: string }> {
  if ("why" in choice) return choice;
  if ("running" in choice) return { browser: choice.running, close: () => Promise.resolve() };
  const args = confined ? confiningArgs([origin, ...origins]) : [];
  return openBrowser(choice.path, [...(choice.args ?? []), ...args], timeouts.launchMs);
}

/** An aborted look ends at once: closing takes the work with it. */
async function untilAborted<T>(
  signal: AbortSignal | undefined,
  work: Promise<T>,
  close: () => Promise<void>,
): Promise<T> {
  if (signal === undefined) return work;
  work.catch(() => undefined);
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
    if (signal.aborted) await close();
  }
}

interface Look {
  settings: QaSettings;
  options: QaOptions;
  assets: Assets;
  browser: Browser;
  baseline: Baseline | undefined;
}

/** One viewport after the other, each with all pages: the way in which a page takes the least time. */
async function visitAll(look: Look): Promise<Seen> {
  const { settings, options, browser } = look;
  const visited: Visited[] = [];
  const hits: PlacedHit[] = [];
  let links: QaReport["links"] = { checked: 0, external: 0 };
  const of = settings.viewports.length * settings.flows.length;
  for (const [at, viewport] of settings.viewports.entries()) {
    const windows = createWindows({ ...settings, browser, viewport });
    try {
      for (const { flow, url } of settings.flows) {
        options.signal?.throwIfAborted();
        const one = await visitFlow({ ...look, ...settings, flow, url, viewport, windows });
        if (one.unreachable !== undefined && visited.length === 0)
          return notRun(
            `${one.unreachable} Start the app, or give the address at which it answers.`,
          );
        if (!browser.isConnected()) return notRun(`The browser ended at ${url}; try again.`);
        visited.push(one);
        hits.push(...placed(one));
        options.onVisit?.(one.visit, visited.length, of);
      }
      if (at === settings.viewports.length - 1) {
        const asked = await askLinks(look, windows, visited, viewport.name);
        links = { checked: asked.checked, external: asked.external };
        hits.push(...asked.hits);
      }
    } finally {
      await windows.close();
    }
  }
  const flows = settings.flows.map(({ flow }) => flow);
  return { ...judge(hits, flows), visits: visited.map(({ visit }) => visit), links };
}

async function askLinks(
  { settings, options }: Look,
  windows: Windows,
  visited: readonly Visited[],
  viewport: string,
): Promise<{ checked: number; external: number; hits: PlacedHit[] }> {
  const { origin, origins, crawl, confined } = settings;
  const pages = allLinks(visited);
  if (pages.length === 0 || crawl === 0) return { checked: 0, external: 0, hits: [] };
  const { signal } = options;
  const external = settings.external && !confined;
  const known = settings.flows.flatMap(({ flow, url }) => ((flow.status ?? 0) < 400 ? [] : [url]));
  try {
    const context = await windows.context();
    const asked = await checkLinks({
      context,
      origin,
      origins,
      pages,
      known,
      crawl,
      external,
      signal,
    });
    return { ...asked, hits: asked.hits.map((hit) => ({ ...hit, viewport })) };
  } catch (error) {
    signal?.throwIfAborted();
    const [{ page, url } = { page: "", url: settings.url }] = pages;
    const what = `The links could not be checked: ${sentenceOf(error)}.`;
    return {
      checked: 0,
      external: 0,
      hits: [{ rule: "rule-not-run", what, page, url, viewport }],
    };
  }
}

/** A page shows other links at another width: all of them count once. */
function allLinks(visited: readonly Visited[]): PageLinks[] {
  const pages = new Map<string, PageLinks>();
  for (const { links } of visited) {
    if (links === undefined) continue;
    const known = pages.get(links.page);
    pages.set(links.page, {
      ...links,
      links: [...new Set([...(known?.links ?? []), ...links.links])],
      ids: [...new Set([...(known?.ids ?? []), ...links.ids])],
    });
  }
  return [...pages.values()];
}
