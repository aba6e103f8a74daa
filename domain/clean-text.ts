/** Text from outside, made safe to show in a terminal and to keep in a file. */

// Escape sequences of terminals (CSI, OSC, others), so that their letters do not stay behind.
const ESCAPES =
  // eslint-disable-next-line no-control-regex -- these are what is taken out
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[PX^_][^\u001b]*(?:\u001b\\)?|\u001b[ -/]*[0-~]/g;

export const withoutEscapes = (text: string): string => text.replace(ESCAPES, "");

/** Control characters but tab and line feed, marks that turn the direction of text, half characters. */
const UNSEEN =
  // eslint-disable-next-line no-control-regex -- these are what is taken out
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** Lines kept, trimmed, cut to so many characters (UTF-16 units) without halving one. */
export function cleanText(text: string, characters: number): string {
  const seen = withoutEscapes(text.slice(0, characters * 2))
    .replaceAll("\r\n", "\n")
    .replace(UNSEEN, "")
    .trim();
  return seen.length <= characters ? seen : seen.slice(0, characters).replace(UNSEEN, "").trimEnd();
}

/** The same in one line. */
export const cleanLine = (text: string, characters: number): string =>
  cleanText(text.slice(0, characters * 2).replace(/\s+/g, " "), characters);
