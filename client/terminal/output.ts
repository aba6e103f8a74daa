/** Where the command line writes: answers to stdout, progress and errors to stderr, exactly one document with --json. */
import { isatty } from "node:tty";
import { COLOURS, NO_STYLE, type Style } from "./style.js";

export interface Output {
  json: boolean;
  /** stdout is a terminal that can be redrawn. */
  live: boolean;
  /** Questions may be asked: stdin and stderr are a terminal and the answer is not JSON. */
  interactive: boolean;
  style: Style;
  columns: () => number;
  rows: () => number;
  line: (text?: string) => void;
  /** Progress, on stderr. */
  note: (text: string) => void;
  /** The answer of a command: the document with --json, else the lines. */
  answer: (document: unknown, lines: string[]) => void;
  /** One line of JSON, for streams. */
  jsonLine: (document: unknown) => void;
  write: (text: string) => void;
}

export interface OutputOptions {
  json: boolean;
  color: boolean;
}

export function createOutput({ json, color }: OutputOptions): Output {
  const { stdout, stderr } = process;
  // A reader that went away (`missions list | head -1`) is no error.
  for (const stream of [stdout, stderr]) {
    if (stream.listeners("error").length > 0) continue;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }
  const [inTty, outTty, errTty] = [isatty(0), isatty(1), isatty(2)];
  const write = (text: string) => void stdout.write(text);
  const print = (document: unknown) => {
    write(`${JSON.stringify(document, undefined, 2)}\n`);
  };
  return {
    json,
    live: outTty && !json,
    interactive: inTty && errTty && !json,
    style: color && outTty ? COLOURS : NO_STYLE,
    columns: () => (outTty ? stdout.columns : 100),
    rows: () => (outTty ? stdout.rows : 1_000),
    line: (text = "") => {
      write(`${text}\n`);
    },
    note: (text) => void stderr.write(`${text}\n`),
    answer: (document, lines) => {
      if (json) print(document);
      else write(lines.map((line) => `${line}\n`).join(""));
    },
    jsonLine: (document) => {
      write(`${JSON.stringify(document)}\n`);
    },
    write,
  };
}

/** Columns of a table: a file or pipe gets every cell whole. */
export const tableColumns = (output: Output) =>
  output.live ? output.columns() : Number.POSITIVE_INFINITY;
