/** Links of visited pages, asked once each from the browser's session; deeper pages are opened, because many make their links by script. */
import { errors, type APIRequestContext, type BrowserContext, type Page } from "playwright";
import { addressOf, isLoopback, isSameApp } from "./addresses.js";
import { sentenceOf, TookTooLong, within } from "./bounded.js";
import { evaluateIsolated } from "./isolated-world.js";
import type { RuleHit } from "./loaded-page.js";
import { shown } from "./rules/wording.js";

/** The links that a page shows, as whole addresses. */
export interface PageLinks {
  /** Name of the page or flow. */
  page: string;
  url: string;
  links: string[];
  /** Places in it to which a fragment can lead. */
  ids: string[];
}

export interface LinkHit extends RuleHit {
  page: string;
  url: string;
}

export interface LinkQuestion {
  /** Of the session that visited the pages: its cookies are sent. Pages are opened in it if `crawl` is above 1. */
  context: BrowserContext;
  /** Origin of the app, and others that it uses on purpose. */
  origin: string;
  origins?: readonly string[] | undefined;
  pages: readonly PageLinks[];
  /** Addresses that need not answer below 400, as a page for errors that a flow visits. */
  known?: readonly string[] | undefined;
  /** 1: the links of the pages are asked; 2: also the links of where they lead; 0: none. */
  crawl: number;
  external: boolean;
  /** For one answer; default 30 s: some servers build a page when it is asked for. */
  answerMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** More links than that are not asked. */
const MOST_LINKS = 2_000;
const AT_ONCE = 8;
/** For what a page answers at once, if it answers. */
const READ_MS = 30_000;
const ANSWER_MS = 30_000;

const READ_LINKS = `({
  links: [...document.querySelectorAll("a[href], area[href]")].map((link) => link.href).filter((href) => /^https?:/.test(href)).slice(0, 5000),
  ids: [...document.querySelectorAll("[id], a[name]")].flatMap((el) => [el.id, el.getAttribute("name") ?? ""]).filter(Boolean).slice(0, 20000),
})`;

/** Reads the links of a page as it is now; of a page that shows anything else, none. @throws TookTooLong where it no longer answers. */
export async function linksOf(page: Page, name: string, readMs = READ_MS): Promise<PageLinks> {
  const asked = evaluateIsolated<Pick<PageLinks, "links" | "ids">>(page, READ_LINKS);
  const { links, ids } = await within(readMs, asked);
  return { page: name, url: page.url(), links, ids };
}

export interface CheckedLinks {
  checked: number;
  external: number;
  /** Links to other sites that were not asked. */
  unasked: number;
  hits: LinkHit[];
}

/** Asks each link once. Contract: never throws for what a link answers; ends early when aborted. */
export async function checkLinks(question: LinkQuestion): Promise<CheckedLinks> {
  const { crawl, external, signal } = question;
  const asked = new Map<string, LinkHit | undefined>();
  const known = new Set((question.known ?? []).map(withoutFragment));
  const inside: PageLinks[] = [...question.pages];
  const outside = new Map<string, PageLinks>();
  const unread: LinkHit[] = [];
  let level: readonly PageLinks[] = question.pages;
  for (let depth = 1; depth <= crawl && level.length > 0; depth += 1) {
    const fresh = new Map<string, PageLinks>();
    for (const page of level) {
      for (const link of page.links.map(withoutFragment)) {
        const side = sideOf(link, question);
        if (side === "outside") outside.set(link, outside.get(link) ?? page);
        const isNew = !asked.has(link) && !known.has(link) && !fresh.has(link);
        if (side === "outside" || !isNew || asked.size + fresh.size >= MOST_LINKS) continue;
        fresh.set(link, page);
      }
    }
    await each([...fresh], signal, async ([link, page]) => {
      asked.set(link, await insideHit(link, page, question));
    });
    if (depth === crawl) break;
    const next = [...fresh.keys()].filter(
      (link) =>
        asked.get(link) === undefined && !inside.some(({ url }) => withoutFragment(url) === link),
    );
    const opened = await openEach(question, next);
    level = opened.read;
    inside.push(...level);
    unread.push(...opened.unread);
  }
  const hits = [...asked.values()].filter((hit) => hit !== undefined);
  hits.push(...unread, ...fragmentHits(inside));
  const toAsk = external && crawl > 0 ? [...outside].slice(0, MOST_LINKS) : [];
  hits.push(...(await outsideHits(toAsk, question)));
  const unasked = crawl > 0 ? outside.size - toAsk.length : 0;
  return { checked: asked.size, external: toAsk.length, unasked, hits };
}

/** `here`: an address of this machine that is not the app. */
function sideOf(
  link: string,
  { origin, origins = [] }: LinkQuestion,
): "inside" | "outside" | "here" {
  const address = addressOf(link);
  const app = addressOf(origin);
  if (address === undefined || app === undefined || isSameApp(address, app)) return "inside";
  return !isLoopback(address) || origins.includes(address.origin) ? "outside" : "here";
}

async function insideHit(
  link: string,
  { page, url }: PageLinks,
  question: LinkQuestion,
): Promise<LinkHit | undefined> {
  const from = { rule: "broken-link", page, url, where: shown(link) };
  if (sideOf(link, question) === "here")
    return { ...from, what: `The link to ${shown(link)} leads to the machine it was written on.` };
  const answer = await ask(question.context.request, link, question.answerMs);
  const exists = answer.status !== undefined && [401, 403, 429].includes(answer.status);
  if (answer.ok || exists) return undefined;
  return { ...from, what: `The link to ${shown(link)} ${outcomeOf(answer)}.` };
}

async function outsideHits(
  links: [string, PageLinks][],
  question: LinkQuestion,
): Promise<LinkHit[]> {
  const hits: LinkHit[] = [];
  let reached = 0;
  await each(links, question.signal, async ([link, { page, url }]) => {
    const answer = await ask(question.context.request, link, question.answerMs);
    if (answer.status !== undefined) reached += 1;
    const gone = answer.status === 404 || answer.status === 410;
    if (!gone && (answer.status !== undefined || !answer.why?.includes("ENOTFOUND"))) return;
    const what = `The link to ${shown(link)} ${outcomeOf(answer)}.`;
    hits.push({ rule: "broken-external-link", page, url, where: shown(link), what });
  });
  const [first] = links;
  if (reached > 0 || first === undefined || hits.length === 0) return hits;
  const what = `None of ${links.length} links to other sites could be asked: no site was reached.`;
  return [{ rule: "broken-external-link", page: first[1].page, url: first[1].url, what }];
}

/** Only of pages that were looked at: what others hold is not known. */
function fragmentHits(pages: readonly PageLinks[]): LinkHit[] {
  const places = new Map<string, Set<string>>();
  for (const { url, ids } of pages) {
    const key = withoutFragment(url);
    places.set(key, new Set([...(places.get(key) ?? []), ...ids]));
  }
  const hits = new Map<string, LinkHit>();
  for (const { page, url, links } of pages) {
    for (const link of new Set(links)) {
      const fragment = fragmentOf(link);
      const ids = places.get(withoutFragment(link));
      if (fragment === undefined || ids === undefined || ids.has(fragment)) continue;
      const what = `The link to ${shown(link)} leads to no place in that page.`;
      if (!hits.has(link))
        hits.set(link, { rule: "broken-fragment", page, url, where: shown(link), what });
    }
  }
  return [...hits.values()];
}

/** The place that a link means; undefined: the top, a text, or a route. */
export function fragmentOf(link: string): string | undefined {
  const fragment = (addressOf(link)?.hash.slice(1) ?? "").split(":~:")[0] ?? "";
  if (/^$|^top$|^[/!?]|=/i.test(fragment)) return undefined;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

const withoutFragment = (link: string): string => link.split("#")[0] ?? link;

interface Answer {
  ok: boolean;
  status?: number;
  why?: string;
}

/** HEAD first: nothing is fetched or changed. Servers that do not know it are asked by GET. */
async function ask(request: APIRequestContext, link: string, timeout = ANSWER_MS): Promise<Answer> {
  let answer: Answer = { ok: false };
  for (const method of ["HEAD", "GET"]) {
    try {
      const response = await request.fetch(link, { method, timeout, maxRedirects: 10 });
      answer = { ok: response.status() < 400, status: response.status() };
      await response.dispose();
    } catch (error) {
      answer = { ok: false, why: sentenceOf(error) };
    }
    if (answer.ok) return answer;
  }
  return answer;
}

const outcomeOf = ({ status, why = "no answer" }: Answer): string =>
  status === undefined ? `is not answered: ${shown(why)}` : `is answered ${status}`;

/** Links of pages that are only opened, not looked at; what is no page, as a download, has none. */
async function openEach(
  { context, answerMs = ANSWER_MS, signal }: LinkQuestion,
  links: string[],
): Promise<{ read: PageLinks[]; unread: LinkHit[] }> {
  let page = await context.newPage();
  const read: PageLinks[] = [];
  const unread: LinkHit[] = [];
  const close = () => within(READ_MS, page.close()).catch(() => undefined);
  try {
    for (const link of links) {
      if (signal?.aborted === true) break;
      const name = addressOf(link)?.pathname ?? link;
      try {
        await page.goto(link, { timeout: answerMs });
        read.push({ ...(await linksOf(page, name)), url: link });
      } catch (error) {
        if (!isLate(error)) continue;
        const what = `The links of ${shown(link)} could not be read: it did not load in time.`;
        unread.push({ rule: "rule-not-run", page: name, url: link, what });
        await close(); // it may answer nothing any more
        page = await context.newPage();
      }
    }
  } finally {
    await close();
  }
  return { read, unread };
}

const isLate = (error: unknown) =>
  error instanceof TookTooLong || error instanceof errors.TimeoutError;

/** Several at once, in order; none more once aborted. */
async function each<T>(
  items: T[],
  signal: AbortSignal | undefined,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) {
      if (signal?.aborted === true) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
