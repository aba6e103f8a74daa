/** Where the top-level blocks of a Markdown text are. Long tables, fences and story lists are skipped, not parsed: 10,000 rows take ms, not s. */
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";

/** Offsets are those of the whole text. */
export interface Block {
  type: string;
  start: number;
  end: number;
  depth?: number;
  lang?: string;
  meta?: string;
  /** Of a list: its items. */
  items?: { start: number; end: number }[];
}

const processor = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ["yaml"]);

export function blocksOf(text: string): Block[] {
  const { reduced, originalOffset } = reduce(text);
  return processor.parse(reduced).children.map((node) => {
    const range = (of: { position?: typeof node.position }) => ({
      start: originalOffset(of.position?.start.offset ?? 0),
      end: originalOffset(of.position?.end.offset ?? 0),
    });
    const block: Block = { type: node.type, ...range(node) };
    if (node.type === "heading") block.depth = node.depth;
    if (node.type === "code") {
      block.lang = node.lang ?? "";
      block.meta = node.meta ?? "";
    }
    if (node.type === "list") block.items = node.children.map(range);
    return block;
  });
}

interface Line {
  start: number;
  end: number;
  text: string;
}

/** Lines with their line ending left out of `text` and counted in `end`. */
export function linesOf(text: string, start = 0, end = text.length): Line[] {
  const lines: Line[] = [];
  let from = start;
  // the next ones of either, looked for again only when passed: a file of one kind is not searched for the other
  let feed = text.indexOf("\n", from);
  let carriage = text.indexOf("\r", from);
  while (from < end) {
    if (feed >= 0 && feed < from) feed = text.indexOf("\n", from);
    if (carriage >= 0 && carriage < from) carriage = text.indexOf("\r", from);
    const isCarriageFirst = carriage >= 0 && (feed < 0 || carriage < feed);
    const found = isCarriageFirst ? carriage : feed;
    const stop = found < 0 ? end : Math.min(found, end);
    const next = isCarriageFirst && feed === carriage + 1 ? stop + 2 : stop + 1;
    lines.push({ start: from, end: Math.min(next, end), text: text.slice(from, stop) });
    from = next;
  }
  return lines;
}

const DELIMITER_ROW = /^\|[ \t]*:?-+:?[ \t]*\|[\s:|-]*$/;
const ROW = /^\|(?!.*[<>])/;
const OWN_BULLET = /^- .*<!-- (?:story|file|result) \S.*-->[ \t]*$/;
const FENCE = /^(`{3,})yaml plan[ \t]*$/;
/** A line that ends nothing, whatever it should lie in besides the fence that we wrote. */
const QUIET = /^(?!---|\s*(?:```|~~~))(?!.*[<>]).*\S/;

/**
 * Leaves out the inside of runs whose middle cannot change the structure around them: rows of a table, bullets that we wrote,
 * lines of the plan's fence. The first and the last line of each run stay, so every block starts and ends where it did.
 */
function reduce(text: string): { reduced: string; originalOffset: (offset: number) => number } {
  const lines = linesOf(text);
  const shift = text.startsWith("\uFEFF") ? 1 : 0; // the parser does not count it
  const cuts: { at: number; removed: number }[] = [];
  let reduced = "";
  let keptFrom = shift;
  let removed = shift;
  for (const run of runsOf(lines)) {
    const from = lines[run.first + 1]?.start;
    const to = lines[run.last]?.start;
    if (from === undefined || to === undefined || to <= from) continue;
    reduced += text.slice(keptFrom, from);
    removed += to - from;
    cuts.push({ at: reduced.length, removed });
    keptFrom = to;
  }
  reduced += text.slice(keptFrom);
  return { reduced, originalOffset: (offset) => offset + removedBefore(cuts, offset, shift) };
}

function removedBefore(cuts: { at: number; removed: number }[], offset: number, shift: number) {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle]?.at ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return cuts[low - 1]?.removed ?? shift;
}

interface Run {
  first: number;
  last: number;
}

function runsOf(lines: Line[]): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]?.text ?? "";
    const fence = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      const close = closingLine(lines, i + 1, fence);
      for (let j = i + 1; j < close;) j = Math.max(j + 1, pushRun(runs, lines, j, QUIET, close));
      i = Math.max(i, close);
    } else if (DELIMITER_ROW.test(line)) {
      i = pushRun(runs, lines, i + 1, ROW) - 1;
    } else if (OWN_BULLET.test(line)) {
      i = pushRun(runs, lines, i, OWN_BULLET) - 1;
    }
  }
  return runs;
}

/** Records the run that starts at `first`, if it has a middle. @returns the first line after it. */
function pushRun(runs: Run[], lines: Line[], first: number, same: RegExp, limit = lines.length) {
  let next = first;
  while (next < limit && same.test(lines[next]?.text ?? "")) next++;
  if (next - first > 2) runs.push({ first, last: next - 1 });
  return next;
}

/** Index of the line that closes the fence, or -1 when there is none. */
function closingLine(lines: Line[], from: number, fence: string): number {
  for (let i = from; i < lines.length; i++) {
    const run = /^ {0,3}(`{3,})[ \t]*$/.exec(lines[i]?.text ?? "")?.[1];
    if (run !== undefined && run.length >= fence.length) return i;
  }
  return -1;
}
