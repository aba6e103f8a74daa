/** What the visit itself finds wrong, beside the rules that look at a page at rest. */
import type { QaRule } from "../rules.js";

export const VISIT_RULES = {
  "page-not-loaded": {
    severity: "critical",
    says: "The page could not be loaded: nothing answered, the connection broke, or it is a download and no page.",
    unless: "Nothing answers at all from the first page on: then the look did not run.",
  },
  "redirect-loop": {
    severity: "critical",
    says: "The address redirects for ever, by its answers or by what runs in its pages.",
    unless: "It comes to rest within ten steps.",
  },
  "page-unfinished": {
    severity: "major",
    says: "The page did not finish loading in the time it has.",
    unless: "What is open is a stream of events, a web socket, media or a beacon.",
  },
  "page-hangs": {
    severity: "critical",
    says: "The page stopped answering the browser, as by a loop without an end.",
    unless: "It answers within the time it has.",
  },
  "page-crashed": {
    severity: "critical",
    says: "The page ended its renderer, or the browser.",
    unless: "",
  },
  "login-needed": {
    severity: "major",
    says: "The page wants a login that the visit does not have: it answers 401 or 403, or leads to a page for logging in.",
    unless:
      "The flow logs in by its steps, asks for the login page itself, or names the status as right.",
  },
  "flow-failed": {
    severity: "major",
    says: "A step of the flow could not be done, or what it expects did not come true.",
    unless: "It comes true within the time of a step.",
  },
  "picture-changed": {
    severity: "minor",
    says: "The page looks different from its picture in the earlier report.",
    unless: "What differs also changes between two captures, or between two loads: it is masked.",
  },
  "look-unfinished": {
    severity: "major",
    says: "The page was not seen: the time of the look was over, or the browser ended, before it.",
    unless: "Nothing that was seen blocks: then the look did not run.",
  },
  "rule-not-run": {
    severity: "major",
    says: "A rule could not be applied, so what it looks for was not seen.",
    unless: "",
  },
} as const satisfies Record<string, QaRule>;
