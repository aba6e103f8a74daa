/** Runs in the page: what makes it wider than the window, and what lies outside of it. */
import type { Box, PageDocument, PageElement, PageStyle } from "./dom.js";
import { controlsOf } from "./controls.js";
import { labelOf, selectorOf, shortText } from "./naming.js";
import { heightOf, intersect, scrolls, widthOf, type Seen } from "./seeing.js";
import type { SeenText } from "./texts.js";

declare const document: PageDocument;
declare const innerHeight: number;
declare function getComputedStyle(element: PageElement): PageStyle;

export interface Overflow {
  /** Of the page's contents and of the window. */
  width: number;
  room: number;
  selector: string;
  /** Right edge of that element. */
  right: number;
}

/** Whether the page can be scrolled sideways. */
export function scrollsSideways(): boolean {
  const roots = [document.documentElement, document.body];
  return !roots.some((root) => root && /hidden|clip/.test(getComputedStyle(root).overflowX));
}

/** What reaches beyond the right edge of the window, the outermost of those that reach farthest. */
export function findOverflow(all: Seen[], texts: SeenText[]): Overflow | undefined {
  const { scrollWidth: width, clientWidth: room } = document.documentElement;
  if (width <= room + 1 || !scrollsSideways()) return undefined;
  let farthest: { el: PageElement; right: number } | undefined;
  const note = (el: PageElement, box: Box | undefined): void => {
    if (box === undefined || widthOf(box) <= 0 || heightOf(box) <= 0) return;
    if (box.right > Math.max(room, farthest?.right ?? 0) + 1) farthest = { el, right: box.right };
  };
  for (const { el, box, clip, fixed, scrolled } of all)
    if (!fixed && !scrolled) note(el, intersect(box, clip));
  for (const { seen, lines } of texts)
    for (const line of lines)
      if (!seen.fixed && !seen.scrolled && !scrolls(seen))
        note(seen.el, intersect(line, seen.innerClip));
  const { el = document.documentElement, right = width } = farthest ?? {};
  return { width, room, selector: selectorOf(el), right: Math.round(right) };
}

export interface Outside {
  selector: string;
  label: string;
  kind: "text" | "control";
  side: "left" | "right" | "top" | "bottom";
  /** How far beyond the edge. */
  px: number;
  /** Nothing of it can be seen. */
  wholly: boolean;
}

/** How far a box is beyond an edge that nobody can scroll past. */
export function beyond(
  box: Box,
  fixed: boolean,
): Pick<Outside, "side" | "px" | "wholly"> | undefined {
  const width = document.documentElement.clientWidth;
  const cutRight = fixed || !scrollsSideways();
  const sides: Pick<Outside, "side" | "px" | "wholly">[] = [
    { side: "left", px: -box.left, wholly: box.right <= 1 },
    { side: "top", px: -box.top, wholly: box.bottom <= 1 },
  ];
  if (cutRight) sides.push({ side: "right", px: box.right - width, wholly: box.left >= width - 1 });
  if (fixed)
    sides.push({
      side: "bottom",
      px: box.bottom - innerHeight,
      wholly: box.top >= innerHeight - 1,
    });
  const [worst] = sides.filter(({ px }) => px > 4).sort((a, b) => b.px - a.px);
  return worst && { ...worst, px: Math.round(worst.px) };
}

/** Kept outside on purpose: skip links, drawers that slide in, texts for screen readers, what moves. */
export function isParked(seen: Seen, { px, wholly }: Pick<Outside, "px" | "wholly">): boolean {
  if (seen.moved || seen.aside) return true;
  if (!wholly) return false;
  if (px >= 900 || (seen.el.getAttribute("href") ?? "").startsWith("#")) return true;
  // A box that is outside as a whole with what is in it; a thing that is outside alone is lost.
  for (let at = seen.parent; at?.parent?.parent !== undefined; at = at.parent) {
    const placed = /absolute|fixed|sticky/.test(at.style.position);
    if (placed && beyond(at.box, at.fixed)?.wholly === true) return true;
  }
  return false;
}

/** Texts and controls that lie, wholly or in part, where nobody can see them. */
export function findOutside(all: Seen[], texts: SeenText[], limit: number): Outside[] {
  const found: Outside[] = [];
  const take = (seen: Seen, box: Box, kind: Outside["kind"], label: string): void => {
    const shown = intersect(box, kind === "text" ? seen.innerClip : seen.clip) ?? box;
    if (
      seen.scrolled ||
      (kind === "text" && scrolls(seen)) ||
      found.length >= limit ||
      widthOf(shown) < 2 ||
      heightOf(shown) < 2
    )
      return;
    const out = beyond(shown, seen.fixed);
    if (out === undefined || isParked(seen, out)) return;
    found.push({ selector: selectorOf(seen.el), label, kind, ...out });
  };
  const controls = new Set<PageElement>();
  for (const seen of controlsOf(all)) {
    controls.add(seen.el);
    if (seen.visible) take(seen, seen.box, "control", labelOf(seen.el));
  }
  for (const { seen, node, lines } of texts) {
    if (controls.has(seen.el)) continue;
    const box = lines.reduce((whole, line) => ({
      left: Math.min(whole.left, line.left),
      top: Math.min(whole.top, line.top),
      right: Math.max(whole.right, line.right),
      bottom: Math.max(whole.bottom, line.bottom),
    }));
    take(seen, box, "text", shortText(node.data));
  }
  return found;
}
