/** Limits that are counted in bytes, for texts that are counted in characters. */

const encoder = new TextEncoder();

/** The longest beginning of a text that takes at most so many bytes as UTF-8; no character is halved. */
export function cutToBytes(text: string, bytes: number): string {
  // Never more than three bytes for one UTF-16 unit.
  if (text.length * 3 <= bytes) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
}
