/** What a page does to its visitor without being asked. */
import type { LoadedPage, RuleHit } from "../loaded-page.js";
import type { QaRule } from "../rules.js";
import { quoted } from "./wording.js";

export const UNASKED_RULES = {
  "dialog-at-load": {
    severity: "major",
    says: "A dialog of the browser opened by itself.",
    unless: "The flow has steps: then one of them may have asked for it.",
  },
  "download-at-load": {
    severity: "major",
    says: "A download began by itself.",
    unless: "The flow has steps.",
  },
  "popup-at-load": {
    severity: "major",
    says: "A new window opened by itself.",
    unless: "The flow has steps.",
  },
} as const satisfies Record<string, QaRule>;

export function unaskedHits({ flow, noticed }: LoadedPage): RuleHit[] {
  if ((flow.steps ?? []).length > 0) return [];
  return [
    ...noticed.dialogs.map(({ kind, text }) => ({
      rule: "dialog-at-load",
      what: `A dialog (${quoted(kind)}) opened by itself and says ${quoted(text)}.`,
    })),
    ...noticed.downloads.map((name) => ({
      rule: "download-at-load",
      what: `A download began by itself: ${quoted(name)}.`,
    })),
    ...noticed.popups.map((url) => ({
      rule: "popup-at-load",
      what: `A new window opened by itself: ${quoted(url)}.`,
    })),
  ];
}
