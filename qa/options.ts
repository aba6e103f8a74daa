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
  /** Folder of the report, made if missing; an earlier report in it is replaced. */
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
  signal?: AbortSignal | undefined;
  /** Told after each visit. */
  onVisit?: ((visit: QaVisit, done: number, of: number) => void) | undefined;
}

/** Longest waits, in ms. */
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
  /** Of a page's title and of its links. */
  readMs: number;
  /** Of a page that the browser itself asks something, beyond the bound of what it does. */
  answerMs: number;
}

export const QA_TIMEOUTS: QaTimeouts = {
  launchMs: 30_000,
  loadMs: 20_000,
  restMs: 5_000,
  stepMs: 5_000,
  pictureMs: 20_000,
  rulesMs: 60_000,
  slowLoadMs: 5_000,
  readMs: 10_000,
  answerMs: 5_000,
};
