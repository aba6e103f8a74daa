/** Ways to do the same, measured against each other. */
import { progress } from "./print.js";

/** @param waysOf what is measured in pair n; each way says its part of the pair. */
export async function measurePairs<Pair>(
  count: number,
  waysOf: (n: number) => Promise<(() => Promise<Partial<Pair>>)[]>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let n = 0; n < count; n++) {
    const ways = await waysOf(n);
    const from = n % ways.length;
    let pair: Partial<Pair> = {};
    // Each goes first in turn: the machine is not the same a minute later.
    for (const way of [...ways.slice(from), ...ways.slice(0, from)])
      pair = { ...pair, ...(await way()) };
    progress(`pair ${n + 1} of ${count}: ${JSON.stringify(pair)}`);
    pairs.push(pair as Pair);
  }
  return pairs;
}
