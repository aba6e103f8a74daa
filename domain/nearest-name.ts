/** Did you mean? The known name that is nearest to a mistyped one. */

/** @returns the nearest of `known`, or undefined when none is near (a third of the letters may differ, at least two). */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  const plain = (name: string) =>
    name
      .slice(0, 60)
      .toLowerCase()
      .replaceAll(/[_\- ]/g, "");
  const wanted = plain(typed);
  let nearest: string | undefined;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const name of known) {
    const changes = editDistance(wanted, plain(name));
    if (changes < least && changes < plain(name).length) {
      nearest = name;
      least = changes;
    }
  }
  return nearest;
}

/** Letters to insert, drop or replace (Levenshtein), one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
