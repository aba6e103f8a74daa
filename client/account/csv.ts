/** Comma-separated values as RFC 4180 has them, safe to open in a spreadsheet. */

/** A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. */
function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv<Row extends object>(
  rows: readonly Row[],
  columns: readonly (keyof Row & string)[],
): string {
  const lines = [
    columns.map((name) => cell(name)),
    ...rows.map((row) =>
      columns.map((name) => {
        const value = row[name];
        return cell(typeof value === "number" ? value : String(value));
      }),
    ),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}
