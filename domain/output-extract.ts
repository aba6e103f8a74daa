/** What of a command's output says why it failed, where the whole is too long to be told. Pure. */

/** As test runners, assertion libraries and compilers begin the words of a failure. */
const MARKS =
  /AssertionError|\b(?:\w*Error|Exception|FAIL(?:ED|URES?)?|panick?(?:ed)?)\b|\b(?:expected|received|actual|assert(?:ion)?)\b|^\s*(?:not ok\b|[✕✖✗×●]|E {2,}|--- FAIL|\d+\) )/i;
/** A failure is explained below its first line rather than above it. */
const BEFORE = 2;
const AFTER = 8;
/** Of what may be told; the rest is the end of the output. */
const SHARE_OF_MARKS = 0.6;
const LONGEST_LINE = 500;

/**
 * The first lines around what looks like a failure, and the end, in their order and with what lies between left out.
 * @param limit characters of the answer, but for the marks of what is left out. Short outputs come back whole.
 */
export function extractOf(output: string, limit: number): string {
  const text = output.trimEnd();
  if (text.length <= limit) return text;
  const lines = text.split("\n").map((line) => line.slice(0, LONGEST_LINE));
  const taken = new Set<number>();
  let left = Math.floor(limit * SHARE_OF_MARKS);
  const take = (at: number): boolean => {
    const line = lines[at];
    if (line === undefined || taken.has(at)) return true;
    if (line.length + 1 > left) return false;
    left -= line.length + 1;
    taken.add(at);
    return true;
  };
  for (const [at, line] of lines.entries()) {
    if (!MARKS.test(line)) continue;
    const around = Array.from({ length: BEFORE + 1 + AFTER }, (_, n) => at - BEFORE + n);
    if (!around.every(take)) break;
  }
  left += Math.ceil(limit * (1 - SHARE_OF_MARKS));
  for (let at = lines.length - 1; at >= 0 && take(at); at -= 1);
  const kept = [...taken].sort((one, other) => one - other);
  const told: string[] = [];
  for (const [n, at] of kept.entries()) {
    if (at > (n === 0 ? 0 : (kept[n - 1] ?? 0) + 1)) told.push("[...]");
    told.push(lines[at] ?? "");
  }
  // One line longer than all that may be told.
  return told.length === 0 ? `[...]\n${text.slice(-limit)}` : told.join("\n");
}
