/** Browser QA of a running app: every page and flow at every viewport, and the report about them. */
import type { Browser } from "playwright";
import { cleanLine } from "../domain/clean-text.js";
import type { QaReport } from "../domain/qa.js";
import { createAssets, type Assets } from "./assets.js";
import { readBaseline, type Baseline } from "./baseline.js";
import { sentenceOf, within } from "./bounded.js";
import { confiningArgs } from "./confine.js";
import { openNewReport } from "./new-report.js";
import { checkLinks, type CheckedLinks, type PageLinks } from "./links.js";
import { openBrowser, type OpenBrowser } from "./open-browser.js";
import type { BrowserChoice, QaOptions } from "./options.js";
import { judge, placed, seenUntil, type PlacedHit, type Unfinished } from "./report.js";
import { reportPage } from "./report-page.js";
import { settle, type QaSettings } from "./settings.js";
import { visitFlow, type Visited } from "./visit.js";
import { createWindows, type Windows } from "./windows.js";

/**
 * Looks, and writes `qa-report.json`, `index.html` and `assets/` into `out`. What app, page or browser do is in the report.
 * @throws the signal's reason when it is aborted, with the browser closed and `out` as it was; Problem when `out` cannot be written.
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
    links: NO_LINKS,
    findings: [],
    ignored: [],
  };
  const made = await openNewReport(options.out);
  try {
    const seen = await lookAt(options, blank, made.folder);
    signal?.throwIfAborted();
    const report: QaReport = { ...blank, ...seen, ms: Math.round(performance.now() - began) };
    // What did not look has nothing to put in the place of what was seen.
    if (report.verdict === "not-run" && options.onKept !== undefined && (await made.hasEarlier())) {
      options.onKept();
      return report;
    }
    await made.publish({
      "index.html": reportPage(report),
      "qa-report.json": `${JSON.stringify(report, undefined, 2)}\n`,
    });
    return report;
  } finally {
    await made.drop();
  }
}

type Seen = Partial<QaReport>;
const notRun = (why: string): Seen => ({ verdict: "not-run", why: cleanLine(why, 1_000) });

async function lookAt(options: QaOptions, { url }: QaReport, folder: string): Promise<Seen> {
  const settings = settle(options);
  if ("why" in settings) return notRun(settings.why);
  const baseline =
    options.baseline === undefined ? undefined : await readBaseline(options.baseline);
  const flows = settings.flows.map(({ flow }) => flow);
  const assets = await createAssets(folder, flows);
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
    visited: [],
    hits: [],
  };
  const version = browser.version();
  const seen = await untilStopped(
    options,
    visitAll(look),
    () => seenUntil(look, LATE),
    opened.close,
  );
  return {
    ...seen,
    url,
    browser: { path, version },
    ...(baseline === undefined ? {} : { compared: comparedWith(baseline) }),
  };
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

const LATE: Unfinished = {
  because: "The look did not end in time",
  remedy: "give it fewer flows, or mend what keeps the app busy",
};
const ended = (url: string): Unfinished => ({
  because: `The browser ended at ${url}`,
  remedy: "try again",
});

/** Ends when all is seen, and at once when it is aborted or its time is over: closing the browser takes the work with it. */
async function untilStopped(
  { signal, untilMs }: QaOptions,
  work: Promise<Seen>,
  soFar: () => Seen,
  close: () => Promise<void>,
): Promise<Seen> {
  work.catch(() => undefined);
  let stop: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const stopped = new Promise<Seen>((resolve, reject) => {
    stop = () => {
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", stop, { once: true });
    if (untilMs === undefined) return;
    const late = () => {
      resolve(soFar());
    };
    timer = setTimeout(late, Math.max(0, untilMs - Date.now()));
  });
  try {
    signal?.throwIfAborted();
    return await Promise.race([work, stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    await close();
    await within(END_MS, work).catch(() => undefined);
  }
}

/** For work whose browser is closed; only what is shared with others stays open. */
const END_MS = 2_000;

interface Look {
  settings: QaSettings;
  options: QaOptions;
  assets: Assets;
  browser: Browser;
  baseline: Baseline | undefined;
  /** What was seen so far. */
  visited: Visited[];
  hits: PlacedHit[];
}

/** One viewport after the other, each with all pages: the way in which a page takes the least time. */
async function visitAll(look: Look): Promise<Seen> {
  const { settings, options, browser, visited, hits } = look;
  let links: QaReport["links"] = NO_LINKS;
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
        if (!browser.isConnected()) return seenUntil(look, ended(url));
        visited.push(one);
        hits.push(...placed(one));
        options.onVisit?.(one.visit, visited.length, of);
      }
      if (at === settings.viewports.length - 1) {
        const asked = await askLinks(look, windows, viewport.name);
        const { checked, external, unasked } = asked;
        links = { checked, external, ...(unasked === 0 ? {} : { unasked }) };
        hits.push(...asked.hits);
      }
    } finally {
      await windows.close();
    }
  }
  const flows = settings.flows.map(({ flow }) => flow);
  return { ...judge(hits, flows), visits: visited.map(({ visit }) => visit), links };
}

const NO_LINKS: QaReport["links"] = { checked: 0, external: 0 };

async function askLinks(
  { settings, options, visited }: Look,
  windows: Windows,
  viewport: string,
): Promise<CheckedLinks & { hits: PlacedHit[] }> {
  const { origin, origins, crawl, confined } = settings;
  const pages = allLinks(visited);
  const none = { ...NO_LINKS, unasked: 0 };
  if (pages.length === 0 || crawl === 0) return { ...none, hits: [] };
  const { signal } = options;
  const external = settings.external && !confined;
  const known = settings.flows.flatMap(({ flow, url }) => ((flow.status ?? 0) < 400 ? [] : [url]));
  const [{ page, url } = { page: "", url: settings.url }] = pages;
  const at = { page, url, viewport };
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
    const unasked = settings.external ? unaskedHits(asked.unasked, confined, at) : [];
    return { ...asked, hits: [...asked.hits.map((hit) => ({ ...hit, viewport })), ...unasked] };
  } catch (error) {
    signal?.throwIfAborted();
    const what = `The links could not be checked: ${sentenceOf(error)}.`;
    return { ...none, hits: [{ rule: "rule-not-run", what, ...at }] };
  }
}

/** Of those that somebody wanted to be asked. */
function unaskedHits(
  unasked: number,
  confined: boolean,
  at: Pick<PlacedHit, "page" | "url" | "viewport">,
): PlacedHit[] {
  if (unasked === 0) return [];
  const why = confined ? "the browser's sandbox reaches none of them" : "there are too many";
  const links =
    unasked === 1 ? "1 link to other sites was" : `${unasked} links to other sites were`;
  const what = `${links} not asked: ${why}.`;
  return [{ rule: "links-not-asked", what, ...at }];
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
