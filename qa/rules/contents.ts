/** Whether a page shows what it should: something at all, no errors, no values and templates left raw. */
import type { LoadedPage, RuleHit } from "../loaded-page.js";
import type { QaRule } from "../rules.js";
import type { Survey } from "./survey.js";
import { faultIn } from "./texts.js";
import { quoted, shown } from "./wording.js";

export const CONTENT_RULES = {
  "empty-page": {
    severity: "critical",
    says: "The page, or its main part, shows nothing, or only that it is loading.",
    unless: "A picture, a chart, a field or a button is there.",
  },
  "error-overlay": {
    severity: "critical",
    says: "A framework's error overlay lies over the page.",
    unless: "",
  },
  "error-text": {
    severity: "major",
    says: "The page shows an error: a stack trace, an unhandled exception, a server's error text.",
    unless:
      "It stands in code, or in a longer text about errors; the flow names a status from 400.",
  },
  "broken-value": {
    severity: "major",
    says: "A value is missing and its place shows `undefined`, `null`, `NaN`, `[object Object]` or `Invalid Date`.",
    unless: "It stands in code, or as a word of a sentence.",
  },
  "unrendered-template": {
    severity: "major",
    says: "Braces of a template are seen: `{{ … }}`, `${ … }`, `<% … %>`, `{% … %}`.",
    unless: "They stand in code.",
  },
  "garbled-text": {
    severity: "minor",
    says: "Characters were lost: the text shows U+FFFD, or UTF-8 that was read as Latin-1.",
    unless: "They stand in code.",
  },
  "broken-image": {
    severity: "major",
    says: "A picture does not load.",
    unless: "It is not asked for yet; another site did not send it.",
  },
  "no-viewport-meta": {
    severity: "major",
    says: "On a phone the page is laid out for a desktop and shrunk: it has no viewport meta element.",
    unless: "The viewport is no phone's.",
  },
} as const satisfies Record<string, QaRule>;

const LOADING =
  /^(?:loading|please wait|initiali[sz]ing|connecting|wird geladen|bitte warten)\W*$/i;

export function contentHits(survey: Survey, { viewport, page, flow }: LoadedPage): RuleHit[] {
  const { contents, overlays, suspicious, images } = survey;
  const hits: RuleHit[] = [];
  const url = page.url();
  if (contents.text === "" && contents.things === 0)
    hits.push({ rule: "empty-page", what: "The page shows nothing at all.", where: url });
  else if (LOADING.test(contents.text) && contents.things === 0)
    hits.push({
      rule: "empty-page",
      what: `The page shows ${quoted(contents.text)} and nothing else.`,
      where: url,
    });
  else if (contents.emptyMain !== undefined) {
    const where = shown(contents.emptyMain);
    hits.push({
      rule: "empty-page",
      what: `The main part of the page (${where}) is empty.`,
      where,
    });
  }
  for (const { selector, text } of overlays) {
    const what = `An error overlay (${selector}) lies over the page: ${quoted(text)}.`;
    hits.push({ rule: "error-overlay", what, where: selector });
  }
  const errorIsRight = (flow.status ?? 0) >= 400;
  for (const { selector, text } of [...suspicious, { selector: "title", text: contents.title }]) {
    const rule = faultIn(text);
    if (rule === undefined || (rule === "error-text" && errorIsRight)) continue;
    const where = shown(selector);
    hits.push({ rule, what: `${where} shows ${quoted(text)}.`, where });
  }
  for (const { selector, src } of images) {
    const named = src === "" ? "has no address" : `does not load: ${shown(src)}`;
    const where = shown(selector);
    hits.push({ rule: "broken-image", what: `The picture ${where} ${named}.`, where });
  }
  if (viewport.mobile === true && !/width\s*=/.test(contents.viewport ?? "")) {
    const what = 'There is no <meta name="viewport"> with a width: phones shrink the page.';
    hits.push({ rule: "no-viewport-meta", what, where: url });
  }
  return hits;
}
