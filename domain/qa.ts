/** What browser QA is asked and what it answers; `qa/` does it, validation, features, agents and `missions qa` use it. */
import type { Severity } from "./findings.js";

/** How a step names an element: a name people see (of a control, label or text), or one way of finding it. */
export type Target =
  | string
  | { role: string; name?: string | undefined }
  | { label: string }
  | { text: string }
  | { testId: string }
  | { css: string };

/** What must come true. A plain text: it is seen on the page. */
export type Expectation =
  | string
  | { see: Target }
  | { gone: Target }
  | { url: string }
  | { title: string }
  | { value: Target; is: string }
  | { count: Target; is: number };

export type FlowStep =
  | { goto: string }
  | { click: Target }
  | { fill: Target; with: string }
  | { select: Target; option: string }
  | { press: string; on?: Target | undefined }
  | { expect: Expectation };

/** One page, with steps one flow. `url` is a path of the app, or an address of the same origin. */
export interface QaFlow {
  url: string;
  name: string;
  steps?: FlowStep[] | undefined;
  /** HTTP status that is right here, as 404 of a page for errors; default: any below 400. */
  status?: number | undefined;
  /** Rules that do not count on this page, each with why; they are listed in the report. */
  ignore?: { rule: string; because: string }[] | undefined;
}

/** How the app of a repository is started for a look at it. */
export interface PlanApp {
  /** Shell command; PORT is in its environment, and `{port}` in it is replaced. */
  run: string;
  /** Run before, as installing packages or building. */
  prepare?: string[] | undefined;
  /** A port that it always takes; left out: a free one. */
  port?: number | undefined;
  /** Path that answers when it is ready; default `/`. */
  ready?: string | undefined;
  /** Default 60. */
  readySeconds?: number | undefined;
  /** Variables of its environment; never secrets. */
  env?: Record<string, string> | undefined;
  /** Other origins that its pages use on purpose, as a map server. */
  origins?: string[] | undefined;
}

/** What of the plan's flows belongs to a milestone or feature; by their names. `crawl`: links deep, from each; default 1. */
export interface QaScope {
  flows: string[];
  crawl?: number | undefined;
  /** Also ask links to other sites; default false. */
  external?: boolean | undefined;
}

export interface Viewport {
  name: string;
  width: number;
  height: number;
  /** Touch and a phone's pixel density. */
  mobile?: boolean | undefined;
}
export const DESKTOP: Viewport = { name: "desktop", width: 1_280, height: 800 };
export const MOBILE: Viewport = { name: "mobile", width: 390, height: 844, mobile: true };

/** 0, 1 and 2 as exit codes. */
export type QaVerdict = "passed" | "failed" | "not-run";

export interface QaFinding {
  /** Of `QA_RULES` in `qa/rules.ts`; axe's are `axe/<id>`. */
  rule: string;
  severity: Severity;
  /** Name of the page or flow. */
  page: string;
  url: string;
  viewport: string;
  /** One sentence, with what was measured. */
  what: string;
  /** Selector or address. */
  where?: string;
  /** Path of a picture below the report's folder. */
  picture?: string;
}

/** One page or flow at one viewport. Paths are relative to the report's folder. */
export interface QaVisit {
  name: string;
  url: string;
  viewport: string;
  status?: number;
  loadMs: number;
  title: string;
  picture?: string;
  /** Only so many pixels of a longer page are in the picture. */
  cutAtPx?: number;
  /** ARIA snapshot, as YAML text. */
  aria?: string;
  /** Trace or video, on failure only. */
  trace?: string;
  /** Share of pixels that differ from the last passed milestone, masked ones left out; absent: nothing to compare with. */
  changedPct?: number;
  /** Share of the picture that was not compared, because it changes by itself; absent: none. */
  maskedPct?: number;
  /** What happened beside the page, as far as anything did; dialogs were dismissed, downloads cancelled, windows closed. */
  met?: QaMet;
  /** The flow's step that failed, from 1, and why. */
  failedStep?: { step: number; why: string };
}

export interface QaMet {
  redirects?: string[];
  /** Kind and text, as `confirm: Delete it?`. */
  dialogs?: string[];
  downloads?: string[];
  /** Addresses of new windows. */
  popups?: string[];
}

/** `qa-report.json`. Its JSON schema is `qaReportJsonSchema()` in `domain/schemas/qa-report.ts`. */
export interface QaReport {
  version: 1;
  verdict: QaVerdict;
  /** Why it did not run, with the remedy; set for `not-run` only. */
  why?: string;
  url: string;
  startedAt: string;
  ms: number;
  browser?: { path: string; version: string };
  /** The earlier report with whose pictures these were compared, or why they were not; absent: none was given. */
  compared?: { startedAt: string; browser?: string } | { why: string };
  visits: QaVisit[];
  /** `unasked`: links to other sites that were not asked; absent: none. */
  links: { checked: number; external: number; unasked?: number };
  findings: QaFinding[];
  ignored: { rule: string; page: string; because: string; times: number }[];
}
