/** What browser QA looks for: each rule with how bad it is, what it says and when it does not count. */
import type { Severity } from "../domain/findings.js";
import { ANSWER_RULES } from "./rules/answer.js";
import { CONTENT_RULES } from "./rules/contents.js";
import { LAYOUT_RULES } from "./rules/layout.js";
import { LINK_RULES } from "./rules/link-rules.js";
import { NOTICED_RULES } from "./rules/noticed.js";
import { UNASKED_RULES } from "./rules/unasked.js";
import { VISIT_RULES } from "./rules/visit-rules.js";

export interface QaRule {
  severity: Severity;
  /** What is wrong when it is hit. */
  says: string;
  /** Look-alikes that are left alone. */
  unless: string;
}

export const QA_RULES = {
  ...VISIT_RULES,
  ...ANSWER_RULES,
  ...NOTICED_RULES,
  ...UNASKED_RULES,
  ...CONTENT_RULES,
  ...LAYOUT_RULES,
  ...LINK_RULES,
} as const satisfies Record<string, QaRule>;

/** axe's rules of lower impact (moderate, minor); all others are critical or serious. */
const MINOR_AXE = new Set([
  "aria-deprecated-role",
  "form-field-multiple-labels",
  "html-xml-lang-mismatch",
  "meta-viewport",
  "no-autoplay-audio",
  "server-side-image-map",
]);

/** How bad a rule's hits are; `axe/<id>` by axe's impact. A rule that nobody knows blocks. */
export function severityOf(rule: string): Severity {
  if (rule.startsWith("axe/")) return MINOR_AXE.has(rule.slice("axe/".length)) ? "minor" : "major";
  const known: Readonly<Record<string, QaRule | undefined>> = QA_RULES;
  return known[rule]?.severity ?? "major";
}
