/** Text of people and models inside our Markdown: escaped so that it stays text, and read back. */

/** One line without control characters; lone halves of surrogate pairs are replaced. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
}

/** Shortens to at most `length` characters, without cutting a character in two. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Plain text as the inline Markdown of one line: no markup, HTML, table cell or entity can start in it. */
export function escapeInline(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]<>|~]/g, "\\$&")
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replace(/!(?=--|\\\[)/g, "\\!")
    .replace(/&(?=[#A-Za-z])/g, "\\&")
    .replace(/^(?=[#+=-])/, "\\")
    .replace(/(?<=^|\s)#+$/, (run) => run.replaceAll("#", "\\#"))
    .replace(/^(\d+)(?=[.)](?:\s|$))/, "$1\\");
}

/** The text that inline Markdown of ours says; the inverse of `escapeInline`. */
export function plainOf(markdown: string): string {
  return markdown.replace(/\\([!-/:-@[-`{-~])/g, "$1").trim();
}

/** A fenced block that its content cannot close. `info` is ours. */
export function fenced(content: string, info: string): string {
  const longest = [...content.matchAll(/`+/g)].reduce((n, [run]) => Math.max(n, run.length), 2);
  const fence = "`".repeat(longest + 1);
  const body = content.endsWith("\n") || content === "" ? content : `${content}\n`;
  return `${fence}${info}\n${body}${fence}`;
}

/** A value inside an HTML comment: no space, `>` or quote is left in it. */
export const markerValue = (text: string) =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\uFFFD"));

export function readMarkerValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
