/** When a page is at rest: loaded, fonts there, requests and changes ended, animations at their end. */
import type { Page } from "playwright";
import { RedirectsForEver, TookTooLong, within } from "./bounded.js";
import { evaluateIsolated } from "./isolated-world.js";
import type { Notes } from "./notice.js";
import type { QaTimeouts } from "./options.js";

/** In CSS pixels. */
export interface PageSize {
  width: number;
  height: number;
}

/** A page that runs scripts is quiet when neither requests nor its content change for so long. */
const QUIET_MS = 50;
/** More documents than that before anybody has done anything are no accident. */
const MOST_MOVES = 10;

/**
 * Runs in the page. Loads lazy pictures and, where scripts run, scrolls through once, because much is shown on scrolling only;
 * ends animations as a picture needs them; waits for fonts, two frames, and (with scripts) until nothing changes.
 */
const SETTLE = `(async ({ quietMs, mostMs }) => {
  const until = performance.now() + mostMs;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const frame = () => Promise.race([new Promise((done) => requestAnimationFrame(done)), pause(200)]);
  const root = document.documentElement;
  const size = () => ({
    width: Math.max(root?.scrollWidth ?? 0, innerWidth),
    height: Math.max(root?.scrollHeight ?? 0, document.body?.scrollHeight ?? 0, innerHeight),
  });
  for (const lazy of document.querySelectorAll('img[loading="lazy"],iframe[loading="lazy"]')) lazy.loading = "eager";
  const scripted = document.scripts.length > 0;
  const { height } = size();
  if (scripted && height > innerHeight * 1.2 && scrollY === 0) {
    const stop = Math.min(height, innerHeight * 20);
    for (let at = innerHeight; at < stop && performance.now() < until; at += innerHeight) {
      scrollTo({ top: at, behavior: "instant" });
      await frame();
    }
    scrollTo({ top: 0, behavior: "instant" });
  }
  if (document.fonts?.status === "loading") await Promise.race([document.fonts.ready, pause(mostMs)]);
  if (scripted) {
    let changedAt = performance.now();
    const watch = new MutationObserver(() => { changedAt = performance.now(); });
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    for (let left = quietMs; left > 0 && performance.now() < until; left = changedAt + quietMs - performance.now()) await pause(left);
    watch.disconnect();
  }
  for (const animation of document.getAnimations?.() ?? []) {
    try { animation.finish(); } catch { animation.cancel(); }
  }
  await frame();
  await frame();
  return { ...size(), scripted };
})`;

/**
 * Bounded by `restMs` and about `answerMs` more. @returns the size of the whole page.
 * @throws TookTooLong when the page does not answer at all, RedirectsForEver, and Playwright's errors when it is gone.
 */
export async function comeToRest(
  page: Page,
  notes: Notes,
  { restMs, answerMs }: Pick<QaTimeouts, "restMs" | "answerMs">,
): Promise<PageSize> {
  const end = performance.now() + restMs;
  for (;;) {
    await requestsEnd(notes, end);
    if (notes.moves() > MOST_MOVES) throw new RedirectsForEver();
    const left = Math.max(0, end - performance.now());
    const settled = await settle(page, Math.min(left, 1_000), restMs + answerMs);
    const over = performance.now() >= end;
    // What it changed or loaded while it came to rest has to come to rest too.
    if (settled !== undefined && (over || notes.open.size === 0)) return settled;
    if (over && performance.now() >= end + restMs) throw new TookTooLong("it never comes to rest");
  }
}

/** @returns undefined when the page went elsewhere meanwhile. */
async function settle(page: Page, mostMs: number, boundMs: number): Promise<PageSize | undefined> {
  const asked = `${SETTLE}(${JSON.stringify({ quietMs: QUIET_MS, mostMs })})`;
  try {
    return await within(boundMs, evaluateIsolated<PageSize>(page, asked));
  } catch (error) {
    if (!(error instanceof Error) || !/context was destroyed|navigat/i.test(error.message))
      throw error;
    await page.waitForLoadState("load", { timeout: 5_000 }).catch(() => undefined);
    return undefined;
  }
}

async function requestsEnd({ open, crashed }: Notes, end: number): Promise<void> {
  while (open.size > 0 && !crashed() && performance.now() < end) {
    await new Promise((done) => setTimeout(done, 10));
  }
}
