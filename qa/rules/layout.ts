/** Where a page breaks at this width: too wide, cut off, covered, outside, without a size. */
import type { LoadedPage, RuleHit } from "../loaded-page.js";
import type { QaRule } from "../rules.js";
import type { Survey } from "./survey.js";
import { quoted, shown } from "./wording.js";

export const LAYOUT_RULES = {
  "page-overflow": {
    severity: "major",
    says: "The page is wider than the window and has to be scrolled sideways.",
    unless: "A part of it scrolls by itself, as a wide table in a box.",
  },
  "cut-text": {
    severity: "major",
    says: "A box cuts a text off in the middle of a line or of its letters.",
    unless: "It ends in dots, fades out, can be opened, moves, or is one slide of several.",
  },
  "overlapping-text": {
    severity: "major",
    says: "Two texts are drawn upon each other.",
    unless:
      "One is painted over by what lies above it, is for decoration (aria-hidden), or is part of a drawing (SVG).",
  },
  "covered-control": {
    severity: "major",
    says: "A control is covered by something else: a click does not reach it.",
    unless:
      "It is covered by its own label or widget, by a dialog or menu, or by a bar from which it can be scrolled away.",
  },
  "off-screen": {
    severity: "major",
    says: "A text or control lies, wholly or in part, outside of what can be scrolled to.",
    unless: "It is a skip link, a drawer, for screen readers only, or moves.",
  },
  "zero-size-control": {
    severity: "major",
    says: "A control has no size but can be reached by keyboard.",
    unless: "Its label stands for it, or what is in it has a size.",
  },
} as const satisfies Record<string, QaRule>;

export function layoutHits(survey: Survey, { viewport }: LoadedPage): RuleHit[] {
  const { overflow, cut, overlaps, covered, outside, empty } = survey;
  const hit = (rule: keyof typeof LAYOUT_RULES, selector: string, what: string): RuleHit => ({
    rule,
    what,
    where: shown(selector),
  });
  const hits: RuleHit[] = [];
  if (overflow !== undefined) {
    const { selector, width, room, right } = overflow;
    const cause = `${shown(selector)} reaches to ${right} px`;
    hits.push(
      hit(
        "page-overflow",
        selector,
        `The page is ${width} px wide in a window of ${room} px: ${cause}.`,
      ),
    );
  }
  for (const { selector, text, by, side, px } of cut) {
    const what = `${shown(by)} cuts ${px} px off the ${side} of the text ${quoted(text)} in ${shown(selector)}.`;
    hits.push(hit("cut-text", selector, what));
  }
  for (const { a, b, width, height } of overlaps) {
    const what = `The texts ${quoted(a.text)} (${shown(a.selector)}) and ${quoted(b.text)} (${shown(b.selector)}) overlap by ${width} x ${height} px.`;
    hits.push(hit("overlapping-text", a.selector, what));
  }
  for (const { selector, label, by } of covered) {
    const what = `A click on ${quoted(label)} (${shown(selector)}) hits ${shown(by)}, which covers it.`;
    hits.push(hit("covered-control", selector, what));
  }
  for (const { selector, label, kind, side, px, wholly } of outside) {
    const part = wholly ? "wholly" : `by ${px} px`;
    const what = `The ${kind} ${quoted(label)} (${shown(selector)}) lies ${part} beyond the ${side} edge of the ${viewport.width} px wide page.`;
    hits.push(hit("off-screen", selector, what));
  }
  for (const { selector, label, width, height } of empty) {
    const what = `The control ${quoted(label)} (${shown(selector)}) is ${width} x ${height} px large.`;
    hits.push(hit("zero-size-control", selector, what));
  }
  return hits;
}
