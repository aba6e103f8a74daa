/** Runs in the page: what it says and shows, and what looks as if something failed. */
import type { PageDocument, PageElement } from "./dom.js";
import { selectorOf, shortText } from "./naming.js";
import { heightOf, widthOf, type Seen } from "./seeing.js";
import { blockOf, type SeenText } from "./texts.js";

declare const document: PageDocument;

export interface SaidText {
  selector: string;
  /** At most 300 characters. */
  text: string;
}

/** Texts that may be the sign of a fault; whether they are is judged outside of the page. */
export function findSuspicious(all: Seen[], texts: SeenText[], limit: number): SaidText[] {
  const sign =
    /undefined|NaN|null|\[object |\{\{|\$\{|<%|\{%|Invalid Date|error|exception|cannot |traceback|fatal|warning|wrong|failed|sqlstate|unavailable|\n\s*at |\uFFFD|Ã|â€/i;
  const blocks = new Map<Seen, string>();
  for (const { seen, node } of texts) {
    if (seen.code) continue;
    const block = blockOf(seen);
    blocks.set(block, (blocks.get(block) ?? "") + node.data);
  }
  const found: SaidText[] = [];
  const note = (el: PageElement, text: string): void => {
    if (found.length < limit && sign.test(text))
      found.push({ selector: selectorOf(el), text: text.trim().slice(0, 300) });
  };
  for (const [{ el }, text] of blocks) note(el, text);
  for (const { el, visible } of all) {
    if (!visible) continue;
    if (el.localName === "input" || el.localName === "option")
      note(el, `${el.value ?? ""}${el.placeholder ?? ""}`);
    if (el.localName === "svg")
      for (const label of Array.from(el.querySelectorAll("text")))
        note(el, label.textContent ?? "");
    // Stack traces are set in `pre`; nothing else in code is judged.
    if (el.localName === "pre" && el.closest("main, article") === null)
      note(el, `${el.textContent}`);
  }
  return found;
}

export interface Contents {
  title: string;
  /** `content` of the meta element for the viewport. */
  viewport: string | null;
  /** The first of all visible text. */
  text: string;
  /** Pictures, charts, fields and other things to see that are no text. */
  things: number;
  /** The main part, where it has nothing to see. */
  emptyMain: string | undefined;
  hasPassword: boolean;
}

export function takeContents(all: Seen[], texts: SeenText[]): Contents {
  const things = all.filter(
    ({ el, visible, box }) =>
      visible &&
      /^(?:img|svg|canvas|video|audio|iframe|object|embed|input|textarea|select|button|progress|meter|hr)$/.test(
        el.localName,
      ) &&
      widthOf(box) > 1 &&
      heightOf(box) > 1,
  );
  const main = document.querySelector("main, [role=main]") ?? document.querySelector("#root, #app");
  const inMain = ({ el }: Pick<Seen, "el">) =>
    el.closest("main, [role=main], #root, #app") === main;
  const isEmpty =
    main !== null &&
    main.checkVisibility() &&
    !things.some(inMain) &&
    !texts.some(({ seen }) => inMain(seen)) &&
    main.shadowRoot === null;
  return {
    title: document.title,
    viewport: document.querySelector("meta[name=viewport]")?.getAttribute("content") ?? null,
    text: texts
      .slice(0, 50)
      .map(({ node }) => node.data.trim())
      .join(" ")
      .slice(0, 500),
    things: things.length,
    emptyMain: isEmpty ? selectorOf(main) : undefined,
    hasPassword: all.some(({ el, visible }) => visible && el.matches("input[type=password]")),
  };
}

export interface BrokenImage {
  selector: string;
  /** Its address; empty: it has none. */
  src: string;
}

/** Pictures that are loaded and have no pixels. */
export function findBrokenImages(all: Seen[], limit: number): BrokenImage[] {
  return all
    .filter(
      ({ el, style }) =>
        el.localName === "img" &&
        style.visibility === "visible" &&
        (el.hasAttribute("src") || el.hasAttribute("srcset")) &&
        el.complete === true &&
        el.naturalWidth === 0,
    )
    .slice(0, limit)
    .map(({ el }) => ({ selector: selectorOf(el), src: el.currentSrc ?? "" }));
}

/** What frameworks lay over a page in development when it is broken. */
export function findOverlays(): SaidText[] {
  const overlays: [string, string][] = [
    ["vite-error-overlay", ".message-body"],
    ["#webpack-dev-server-client-overlay", "*"],
    ["nextjs-portal", "[data-nextjs-dialog], [data-nextjs-dialog-overlay]"],
    ["parcel-error-overlay", ".title"],
    ["nuxt-error-overlay", "*"],
    ["bun-hmr", ".message"],
    ["body > iframe[style*='z-index: 2147483647']", "*"],
  ];
  return overlays.flatMap(([selector, inside]) => {
    const host = document.querySelector(selector);
    if (host === null) return [];
    const said = host.shadowRoot?.querySelector(inside) ?? host.querySelector(inside);
    // A portal is always there; its dialog only when something is wrong.
    if (selector === "nextjs-portal" && said === null) return [];
    return [{ selector, text: shortText(said?.textContent ?? host.textContent) }];
  });
}
