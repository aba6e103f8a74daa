/** Where benches write: tables and sentences on stdout, progress on stderr. */
import { table } from "../client/terminal/table.js";

export function say(text = ""): void {
  console.log(text);
}

export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Columns after the first hold numbers. */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const cells = rows.map((row) => row.map(String));
  const right = head.map((_, at) => at).slice(1);
  for (const line of table(head, cells, { width: 200, right })) say(line);
  say();
}
