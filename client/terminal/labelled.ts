/** A label in its own column, with what it names beside it. */
const LABEL_COLUMNS = 12;

/** The label stands before the first line alone; nothing where there are no lines. */
export const labelled = (label: string, lines: readonly string[]): string[] =>
  lines.map((line, at) => `${(at === 0 ? label : "").padEnd(LABEL_COLUMNS)}${line}`);
