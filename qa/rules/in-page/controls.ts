/** Runs in the page: controls that are covered, or have no size. */
import type { Box, PageDocument, PageElement, PageStyle } from "./dom.js";
import { labelOf, selectorOf } from "./naming.js";
import {
  drawnChildren,
  heightOf,
  holds,
  intersect,
  parentOf,
  widthOf,
  type Seen,
} from "./seeing.js";

declare const document: PageDocument;
declare const innerHeight: number;
declare const innerWidth: number;
declare function scrollBy(by: { left: number; top: number; behavior: string }): void;
declare function getComputedStyle(element: PageElement): PageStyle;

export interface FoundControl {
  selector: string;
  label: string;
}
export interface CoveredControl extends FoundControl {
  by: string;
  x: number;
  y: number;
}
export interface EmptyControl extends FoundControl {
  width: number;
  height: number;
}

/** Elements that people operate and that work now. */
export function controlsOf(all: Seen[]): Seen[] {
  const operated =
    "a[href], button, input, select, textarea, summary, [role=button], [role=link], [role=checkbox], [role=radio], [role=switch], [role=tab], [role=menuitem]";
  return all.filter(
    ({ el, aside, style }) =>
      el.matches(operated) &&
      el.type !== "hidden" &&
      !aside &&
      el.disabled !== true &&
      style.visibility === "visible" &&
      style.pointerEvents !== "none",
  );
}

/** The innermost element that a click at this point of the window reaches. */
export function reached(x: number, y: number): PageElement | null {
  let hit = document.elementFromPoint(x, y);
  for (;;) {
    const inner = hit?.shadowRoot?.elementFromPoint(x, y) ?? null;
    if (inner === null || inner === hit) return hit;
    hit = inner;
  }
}

/** Same control for a person: inside or around it, its label, or another part of its widget. */
export function belongs(hit: PageElement, el: PageElement): boolean {
  if (holds(el, hit) || holds(hit, el)) return true;
  const label = hit.closest("label");
  if (label !== null && (label.control === el || holds(label, el))) return true;
  const widget = el.closest("[role=combobox], [role=listbox], [role=slider], [role=spinbutton]");
  return widget !== null && holds(widget, hit);
}

/** Something opened above the page: what lies below is meant to be out of reach. */
export function isAbove(hit: PageElement, afterSteps: boolean): boolean {
  const opened =
    "dialog, [role=dialog], [role=alertdialog], [aria-modal=true], [popover], [role=menu], [role=listbox], [role=tooltip]";
  if (hit.closest(opened) !== null) return true;
  const modal = document.querySelector("dialog[open], [aria-modal=true]");
  if (modal?.checkVisibility() === true) return true;
  // After steps, what floats is what they opened.
  for (let at: PageElement | null = hit; afterSteps && at !== null; at = parentOf(at)) {
    const { position, zIndex } = getComputedStyle(at);
    if (/absolute|fixed/.test(position) && Number(zIndex) > 0) return true;
  }
  return false;
}

/** First box of an element, scrolled away from the edges of the window, where bars stay that cover nothing for good. */
export function broughtInside(el: PageElement): Box | undefined {
  const inside = (box: Box): boolean => {
    const middle = (box.top + box.bottom) / 2;
    return middle >= innerHeight * 0.2 && middle <= innerHeight * 0.8;
  };
  const before = el.getClientRects()[0];
  if (before === undefined || inside(before)) return before;
  // To the upper part, so that those after it are inside as well.
  scrollBy({ left: 0, top: before.top - innerHeight * 0.25, behavior: "instant" });
  const after = el.getClientRects()[0];
  if (after === undefined || inside(after)) return after;
  el.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  return el.getClientRects()[0];
}

/** Controls whose middle, and at least half of the rest, a click does not reach. Scrolls. */
export function findCovered(all: Seen[], afterSteps: boolean, limit: number): CoveredControl[] {
  const found: CoveredControl[] = [];
  // Each costs a hit test: of an endless list the first ones tell.
  for (const { el, visible, box, clip, style } of controlsOf(all).slice(0, 500)) {
    if (found.length >= limit) break;
    if (!visible || Number(style.opacity) < 0.1) continue;
    const shown = intersect(box, clip);
    if (shown === undefined || widthOf(shown) < 8 || heightOf(shown) < 8) continue;
    const at = broughtInside(el);
    if (at === undefined) continue;
    const x = (at.left + at.right) / 2;
    const y = (at.top + at.bottom) / 2;
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
    const foreign = (px: number, py: number): PageElement | undefined => {
      const hit = reached(px, py);
      return hit === null || belongs(hit, el) ? undefined : hit;
    };
    const by = foreign(x, y);
    if (by === undefined || isAbove(by, afterSteps)) continue;
    const dx = widthOf(at) / 4;
    const dy = heightOf(at) / 4;
    const around: [number, number][] = [
      [x - dx, y - dy],
      [x + dx, y - dy],
      [x - dx, y + dy],
      [x + dx, y + dy],
    ];
    if (around.filter(([px, py]) => foreign(px, py) !== undefined).length < 2) continue;
    found.push({
      selector: selectorOf(el),
      label: labelOf(el),
      by: selectorOf(by),
      x: Math.round(x),
      y: Math.round(y),
    });
  }
  return found;
}

/** Whether anything that it draws has a size: a link around a floating picture has none itself. */
export function drawsNothing(el: PageElement): boolean {
  const { left, top, right, bottom } = el.getBoundingClientRect();
  if (right - left >= 1 && bottom - top >= 1) return false;
  return drawnChildren(el).every(drawsNothing);
}

/** Controls without a size that can still be reached by keyboard. */
export function findEmpty(all: Seen[], limit: number): EmptyControl[] {
  const found: EmptyControl[] = [];
  for (const { el, box, faint } of controlsOf(all)) {
    if (found.length >= limit) break;
    const cut = Math.min(widthOf(box), heightOf(box));
    if (cut >= 1 || faint || el.tabIndex < 0 || !el.checkVisibility() || !drawsNothing(el))
      continue;
    // A field that its label stands for.
    if (el.closest("label") !== null || /checkbox|radio|file/.test(el.type ?? "")) continue;
    found.push({
      selector: selectorOf(el),
      label: labelOf(el),
      width: Math.round(widthOf(box)),
      height: Math.round(heightOf(box)),
    });
  }
  return found;
}
