/** Source text as words and marks, so that layout, quotes and comments make no difference. */

export interface Token {
  kind: "word" | "string" | "number" | "regex" | "mark";
  /** As written; strings without their quotes. */
  text: string;
  /** From 1. */
  line: number;
  /** From 0; the first token of a line tells its indentation. */
  column: number;
  /** First of a statement's line: not inside brackets. */
  first: boolean;
}

export interface Comment {
  text: string;
  line: number;
}

export interface Source {
  tokens: Token[];
  comments: Comment[];
  /** False: the text could not be read to its end. */
  whole: boolean;
}

export const OPENING: Readonly<Record<string, string>> = {
  "(": ")",
  "[": "]",
  "{": "}",
  "${": "}",
  "#{": "}",
};
const CLOSING = new Set([")", "]", "}"]);

/** How deep a mark leads in or out of brackets. */
export function stepOf({ kind, text }: Token): -1 | 0 | 1 {
  if (kind !== "mark") return 0;
  if (OPENING[text] !== undefined) return 1;
  return CLOSING.has(text) ? -1 : 0;
}

export const isMark = (token: Token | undefined, text: string) =>
  token?.kind === "mark" && token.text === text;

export const isWord = (token: Token | undefined, ...texts: string[]) =>
  token?.kind === "word" && (texts.length === 0 || texts.includes(token.text));

/** Where each bracket closes, counted once for each list: deep brackets would take quadratic time. */
const CLOSES = new WeakMap<readonly Token[], Map<number, number>>();

/** @returns where the bracket at `open` closes, or the end of the tokens. */
export function closeOf(tokens: readonly Token[], open: number): number {
  const token = tokens[open];
  if (token === undefined) return tokens.length;
  if (stepOf(token) === 0) return open;
  let closes = CLOSES.get(tokens);
  if (closes === undefined) CLOSES.set(tokens, (closes = pairsOf(tokens)));
  return closes.get(open) ?? tokens.length;
}

function pairsOf(tokens: readonly Token[]): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach((token, at) => {
    const step = stepOf(token);
    if (step === 1) open.push(at);
    const from = step === -1 ? open.pop() : undefined;
    if (from !== undefined) pairs.set(from, at);
  });
  return pairs;
}

/** Parts between commas that stand in no bracket. */
export function splitArguments(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += stepOf(token);
    if (depth === 0 && isMark(token, ",")) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

/** One spelling for all layouts: no semicolons, trailing commas, quotes of keys, or brackets around the one name before an arrow. */
export function shapeOf(tokens: readonly Token[]): string {
  const said: string[] = [];
  tokens.forEach((token, at) => {
    const { kind, text } = token;
    const next = tokens[at + 1];
    const before = tokens[at - 1];
    if (kind === "mark") {
      if (text === ";") return;
      if (text === "," && (next === undefined || stepOf(next) === -1)) return;
      if (
        text === "(" &&
        isWord(next) &&
        isMark(tokens[at + 2], ")") &&
        isMark(tokens[at + 3], "=>")
      )
        return;
      if (text === ")" && isMark(next, "=>") && isWord(before) && isMark(tokens[at - 2], "("))
        return;
    }
    const isKey = isMark(next, ":") && (isMark(before, "{") || isMark(before, ","));
    if (kind === "string") said.push(isKey ? text : JSON.stringify(text));
    else said.push(text);
  });
  return said.join(" ");
}

/** Strings, numbers, expressions and true, false, null of a piece of code. */
export const literalsOf = (tokens: readonly Token[]): string[] =>
  tokens
    .filter(
      ({ kind, text }) =>
        kind === "number" ||
        kind === "string" ||
        kind === "regex" ||
        (kind === "word" && FIXED.has(text)),
    )
    .map(({ text }) => text);

const FIXED = new Set(["true", "false", "null", "undefined", "None", "True", "False", "nil"]);
export const isFixedWord = (token: Token) => token.kind === "word" && FIXED.has(token.text);
