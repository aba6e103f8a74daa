/** What activities need to look at the pages of an app. */
import type { PlanApp, QaFlow, QaReport, Viewport } from "../domain/qa.js";
import type { Confinement } from "./ports.js";

/** How far this host can look at pages. `why`: what is missing, with the one command that mends it. */
export type BrowserState =
  { works: true; path: string; version: string } | { works: false; why: string };

/** One look at the app of a checkout. */
export interface LookOrder {
  app: PlanApp;
  /** Checkout in which the app is started; outside of it HOME, and the file that records its process group. */
  dir: string;
  home: string;
  groupFile: string;
  confine: Pick<Confinement, "readable" | "hosts">;
  flows: QaFlow[];
  viewports: Viewport[];
  crawl: number;
  external: boolean;
  /** Empty folder for `qa-report.json`, `index.html` and `assets/`. */
  out: string;
  /** Folder of the report of the last passed milestone, to compare pictures with. */
  baseline?: string;
  /** Of app and look together. */
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Starts the app, looks at it in a real browser, and stops both whatever happens.
 * Contract: what app, page or browser do is in the report (`not-run` with why); throws only when the signal is aborted.
 */
export interface BrowserPort {
  /** Tried once and remembered. */
  state(): Promise<BrowserState>;
  look(order: LookOrder): Promise<QaReport>;
}
