/** Runs in the page: how elements and texts are named in a report. */
import type { PageDocument, PageElement } from "./dom.js";

declare const document: PageDocument;
declare const CSS: { escape(text: string): string };

/** A short selector that people can follow: an id, or tags and classes up to the first id. */
export function selectorOf(el: PageElement): string {
  const parts: string[] = [];
  for (let at: PageElement | null = el; at !== null && parts.length < 4; at = at.parentElement) {
    if (at.id !== "" && at.id.length <= 60) {
      parts.unshift(`#${CSS.escape(at.id)}`);
      break;
    }
    const { localName: name } = at;
    const testId = at.getAttribute("data-testid");
    const classes = Array.from(at.classList).slice(0, 2);
    const own =
      testId === null
        ? at.localName + classes.map((one) => `.${CSS.escape(one)}`).join("")
        : `[data-testid="${CSS.escape(testId)}"]`;
    const twins = Array.from(at.parentElement?.children ?? []).filter(
      (twin) => twin.localName === name,
    );
    parts.unshift(twins.length > 1 ? `${own}:nth-of-type(${twins.indexOf(at) + 1})` : own);
    const found = document.querySelectorAll(parts.join(" > "));
    if (found.length === 1 && found[0] === el) break;
  }
  return parts.join(" > ").slice(0, 200);
}

export const shortText = (text: string | null): string =>
  (text ?? "").replace(/\s+/g, " ").trim().slice(0, 60);

/** What a control is called, as far as it can be told cheaply. */
export function labelOf(el: PageElement): string {
  const said = el.getAttribute("aria-label") ?? el.getAttribute("title");
  return shortText(said ?? (el.textContent?.trim() || el.placeholder || el.value || el.localName));
}
