/** Columns of text; the last one takes what is left of the width. */
import { cleanLine } from "./clean.js";
import { column, displayWidth, fit } from "./width.js";

/** @param right indexes of columns with numbers. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: { width: number; right?: readonly number[] },
): string[] {
  const cells = [head, ...rows].map((row) => row.map(cleanLine));
  const widths = head.map((_, at) =>
    cells.reduce((most, row) => Math.max(most, displayWidth(row[at] ?? "")), 0),
  );
  const right = new Set(options.right ?? []);
  return cells.map((row) =>
    fit(
      row
        .map((text, at) => {
          const columns = widths[at] ?? 0;
          if (right.has(at)) return " ".repeat(Math.max(0, columns - displayWidth(text))) + text;
          return at === row.length - 1 ? text : column(text, columns);
        })
        .join("  "),
      options.width,
    ).trimEnd(),
  );
}
