/** What `runQa` is asked, and its waits. */
import type { Browser } from "playwright";
import type { QaFlow, QaVisit, Viewport } from "../domain/qa.js";

/** A browser to start, one that runs (it is left running), or why there is none. */
export type BrowserChoice =
  { path: string; args?: readonly string[] } | { running: Browser } | { why: string };

export interface QaOptions {
  /** Address of the app. */
  url: string;
  /** None: the page at `url` alone. */
  flows: readonly QaFlow[];
  viewports: readonly Viewport[];
  /** Folder of the report, made if missing; an earlier report in it is replaced, but see `onKept`. */
  out: string;
  browser: BrowserChoice;
  /** How deep links are followed from the pages; default 1, 0: not at all. */
  crawl?: number | undefined;
  /** Also ask links to other sites; default false. */
  external?: boolean | undefined;
  /** Other origins that the pages use on purpose. */
  origins?: readonly string[] | undefined;
  /** Requests to other origins than the app's and `origins` are refused; default false. */
  confined?: boolean | undefined;
  /** Folder of an earlier report, to compare pictures with. */
  baseline?: string | undefined;
  timeouts?: Partial<QaTimeouts> | undefined;
  /** Unix time in ms: what was not seen by then is named in the report as not seen. */
  untilMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Given: a look that could not run leaves an earlier report that did as it is, and says so here. */
  onKept?: (() => void) | undefined;
  /** Told after each visit. */
  onVisit?: ((visit: QaVisit, done: number, of: number) => void) | undefined;
}

/** Longest waits, in ms: long enough for a machine that is busy with much else, because what is late is taken for a fault. */
export interface QaTimeouts {
  launchMs: number;
  /** Until the page has loaded. */
  loadMs: number;
  /** Until requests and changes have ended after that. */
  restMs: number;
  /** Of each step of a flow. */
  stepMs: number;
  /** Of a picture. */
  pictureMs: number;
  /** Of all rules on one page. */
  rulesMs: number;
  /** From here on a page that has loaded is called slow. */
  slowLoadMs: number;
  /** Of a page's title, links and ARIA snapshot. */
  readMs: number;
  /** Of a page that the browser itself asks something, beyond the bound of what it does. */
  answerMs: number;
}

export const QA_TIMEOUTS: QaTimeouts = {
  launchMs: 60_000,
  loadMs: 30_000,
  restMs: 10_000,
  stepMs: 5_000,
  pictureMs: 30_000,
  rulesMs: 120_000,
  slowLoadMs: 5_000,
  readMs: 30_000,
  answerMs: 20_000,
};
