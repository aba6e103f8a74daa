/** Replaces ranges of a text and leaves the rest alone, byte for byte. */
import MagicString from "magic-string";

/** An empty range inserts; several at one offset keep their order. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

export function applyEdits(text: string, edits: Edit[]): string {
  const output = new MagicString(text);
  for (const { start, end, text: content } of edits.toSorted((a, b) => a.start - b.start)) {
    if (start === end) output.appendLeft(start, content);
    else if (content === "") output.remove(start, end);
    else output.update(start, end, content);
  }
  return output.toString();
}

/** Our content with the line endings that the text has. */
export function withEndings(text: string, content: string): string {
  return /^[^\n]*\r\n/.test(text) ? content.replaceAll("\n", "\r\n") : content;
}
