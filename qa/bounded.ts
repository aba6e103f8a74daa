/** Waits that end: pages can hold the browser up for ever. */

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

/** First line of what an error says, without colours and Playwright's name of the call. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // eslint-disable-next-line no-control-regex -- colours are what is taken out
  const plain = text.replace(/\u001b\[[0-9;]*m/g, "");
  const line = plain.split("\n").find((part) => part.trim() !== "") ?? "";
  return line
    .replace(/^(?:Error: )?(?:[a-zA-Z]+\.[a-zA-Z$]+: )?(?:Error: )?/, "")
    .trim()
    .slice(0, 300);
}
