/** Pictures of pages at rest: whole, but never without end. */
import type { Page } from "playwright";
import type { PageSize } from "./rest.js";

export interface Picture {
  png: Buffer;
  /** The page is longer or wider: only so many pixels of it are in the picture. */
  cutAtPx?: number;
}

/** CSS pixels; a longer page takes a picture that nobody can open. */
const TALLEST_PX = 10_000;
const WIDEST_PX = 4_000;

/** @throws Playwright's errors. */
export async function takePicture(
  page: Page,
  { width, height }: PageSize,
  timeoutMs: number,
): Promise<Picture> {
  const fits = height <= TALLEST_PX && width <= WIDEST_PX;
  const png = await page.screenshot({
    fullPage: true,
    animations: "disabled",
    scale: "css",
    timeout: timeoutMs,
    ...(fits
      ? {}
      : {
          clip: {
            x: 0,
            y: 0,
            width: Math.min(width, WIDEST_PX),
            height: Math.min(height, TALLEST_PX),
          },
        }),
  });
  return fits ? { png } : { png, cutAtPx: height > TALLEST_PX ? TALLEST_PX : WIDEST_PX };
}
