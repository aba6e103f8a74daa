/** Rows and cells of a GitHub table by their offsets; the text between them is nobody's business. */
import { type Block, linesOf } from "./markdown-blocks.js";
import { plainOf } from "./markdown-text.js";

/** Range of a cell's content without the spaces around it; of an empty cell, where content would go and what it needs around it. */
interface Cell {
  start: number;
  end: number;
  before: string;
  after: string;
}
export type Row = Cell[];

export interface Table {
  /** Place of each column by its lower-case name; the first of a name counts. */
  columns: Map<string, number>;
  rows: Row[];
  /** Offset behind the last row. */
  end: number;
}

export function tableOf(text: string, block: Block): Table {
  const [header, , ...body] = linesOf(text, block.start, block.end);
  const columns = new Map<string, number>();
  const names = header === undefined ? [] : cellsOf(header.text, header.start);
  for (const [place, { start, end }] of names.entries()) {
    const name = plainOf(text.slice(start, end)).toLowerCase();
    if (!columns.has(name)) columns.set(name, place);
  }
  return { columns, rows: body.map((line) => cellsOf(line.text, line.start)), end: block.end };
}

/** A pipe parts two cells unless a backslash stands before it, also inside code: so says GitHub's table rule. */
function cellsOf(line: string, lineStart: number): Row {
  const cells: Row = [];
  let from = line.search(/\S|$/);
  if (line[from] === "|") from++;
  for (let i = from; i <= line.length; i++) {
    const char = line[i];
    if (char === "\\" && (line[i + 1] === "|" || line[i + 1] === "\\")) {
      i++;
    } else if (char === "|" || (char === undefined && line.slice(from).trim() !== "")) {
      cells.push(cellIn(line, from, i, lineStart));
      from = i + 1;
    }
  }
  return cells;
}

function cellIn(line: string, from: number, to: number, lineStart: number): Cell {
  const raw = line.slice(from, to);
  const content = raw.trim();
  if (content !== "") {
    const start = lineStart + from + raw.search(/\S/);
    return { start, end: start + content.length, before: "", after: "" };
  }
  const at = lineStart + from + Math.min(1, raw.length);
  const before = raw.length === 0 ? " " : "";
  return { start: at, end: at, before, after: raw.length < 2 ? " " : "" };
}
