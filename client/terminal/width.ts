/** Columns that text takes in a terminal, near enough: CJK and emoji take two, combining marks none. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mn}|\p{Me}|\ufe0f|\u200d/u;

const columnsOf = (char: string) => (COMBINING.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

export function displayWidth(text: string): number {
  let columns = 0;
  for (const char of text) columns += columnsOf(char);
  return columns;
}

/** Cuts plain text (no colours) to `columns`, the cut shown by an ellipsis. */
export function fit(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let used = 0;
  for (const char of text) {
    used += columnsOf(char);
    if (used > columns - 1) break;
    kept += char;
  }
  return `${kept.trimEnd()}…`;
}

/** Cuts or fills to exactly `columns`. */
export function column(text: string, columns: number): string {
  const cut = fit(text, columns);
  return cut + " ".repeat(Math.max(0, columns - displayWidth(cut)));
}

/** Breaks plain text between words into at most `most` lines; the last one is cut where more would follow. */
export function wrap(text: string, columns: number, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  const words = text.split(" ");
  for (const [at, word] of words.entries()) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= columns || line === "") {
      line = longer;
    } else if (lines.length + 1 === most) {
      return [...lines, fit([line, ...words.slice(at)].join(" "), columns)];
    } else {
      lines.push(fit(line, columns));
      line = word;
    }
  }
  return [...lines, fit(line, columns)];
}

/** Breaks plain text between words; an indent stays, and no word (a path, a command) is cut. */
export function wrapWhole(text: string, columns: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(" ")) {
    const longer = line === "" ? indent + word : `${line} ${word}`;
    if (line === "" || displayWidth(longer) <= columns) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}
