/** Waits that end: pages can hold the browser up for ever. And what errors of the browser say. */
import { withoutEscapes } from "../domain/clean-text.js";

export class TookTooLong extends Error {
  override readonly name = "TookTooLong";
}

/** A page that goes on to another address again and again by itself. */
export class RedirectsForEver extends Error {
  override readonly name = "RedirectsForEver";
}

/** The promise's end, or `TookTooLong` after so many ms; what it does later is not awaited. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TookTooLong(`not done within ${ms / 1_000} s`));
    }, ms);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A machine on which a try takes longer is busy: the wait goes on until as many were made as fit in so long each. */
const BUSY_TRY_MS = 250;
/** But no longer than so many times the wait. */
export const MOST_WAITS = 4;

/** @returns true as soon as it holds, false when it does not in that time. */
export async function until(waitMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  const start = performance.now();
  for (let tries = 1; ; tries += 1) {
    if (await holds()) return true;
    const waitedMs = performance.now() - start;
    const isOver = waitedMs >= waitMs && tries * BUSY_TRY_MS >= waitMs;
    if (isOver || waitedMs >= waitMs * MOST_WAITS) return false;
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** What an error says, without colours. */
export function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return withoutEscapes(text);
}

/** Its first line, without Playwright's name of the call. */
export function sentenceOf(error: unknown): string {
  const line = textOf(error)
    .split("\n")
    .find((part) => part.trim() !== "");
  return (line ?? "")
    .replace(/^(?:Error: )?(?:[a-zA-Z]+\.[a-zA-Z$]+: )?(?:Error: )?/, "")
    .trim()
    .slice(0, 300);
}
