/** Runs in the page: texts that are cut off, or lie upon each other. */
import type { Box, PageDocument, PageElement, PageStyle, PageText } from "./dom.js";
import { selectorOf, shortText } from "./naming.js";
import { heightOf, holds, intersect, widthOf, type Seen } from "./seeing.js";

declare const document: PageDocument;
declare const innerHeight: number;
declare function getComputedStyle(element: PageElement, pseudo?: string): PageStyle;

/** A piece of text as it is drawn, line by line. */
export interface SeenText {
  seen: Seen;
  node: PageText;
  lines: Box[];
}

export function linesOf(node: PageText): Box[] {
  const range = document.createRange();
  range.selectNodeContents(node);
  return Array.from(range.getClientRects()).filter((box) => widthOf(box) > 0);
}

/** All texts that people see, at most `limit`. */
export function takeTexts(all: Seen[], limit: number): SeenText[] {
  const texts: SeenText[] = [];
  for (const seen of all) {
    if (!seen.visible || /^(?:script|style|option|svg)$/.test(seen.el.localName)) continue;
    for (const node of Array.from(seen.el.childNodes) as PageText[]) {
      if (node.nodeType !== 3 || node.data.trim() === "") continue;
      const lines = linesOf(node);
      if (lines.length > 0) texts.push({ seen, node, lines });
      if (texts.length >= limit) return texts;
    }
  }
  return texts;
}

export interface CutText {
  selector: string;
  text: string;
  by: string;
  side: "right" | "left" | "bottom" | "top";
  px: number;
}

/** A neighbour is wholly out of sight: this is a row or pile to go through, as slides. */
export function isOneOfMany(at: Seen, clipper: Seen): boolean {
  const { left, top, right, bottom } = clipper.box;
  return Array.from(at.el.parentElement?.children ?? []).some((twin) => {
    if (twin === at.el || twin.localName !== at.el.localName) return false;
    const box = twin.getBoundingClientRect();
    const outside =
      box.left >= right || box.right <= left || box.top >= bottom || box.bottom <= top;
    return outside && widthOf(box) > 0;
  });
}

/** Hidden on purpose: slides, tickers, and texts that fade out, end in dots or open. */
export function isMeantToBeCut(seen: Seen, clipper: Seen): boolean {
  const around = clipper.el.closest("[aria-roledescription], [role=marquee], [aria-live=off]");
  if (around !== null || clipper.style.maskImage !== "none") return true;
  if (getComputedStyle(clipper.el, "::after").backgroundImage !== "none") return true;
  if (clipper.el.parentElement?.querySelector(":scope > [aria-expanded]")) return true;
  for (let at: Seen | undefined = seen; at !== undefined; at = at.parent) {
    const { textOverflow, webkitLineClamp, transform, animationName } = at.style;
    if (textOverflow !== "clip" || webkitLineClamp !== "none") return true;
    if (transform !== "none" || animationName !== "none") return true;
    if (at === clipper) return false;
    if (isOneOfMany(at, clipper)) return true;
  }
  return false;
}

/** Texts of which a box with hidden overflow shows a part only. */
export function findCut(texts: SeenText[], limit: number): CutText[] {
  const found: CutText[] = [];
  for (const { seen, node, lines } of texts) {
    if (found.length >= limit) break;
    const clipper = clipperOf(seen);
    if (clipper === undefined || seen.aside) continue;
    const { el, box, style } = clipper;
    const left = box.left + el.clientLeft;
    const top = box.top + el.clientTop;
    const right = left + el.clientWidth;
    const bottom = top + el.clientHeight;
    let worst: Pick<CutText, "side" | "px"> | undefined;
    const note = (side: CutText["side"], px: number): void => {
      if (px > (worst?.px ?? 0)) worst = { side, px };
    };
    const shownLines = lines.filter((line) => line.top < bottom - 1 && line.bottom > top + 1);
    // Whole lines are hidden, and nothing leads to them.
    const hiddenLine = lines.find((line) => line.top >= bottom - 1);
    if (hiddenLine !== undefined && shownLines.length > 0 && style.overflowY !== "visible") {
      if (!clipper.parent?.el.querySelector("a[href], button, summary"))
        note("bottom", Math.max(...lines.map((line) => line.bottom)) - bottom);
    }
    for (const line of shownLines) {
      const shown = intersect(line, { left, top, right, bottom }) ?? line;
      if (widthOf(shown) < 4 || heightOf(shown) < 2) continue;
      if (style.overflowX !== "visible") {
        if (line.right - right > 3) note("right", line.right - right);
        if (left - line.left > 3) note("left", left - line.left);
      }
      if (style.overflowY !== "visible") {
        const least = heightOf(line) * 0.3;
        if (line.bottom - bottom > least) note("bottom", line.bottom - bottom);
        if (top - line.top > least) note("top", top - line.top);
      }
    }
    if (worst === undefined || isMeantToBeCut(seen, clipper)) continue;
    found.push({
      selector: selectorOf(seen.el),
      text: shortText(node.data),
      by: selectorOf(el),
      side: worst.side,
      px: Math.round(worst.px),
    });
  }
  return found;
}

/** What cuts the texts of an element: itself, or what cuts it. */
export function clipperOf(seen: Seen): Seen | undefined {
  const { overflowX, overflowY } = seen.style;
  const cuts = /hidden|clip/.test(`${overflowX} ${overflowY}`);
  const scrolls = /auto|scroll/.test(`${overflowX} ${overflowY}`);
  return cuts && !scrolls && seen.parent?.parent !== undefined ? seen : seen.clipper;
}

export interface TextOverlap {
  a: { selector: string; text: string };
  b: { selector: string; text: string };
  width: number;
  height: number;
}

/** The part of a line where its letters are. */
export function coreOf(line: Box, clip: Box | undefined): Box {
  const inset = heightOf(line) * 0.15;
  const { left, right, top, bottom } = line;
  return intersect({ left, right, top: top + inset, bottom: bottom - inset }, clip) ?? line;
}

export function blockOf(seen: Seen): Seen {
  let at = seen;
  while (at.style.display === "inline" && at.parent !== undefined) at = at.parent;
  return at;
}

/** How much of two lines lies upon each other; undefined: nothing that one would notice. */
export function overlapOf(a: Box, b: Box): { width: number; height: number; box: Box } | undefined {
  const box = intersect(a, b);
  if (box === undefined) return undefined;
  const width = widthOf(box);
  const height = heightOf(box);
  const least = Math.min(heightOf(a), heightOf(b)) * 0.25;
  return width >= 4 && height >= 3 && height >= least ? { width, height, box } : undefined;
}

/** Whether both are seen there: neither is under something that paints over it. */
export function bothShow(a: Seen, b: Seen, box: Box): boolean {
  const root = a.el.getRootNode() as PageDocument;
  if (root !== b.el.getRootNode()) return false;
  const stack = root.elementsFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  const places = [stack.indexOf(a.el), stack.indexOf(b.el)];
  if (places.includes(-1)) return false;
  const lower = (places[0] ?? 0) < (places[1] ?? 0) ? b : a;
  const above = stack.slice(0, Math.max(...places));
  return !above.some((el) => {
    if (holds(el, lower.el)) return false;
    const { backgroundColor, backgroundImage } = getComputedStyle(el);
    const alpha = /^rgba\(.*,\s*([\d.]+)\)$/.exec(backgroundColor)?.[1];
    const paints = backgroundColor !== "transparent" && Number(alpha ?? 1) > 0.5;
    return paints || backgroundImage !== "none";
  });
}

/** Pairs of texts that are drawn upon each other. Scrolls. */
export function findOverlaps(texts: SeenText[], limit: number): TextOverlap[] {
  const lines = texts
    .filter(({ seen }) => !seen.aside)
    .flatMap((text) =>
      text.lines.map((line, index) => ({ text, index, core: coreOf(line, text.seen.innerClip) })),
    )
    .filter(({ core }) => widthOf(core) > 0 && heightOf(core) > 0)
    .sort((a, b) => a.core.top - b.core.top);
  const found: TextOverlap[] = [];
  const told = new Set<string>();
  for (const [index, a] of lines.entries()) {
    for (let next = index + 1; next < lines.length && found.length < limit; next += 1) {
      const b = lines[next];
      if (b === undefined || b.core.top >= a.core.bottom) break;
      if (a.text === b.text || a.text.seen.fixed !== b.text.seen.fixed) continue;
      if (overlapOf(a.core, b.core) === undefined) continue;
      const [seenA, seenB] = [a.text.seen, b.text.seen];
      if (blockOf(seenA) === blockOf(seenB)) continue;
      // Measured anew where it can be seen: what scrolls apart does not overlap.
      if (a.core.top < 0 || a.core.bottom > innerHeight)
        seenA.el.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
      const nowA = linesOf(a.text.node)[a.index];
      const nowB = linesOf(b.text.node)[b.index];
      if (nowA === undefined || nowB === undefined) continue;
      const over = overlapOf(coreOf(nowA, undefined), coreOf(nowB, undefined));
      if (over === undefined || !bothShow(seenA, seenB, over.box)) continue;
      const say = ({ seen, node }: SeenText) => ({
        selector: selectorOf(seen.el),
        text: shortText(node.data),
      });
      const pair = { a: say(a.text), b: say(b.text) };
      const key = `${pair.a.selector} ${pair.b.selector}`;
      if (told.has(key)) continue;
      told.add(key);
      found.push({ ...pair, width: Math.round(over.width), height: Math.round(over.height) });
    }
  }
  return found;
}
