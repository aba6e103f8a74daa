/** Columns of text; the last one takes what is left of the width. Where too little is left, each row becomes a list. */
import { cleanLine } from "./clean.js";
import { column, displayWidth, fit } from "./width.js";

/** Of the last column; with less of it a row says nothing. */
const LEAST_COLUMNS = 8;

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
  const before = widths.slice(0, -1).reduce((sum, columns) => sum + columns + 2, 0);
  if (before + Math.min(LEAST_COLUMNS, widths.at(-1) ?? 0) > options.width) {
    return cells.slice(1).flatMap((row) => listed(head, row, options.width));
  }
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

/** The first named cell stands above the others; a mark before it goes with it. */
function listed(head: readonly string[], row: readonly string[], width: number): string[] {
  const named = Math.max(
    0,
    head.findIndex((name) => name !== ""),
  );
  const marks = row.slice(0, named).filter((cell) => cell !== "");
  const title = [...marks, row[named] ?? ""].join(" ");
  const rest = row.flatMap((cell, at) =>
    at <= named || cell === "" ? [] : [`  ${(head[at] ?? "").toLowerCase()} ${cell}`],
  );
  return [title, ...rest].map((line) => fit(line, width));
}
