/** A page as the rules get it: loaded, at rest, with all that was noticed while it loaded and was used. */
import type { Page } from "playwright";
import type { QaFlow, Viewport } from "../domain/qa.js";

export interface LoadedPage {
  page: Page;
  flow: QaFlow;
  viewport: Viewport;
  /** Origin of the app, as `http://127.0.0.1:4000`; others that it may use. */
  origin: string;
  origins: readonly string[];
  /** Of the page itself, after redirects. */
  status: number | undefined;
  loadMs: number;
  /** From when on a load is slow; left out: as in `QA_TIMEOUTS`. */
  slowLoadMs?: number | undefined;
  noticed: Noticed;
}

/** What the browser reported, in order; texts as they came, cut to 500 characters. */
export interface Noticed {
  /** `console.error` and what browsers print as errors themselves. */
  consoleErrors: { text: string; where?: string }[];
  /** Exceptions that nobody caught. */
  pageErrors: string[];
  /** Requests without an answer, and answers from 400 up, other than the page itself. */
  failedRequests: { url: string; method: string; status?: number; why?: string; kind: string }[];
  redirects: string[];
  dialogs: { kind: string; text: string }[];
  downloads: string[];
  popups: string[];
}

/** What a rule found on one page; severity and picture are added from `QA_RULES`. */
export interface RuleHit {
  rule: string;
  what: string;
  where?: string;
}

/** Looks, and leaves the page as it was. Contract: never throws for what is on the page. */
export type PageRule = (loaded: LoadedPage) => Promise<RuleHit[]>;
