/** Runs in the page: everything that rules need to know about it, in one go; leaves it as it was. */
import { findBrokenImages, findOverlays, findSuspicious, takeContents } from "./contents.js";
import { findCovered, findEmpty } from "./controls.js";
import type { PageElement } from "./dom.js";
import { findOutside, findOverflow } from "./edges.js";
import { takeSeen } from "./seeing.js";
import { findCut, findOverlaps, takeTexts } from "./texts.js";

declare const scrollX: number;
declare const scrollY: number;
declare function scrollTo(options: { left: number; top: number; behavior: string }): void;

export interface SurveyBounds {
  /** Elements and texts that are looked at. */
  elements: number;
  /** Hits of each kind. */
  hits: number;
  /** Something was clicked or filled before: what floats now was opened. */
  afterSteps: boolean;
}

export type Survey = ReturnType<typeof takeSurvey>;

export function takeSurvey({ elements, hits, afterSteps }: SurveyBounds) {
  const start = { left: scrollX, top: scrollY };
  scrollTo({ left: 0, top: 0, behavior: "instant" });
  const all = takeSeen(elements);
  const scrolled: [PageElement, number, number][] = all
    .filter(({ style }) => style.overflowX !== "visible" || style.overflowY !== "visible")
    .map(({ el }) => [el, el.scrollLeft, el.scrollTop]);
  try {
    const texts = takeTexts(all, elements);
    // Those that scroll come last: boxes are measured at the start of the page.
    return {
      elements: all.length,
      contents: takeContents(all, texts),
      suspicious: findSuspicious(all, texts, hits * 5),
      overlays: findOverlays(),
      images: findBrokenImages(all, hits),
      overflow: findOverflow(all, texts),
      outside: findOutside(all, texts, hits),
      cut: findCut(texts, hits),
      empty: findEmpty(all, hits),
      overlaps: findOverlaps(texts, hits),
      covered: findCovered(all, afterSteps, hits),
    };
  } finally {
    for (const [el, left, top] of scrolled) {
      if (el.scrollLeft !== left) el.scrollLeft = left;
      if (el.scrollTop !== top) el.scrollTop = top;
    }
    scrollTo({ ...start, behavior: "instant" });
  }
}
