/** What has changed in a page's picture since an earlier report; what changes by itself is found by looking again. */
import type { Page } from "playwright";
import { comparePictures, unsteadyShare, type Compared } from "./pixels.js";

export interface Captures {
  before: Buffer;
  now: Buffer;
  page: Page;
  /** The same load once more. */
  again: () => Promise<Buffer>;
  /** A fresh load, in a window of its own, with the clock moved on by so many ms; undefined where a visit has effects. */
  fresh: ((clockMs: number) => Promise<Buffer | undefined>) | undefined;
}

/** Another year, month, day, hour, minute and second: all of a date or clock that a page shows is another then. */
const OTHER_DAY_MS = ((400 * 24 + 1) * 60 + 1) * 60_000 + 1_000;
/** A page that looks quite different on another day says nothing about what changes by itself. */
const MOST_UNSTEADY = 0.5;

/** Looks again only where something differs. @throws Playwright's errors. */
export async function changesOf({ before, now, page, again, fresh }: Captures): Promise<Compared> {
  if (before.equals(now)) return { changedPct: 0, maskedPct: 0 };
  const others: Buffer[] = [];
  if (fresh === undefined) {
    // Clocks of this page tick on; a second later they show the other day.
    await page.clock.setSystemTime(Date.now() + OTHER_DAY_MS);
    await page.waitForTimeout(1_100);
    others.push(await again());
  } else {
    others.push(await again());
    const steady = (picture: Buffer) => unsteadyShare(now, picture) <= MOST_UNSTEADY;
    const otherDay = await fresh(OTHER_DAY_MS);
    if (otherDay !== undefined && steady(otherDay)) others.push(otherDay);
    const sameDay = await fresh(0);
    if (sameDay !== undefined) others.push(sameDay);
  }
  return comparePictures(before, now, others);
}
