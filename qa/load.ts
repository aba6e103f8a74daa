/** Opens an address, and says in a sentence what came of it. */
import type { Page } from "playwright";
import { sentenceOf, textOf, until, within } from "./bounded.js";
import type { Notes } from "./notice.js";
import type { RuleHit } from "./loaded-page.js";
import type { QaTimeouts } from "./options.js";

export type Loaded =
  | { kind: "loaded"; hits: RuleHit[] }
  /** Nothing is there to look at; `unreachable`: nothing answers at all. */
  | { kind: "failed"; hit: RuleHit; unreachable: boolean };

/** Errors by which nothing was there that could have answered. */
const UNREACHABLE =
  /ERR_(?:CONNECTION_REFUSED|CONNECTION_TIMED_OUT|NAME_NOT_RESOLVED|NAME_RESOLUTION_FAILED|ADDRESS_UNREACHABLE|ADDRESS_INVALID|UNSAFE_PORT|INTERNET_DISCONNECTED)/;

/** @throws Playwright's errors when the page is gone. */
export async function load(
  page: Page,
  url: string,
  notes: Notes,
  { loadMs, answerMs }: Pick<QaTimeouts, "loadMs" | "answerMs">,
): Promise<Loaded> {
  try {
    await within(loadMs + answerMs, page.goto(url, { waitUntil: "load", timeout: loadMs }));
    return { kind: "loaded", hits: [] };
  } catch (error) {
    const text = textOf(error);
    if (/crashed|has been closed/.test(text)) throw error;
    return explain(text, sentenceOf(error), page, url, notes, loadMs);
  }
}

async function explain(
  text: string,
  sentence: string,
  page: Page,
  url: string,
  notes: Notes,
  loadMs: number,
): Promise<Loaded> {
  const failed = (rule: string, what: string, unreachable = false): Loaded => ({
    kind: "failed",
    hit: { rule, what, where: url },
    unreachable,
  });
  if (text.includes("ERR_TOO_MANY_REDIRECTS")) {
    const [one, two] = notes.noticed.redirects;
    const between = [one, two].filter((each) => each !== undefined).join(" and ");
    return failed("redirect-loop", `The page redirects for ever, by ${between}.`);
  }
  if (UNREACHABLE.test(text)) return failed("page-not-loaded", reasonOf(text, url), true);
  const starting = text.includes("Download is starting");
  // The browser names it a moment later.
  if (starting) await until(1_000, () => Promise.resolve(notes.noticed.downloads.length > 0));
  const [download] = notes.noticed.downloads;
  if (starting)
    return failed("page-not-loaded", `The address is a download and no page: ${download ?? url}.`);
  // A page that goes elsewhere while it loads: where it went is looked at.
  if (
    /interrupted by another navigation|context was destroyed/.test(text) ||
    isMoving(text, page)
  ) {
    await page.waitForLoadState("load", { timeout: loadMs }).catch(() => undefined);
    return { kind: "loaded", hits: [] };
  }
  if (!/Timeout|not done within/.test(text))
    return failed("page-not-loaded", `The page could not be loaded: ${reasonOf(sentence, url)}`);
  if (notes.status() === undefined)
    return failed("page-not-loaded", `The page did not answer within ${loadMs / 1_000} s.`, true);
  const waiting = [...notes.open].slice(0, 3).map((request) => request.url().slice(0, 150));
  const forWhat = waiting.length === 0 ? "" : `; it waits for ${waiting.join(", ")}`;
  const what = `The page did not finish loading within ${loadMs / 1_000} s${forWhat}.`;
  return { kind: "loaded", hits: [{ rule: "page-unfinished", what, where: url }] };
}

/** Given up because the page had asked for another document by then. */
const isMoving = (text: string, page: Page) =>
  text.includes("ERR_ABORTED") && /^https?:/.test(page.url());

function reasonOf(text: string, url: string): string {
  const [code] = /ERR_[A-Z_0-9]+/.exec(text) ?? [];
  switch (code) {
    case undefined:
      return `${text}.`;
    case "ERR_CONNECTION_REFUSED":
      return `Nothing answers at ${url}.`;
    case "ERR_NAME_NOT_RESOLVED":
      return `No machine has the name in ${url}.`;
    case "ERR_UNSAFE_PORT":
      return `Browsers refuse the port in ${url}; take another.`;
    case "ERR_EMPTY_RESPONSE":
    case "ERR_CONNECTION_RESET":
    case "ERR_CONNECTION_CLOSED":
      return `the connection was closed without an answer (${code}).`;
    case "ERR_ABORTED":
      return "it answers without a page (as by status 204).";
    default:
      return `the browser says ${code}.`;
  }
}
