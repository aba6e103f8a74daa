/** Whether the page was answered as it should be, and in time. */
import type { LoadedPage, RuleHit } from "../loaded-page.js";
import { QA_TIMEOUTS } from "../options.js";
import type { QaRule } from "../rules.js";

export const ANSWER_RULES = {
  "http-status": {
    severity: "critical",
    says: "The page answers with another status than it should (any below 400).",
    unless: "The flow names the status that is right; 401 and 403 are `login-needed`.",
  },
  "slow-load": {
    severity: "minor",
    says: "The page took longer to load than the bound (5 s).",
    unless: "",
  },
} as const satisfies Record<string, QaRule>;

/** The status that the flow names; otherwise any below 400. */
export function isAnsweredRight({ status, flow }: Pick<LoadedPage, "status" | "flow">): boolean {
  if (flow.status !== undefined) return status === flow.status;
  return status === undefined || status < 400;
}

export function answerHits(loaded: LoadedPage): RuleHit[] {
  const { status, flow, page, loadMs, slowLoadMs = QA_TIMEOUTS.slowLoadMs } = loaded;
  const hits: RuleHit[] = [];
  const needsLogin = flow.status === undefined && (status === 401 || status === 403);
  if (!isAnsweredRight(loaded) && !needsLogin) {
    const wanted = flow.status === undefined ? "" : ` instead of ${flow.status}`;
    const what = `The page answers ${status ?? "nothing"}${wanted}.`;
    hits.push({ rule: "http-status", what, where: page.url() });
  }
  if (loadMs > slowLoadMs) {
    const what = `The page took ${seconds(loadMs)} s to load, more than ${seconds(slowLoadMs)} s.`;
    hits.push({ rule: "slow-load", what, where: page.url() });
  }
  return hits;
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
