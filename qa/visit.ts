/** One page or flow at one viewport: load, rest, steps, picture, rules. */
import type { BrowserContext, Page } from "playwright";
import { cleanLine, cleanText } from "../domain/clean-text.js";
import { Problem } from "../domain/problem.js";
import type { QaFlow, QaVisit, Viewport } from "../domain/qa.js";
import type { Assets } from "./assets.js";
import type { Baseline } from "./baseline.js";
import { RedirectsForEver, sentenceOf, TookTooLong, within } from "./bounded.js";
import { changesOf } from "./changes.js";
import { linksOf, type PageLinks } from "./links.js";
import { load } from "./load.js";
import type { RuleHit } from "./loaded-page.js";
import { loginHit } from "./login.js";
import { notice, type Notes } from "./notice.js";
import type { QaTimeouts } from "./options.js";
import { takePicture } from "./pictures.js";
import { comeToRest } from "./rest.js";
import { PAGE_RULES } from "./rules/page-rules.js";
import { sayStep, walk } from "./steps.js";
import type { Windows } from "./windows.js";

export interface VisitOrder {
  flow: QaFlow;
  url: string;
  viewport: Viewport;
  origin: string;
  origins: readonly string[];
  windows: Windows;
  timeouts: QaTimeouts;
  assets: Assets;
  baseline: Baseline | undefined;
}

/** With the picture that shows it, where it is not the visit's. */
export type VisitHit = RuleHit & { picture?: string };

export interface Visited {
  visit: QaVisit;
  hits: VisitHit[];
  links?: PageLinks;
  /** Nothing answers at the address: said in a sentence. */
  unreachable?: string;
}

/** Bounded in all it does. @throws Problem where the report's folder cannot be written, and when the browser is gone. */
export async function visitFlow(order: VisitOrder): Promise<Visited> {
  const { flow, url, viewport, windows } = order;
  const visited: Visited = {
    visit: {
      name: flow.name,
      url,
      viewport: viewport.name,
      loadMs: 0,
      title: "",
    },
    hits: [],
  };
  const hasSteps = (flow.steps ?? []).length > 0;
  const gone = { crashed: false };
  try {
    await windows.withPage(hasSteps, async (page) => {
      const notes = notice(page);
      try {
        await look(order, page, notes, visited);
      } finally {
        gone.crashed = notes.crashed();
        seeMet(visited.visit, notes);
        notes.stop();
      }
    });
  } catch (error) {
    // Of our own disk, and no fault of the page.
    if (error instanceof Problem) throw error;
    const hit = hitOf(error, gone.crashed, url);
    // A page that never comes to rest has not finished loading either.
    visited.hits = [...visited.hits.filter(({ rule }) => rule !== "page-unfinished"), hit];
  }
  return visited;
}

function hitOf(error: unknown, crashed: boolean, where: string): RuleHit {
  if (error instanceof RedirectsForEver)
    return { rule: "redirect-loop", what: "The page goes on to another address for ever.", where };
  if (error instanceof TookTooLong && !crashed)
    return { rule: "page-hangs", what: `The page stopped answering: ${error.message}.`, where };
  const what = crashed
    ? "The page ended its renderer, as by using up the memory."
    : `The page was lost while it was looked at: ${sentenceOf(error)}.`;
  return { rule: "page-crashed", what, where };
}

/** Adds to `visited` as it sees, so that what was seen before a crash is kept. */
async function look(order: VisitOrder, page: Page, notes: Notes, visited: Visited): Promise<void> {
  const { flow, url, timeouts } = order;
  const { visit, hits } = visited;
  const steps = flow.steps ?? [];
  const trace = steps.length > 0 ? await startTrace(page.context()) : undefined;
  const start = performance.now();
  const loaded = await load(page, url, notes, timeouts);
  visit.loadMs = Math.round(performance.now() - start);
  if (loaded.kind === "failed") {
    hits.push(loaded.hit);
    if (loaded.unreachable) visited.unreachable = loaded.hit.what;
    return;
  }
  hits.push(...loaded.hits);
  let size = await comeToRest(page, notes, timeouts);
  seeStatus(visit, notes);
  if (steps.length === 0) {
    const { readMs } = timeouts;
    const { status } = visit;
    const login = await loginHit(page, { asked: url, status, right: flow.status, readMs });
    if (login !== undefined) hits.push(login);
  } else {
    notes.act();
    const { origin } = order;
    const { stepMs, loadMs } = timeouts;
    const failed = await walk({ page, origin, stepMs, loadMs }, steps);
    const step = failed === undefined ? undefined : steps[failed.step - 1];
    if (failed !== undefined && step !== undefined) {
      visit.failedStep = { step: failed.step, why: cleanLine(failed.why, 1_000) };
      const what = `Step ${failed.step} of ${steps.length} failed, ${failed.why}`;
      hits.push({ rule: "flow-failed", what, where: `${page.url()} (${sayStep(step)})` });
      const kept = await trace?.keep(order.assets.pathOf(flow, order.viewport, "trace.zip"));
      if (kept !== undefined) visit.trace = kept;
    }
    size = await comeToRest(page, notes, timeouts);
    seeStatus(visit, notes);
  }
  await trace?.drop();
  await see(order, page, notes, size, visited);
}

function seeStatus(visit: QaVisit, notes: Notes): void {
  const status = notes.status();
  if (status !== undefined) visit.status = status;
}

function seeMet(visit: QaVisit, { noticed }: Notes): void {
  const { redirects, downloads, popups } = noticed;
  const dialogs = noticed.dialogs.map(({ kind, text }) => `${kind}: ${text}`);
  const some = Object.entries({ redirects, dialogs, downloads, popups }).filter(
    ([, list]) => list.length > 0,
  );
  if (some.length > 0) visit.met = Object.fromEntries(some);
}

async function see(
  order: VisitOrder,
  page: Page,
  notes: Notes,
  size: { width: number; height: number },
  visited: Visited,
): Promise<void> {
  const { flow, viewport, timeouts, assets } = order;
  const { visit, hits } = visited;
  const { pictureMs, answerMs } = timeouts;
  const taken: { png?: Buffer } = {};
  const taking = async () => {
    const picture = await takePicture(page, size, pictureMs);
    taken.png = picture.png;
    visit.picture = await assets.write(flow, viewport, "png", picture.png);
    if (picture.cutAtPx !== undefined) visit.cutAtPx = picture.cutAtPx;
    return [];
  };
  hits.push(...(await applied("picture", page, pictureMs + answerMs, taking)));
  visit.title = cleanLine(await within(timeouts.readMs, page.title()), 300);
  const { readMs } = timeouts;
  hits.push(...(await applied("aria", page, readMs * 2, () => readAria(page, visit, readMs))));
  hits.push(...(await rulesHits(order, page, notes, visit)));
  visited.links = await linksOf(page, flow.name, timeouts.readMs);
  const { png } = taken;
  const changed = png && (await compare(order, page, size, png, visit));
  if (changed !== undefined) hits.push(changed);
}

/** What a screen reader is told; nothing where there is no body, as in a drawing. */
async function readAria(page: Page, visit: QaVisit, timeout: number): Promise<RuleHit[]> {
  const body = page.locator("body");
  if ((await body.count()) === 0) return [];
  const aria = await body.first().ariaSnapshot({ timeout });
  if (aria !== "") visit.aria = cleanText(aria, 20_000);
  return [];
}

async function rulesHits(
  { flow, viewport, origin, origins, timeouts }: VisitOrder,
  page: Page,
  { noticed }: Notes,
  { status, loadMs }: QaVisit,
): Promise<RuleHit[]> {
  const { slowLoadMs } = timeouts;
  const loaded = { page, flow, viewport, origin, origins, status, loadMs, slowLoadMs, noticed };
  const hits: RuleHit[] = [];
  for (const rule of PAGE_RULES)
    hits.push(...(await applied(rule.name, page, timeouts.rulesMs, () => rule(loaded))));
  return hits;
}

/** A rule that fails on a page that lives is told: what it looks for was not seen. */
async function applied(
  name: string,
  page: Page,
  mostMs: number,
  rule: () => Promise<RuleHit[]>,
): Promise<RuleHit[]> {
  try {
    return await within(mostMs, rule());
  } catch (error) {
    const isGone = error instanceof TookTooLong || error instanceof Problem || page.isClosed();
    if (isGone || /crashed|has been closed/.test(String(error))) throw error;
    const what = `The rule ${name} could not be applied: ${sentenceOf(error)}.`;
    return [{ rule: "rule-not-run", what }];
  }
}

async function compare(
  order: VisitOrder,
  page: Page,
  size: { width: number; height: number },
  now: Buffer,
  visit: QaVisit,
): Promise<VisitHit | undefined> {
  const { flow, viewport, baseline, timeouts, assets } = order;
  const before = await baseline?.pictureOf(flow.name, viewport.name);
  if (before === undefined) return undefined;
  const capture = async (of: Page, as: typeof size) =>
    (await takePicture(of, as, timeouts.pictureMs)).png;
  const hasSteps = (flow.steps ?? []).length > 0;
  const compared = await changesOf({
    before,
    now,
    page,
    again: () => capture(page, size),
    // A flow that is walked twice does twice what it does.
    fresh: hasSteps ? undefined : (clockMs) => freshPicture(order, clockMs, capture),
  });
  visit.changedPct = compared.changedPct;
  if (compared.maskedPct > 0) visit.maskedPct = compared.maskedPct;
  if (compared.difference === undefined) return undefined;
  const picture = await assets.write(flow, viewport, "changed.png", compared.difference);
  const masked = compared.maskedPct === 0 ? "" : ` (${compared.maskedPct} % are masked)`;
  const what = `${compared.changedPct} % of the picture differ from the earlier report${masked}.`;
  return { rule: "picture-changed", what, where: page.url(), picture };
}

async function freshPicture(
  { url, windows, timeouts }: VisitOrder,
  clockMs: number,
  capture: (page: Page, size: { width: number; height: number }) => Promise<Buffer>,
): Promise<Buffer | undefined> {
  return windows.withPage(true, async (page) => {
    const notes = notice(page);
    try {
      if (clockMs > 0) await page.clock.setSystemTime(Date.now() + clockMs);
      const loaded = await load(page, url, notes, timeouts);
      if (loaded.kind === "failed") return undefined;
      return await capture(page, await comeToRest(page, notes, timeouts));
    } finally {
      notes.stop();
    }
  });
}

/** What happened, step by step, for a flow that fails. */
async function startTrace(context: BrowserContext) {
  await context.tracing.start({ screenshots: true, snapshots: true });
  let open = true;
  const stop = async (path?: string) => {
    if (!open) return;
    open = false;
    await context.tracing.stop(path === undefined ? {} : { path });
  };
  return {
    keep: async (place: { file: string; path: string }) => {
      await stop(place.file);
      return place.path;
    },
    drop: () => stop(),
  };
}
