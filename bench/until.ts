/** Waits for something in this process or on the server; benches have no other way to see it. */
import { setTimeout as delay } from "node:timers/promises";

/** @throws naming `what` when it does not hold within `limitMs`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  { everyMs = 20, limitMs = 180_000 }: { everyMs?: number; limitMs?: number } = {},
): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`${what} did not come within ${limitMs} ms`);
    await delay(everyMs);
  }
}
