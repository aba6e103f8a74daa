/** Runs in the page: one walk over all that is shown, with where it is and what cuts it. */
import type { Box, PageDocument, PageElement, PageStyle } from "./dom.js";

declare const document: PageDocument;
declare function getComputedStyle(element: PageElement, pseudo?: string): PageStyle;
declare const innerWidth: number;
declare const innerHeight: number;

/** An element that is rendered. Boxes are of the page scrolled to its start. */
export interface Seen {
  el: PageElement;
  style: PageStyle;
  box: Box;
  parent: Seen | undefined;
  /** What its ancestors leave of the page for it; scrolling boxes that fill the window do not count. */
  clip: Box | undefined;
  /** The same for what is in it, as its texts. */
  innerClip: Box | undefined;
  /** In a box of the page that scrolls: what lies outside can be reached. */
  scrolled: boolean;
  /** The nearest ancestor that cuts it for good (`overflow: hidden` or `clip`). */
  clipper: Seen | undefined;
  /** Stays where it is while the page scrolls. */
  fixed: boolean;
  /** Itself or an ancestor is transformed or animated. */
  moved: boolean;
  /** Itself or an ancestor is transparent, or meant for screen readers only. */
  faint: boolean;
  /** Seen by people. */
  visible: boolean;
  /** `aria-hidden` or inert, itself or an ancestor. */
  aside: boolean;
  /** Shows code, or what a person types. */
  code: boolean;
}

/** What children get from an ancestor: for those in the flow, absolute ones, fixed ones. */
interface Room {
  flow: Pick<Seen, "clip" | "clipper">;
  absolute: Pick<Seen, "clip" | "clipper">;
  fixed: Pick<Seen, "clip" | "clipper">;
}

export function intersect(a: Box | undefined, b: Box | undefined): Box | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

export const widthOf = (box: Box): number => box.right - box.left;
export const heightOf = (box: Box): number => box.bottom - box.top;

/** The parent as it is drawn: of a slotted element its slot, of a shadow tree its host. */
export function parentOf(el: PageElement): PageElement | null {
  const root = el.getRootNode() as { host?: PageElement };
  return el.assignedSlot ?? el.parentElement ?? root.host ?? null;
}

export function holds(outer: PageElement, inner: PageElement): boolean {
  for (let at: PageElement | null = inner; at !== null; at = parentOf(at)) {
    if (at === outer) return true;
  }
  return false;
}

export function drawnChildren(el: PageElement): PageElement[] {
  const slotted = el.assignedNodes?.().filter(({ nodeType }) => nodeType === 1) ?? [];
  if (slotted.length > 0) return slotted as PageElement[];
  const from = el.shadowRoot?.childNodes ?? el.childNodes;
  return Array.from(from).filter(({ nodeType }) => nodeType === 1) as PageElement[];
}

/** The way of hiding text from eyes only: a box of a pixel, or all of it clipped away. */
export function isForReadersOnly(style: PageStyle, box: Box): boolean {
  const clipped = style.clip !== "auto" || /inset\((?:50|100)%/.test(style.clipPath);
  if (style.position === "absolute" && clipped) return true;
  const side = Math.max(widthOf(box), heightOf(box));
  return side > 0 && side <= 1 && style.overflowX !== "visible";
}

export const isRoot = (el: PageElement): boolean =>
  el === document.documentElement || el === document.body;

export const scrolls = ({ el, style }: Pick<Seen, "el" | "style">): boolean =>
  !isRoot(el) && /auto|scroll/.test(`${style.overflowX} ${style.overflowY}`);

export function roomInside(seen: Seen, room: Room): Room {
  const { el, style, box } = seen;
  const own = { clip: seen.clip, clipper: seen.clipper };
  const { overflowX, overflowY, position } = style;
  let flow = own;
  if (!isRoot(el) && (overflowX !== "visible" || overflowY !== "visible")) {
    const left = box.left + el.clientLeft;
    const top = box.top + el.clientTop;
    const inner = { left, top, right: left + el.clientWidth, bottom: top + el.clientHeight };
    const cuts = /hidden|clip/.test(`${overflowX} ${overflowY}`);
    const fills = widthOf(inner) * heightOf(inner) > (innerWidth * innerHeight) / 2;
    const open = {
      left: overflowX === "visible" ? -Infinity : left,
      top: overflowY === "visible" ? -Infinity : top,
      right: overflowX === "visible" ? Infinity : inner.right,
      bottom: overflowY === "visible" ? Infinity : inner.bottom,
    };
    flow = {
      clip: scrolls(seen) && fills ? own.clip : intersect(own.clip, open),
      // What scrolls can be read to its end.
      clipper: scrolls(seen) ? undefined : cuts ? seen : own.clipper,
    };
  }
  const holdsFixed = style.transform !== "none";
  const positioned = position !== "static" || holdsFixed;
  return {
    flow,
    absolute: positioned ? flow : room.absolute,
    fixed: holdsFixed ? flow : room.fixed,
  };
}

/** All that is rendered, in the order of the page, at most `limit` elements. */
export function takeSeen(limit: number): Seen[] {
  const all: Seen[] = [];
  const none = { clip: undefined, clipper: undefined };
  const walk = (el: PageElement, parent: Seen | undefined, room: Room): void => {
    const style = getComputedStyle(el);
    if (style.display === "none" || all.length >= limit) return;
    const { left, top, right, bottom } = el.getBoundingClientRect();
    const box = { left, top, right, bottom };
    const { position } = style;
    const mine =
      position === "fixed" ? room.fixed : position === "absolute" ? room.absolute : room.flow;
    const faint =
      (parent?.faint ?? false) || Number(style.opacity) <= 0.05 || isForReadersOnly(style, box);
    const seen: Seen = {
      el,
      style,
      box,
      parent,
      clip: mine.clip,
      innerClip: mine.clip,
      scrolled: (parent?.scrolled ?? false) || (parent !== undefined && scrolls(parent)),
      clipper: mine.clipper,
      fixed: position === "fixed" || (parent?.fixed ?? false),
      moved:
        style.transform !== "none" || style.animationName !== "none" || (parent?.moved ?? false),
      faint,
      visible: !faint && style.visibility === "visible" && el.checkVisibility(),
      aside:
        el.getAttribute("aria-hidden") === "true" ||
        el.hasAttribute("inert") ||
        (parent?.aside ?? false),
      code:
        el.matches(
          "code, pre, kbd, samp, var, textarea, [contenteditable], .highlight, .cm-editor, .monaco-editor",
        ) ||
        (parent?.code ?? false),
    };
    all.push(seen);
    const inside = roomInside(seen, room);
    seen.innerClip = inside.flow.clip;
    if (el.localName === "svg") return;
    for (const child of drawnChildren(el)) walk(child, seen, inside);
  };
  walk(document.documentElement, undefined, { flow: none, absolute: none, fixed: none });
  return all;
}
