/** Languages without a parser of their own here: comments, strings, words, numbers and marks are enough to compare tests. */
import type { Comment, Source, Token } from "./token.js";

export interface Lexis {
  comment: RegExp;
  string: RegExp;
  /** Braces hold statements, whose lines begin anew. */
  blocks?: boolean;
}

const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?[\p{L}\d_]*/uy;
const MARK = /===|!==|=>|->|::|:=|==|!=|<=|>=|&&|\|\||\*\*|\/\/|\.\.\.|[^\s]/uy;

export const C_LIKE: Lexis = {
  blocks: true,
  comment: /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y,
  string: /"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?|`(?:\\[^]|[^`\\])*`?/y,
};
export const PYTHON: Lexis = {
  comment: /#[^\n]*/y,
  string:
    /[rbfuRBFU]{0,2}(?:"""(?:\\[^]|[^\\])*?(?:"""|$)|'''(?:\\[^]|[^\\])*?(?:'''|$)|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?)/y,
};
export const RUST: Lexis = {
  blocks: true,
  comment: C_LIKE.comment,
  string: /b?r(#*)"[^]*?(?:"\1|$)|b?"(?:\\[^]|[^"\\])*"?|b?'(?:\\[^']+|[^'\\])'/y,
};
export const GO: Lexis = {
  blocks: true,
  comment: C_LIKE.comment,
  string: /"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?|`[^`]*`?/y,
};
export const SHELL: Lexis = {
  comment: /(?<=^|\s)#[^\n]*/my,
  string: /"(?:\\[^]|[^"\\])*"?|'[^']*'?/y,
};
/** Ruby, PHP and the like: both ways to begin a comment. */
export const MIXED: Lexis = {
  comment: /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|#(?!\[)[^\n]*/y,
  string: C_LIKE.string,
};

const stripped = (text: string) =>
  text.replace(/^[a-zA-Z]{0,2}#*("""|'''|["'`])([^]*?)(?:\1#*)?$/, "$2");

/** Never throws; takes time in proportion to the text. */
export function readPlain(text: string, { comment, string, blocks = false }: Lexis): Source {
  const [opening, closing] = blocks ? ["([", ")]"] : ["([{", ")]}"];
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  let depth = 0;
  let lastLine = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const pass = (taken: string) => {
    for (let n = taken.indexOf("\n"); n >= 0; n = taken.indexOf("\n", n + 1)) {
      line += 1;
      lineStart = at + n + 1;
    }
    at += taken.length;
  };
  while (at < text.length) {
    const blank = /\s/.test(text[at] ?? "");
    if (blank || (text[at] === "\\" && text[at + 1] === "\n")) {
      if (!blank) lastLine = line + 1; // the statement goes on
      pass(blank ? (text[at] ?? "") : "\\\n");
      continue;
    }
    const said = take(comment);
    if (said !== undefined && said !== "") {
      comments.push({ text: said, line });
      pass(said);
      continue;
    }
    const [kind, taken] = next(take, string);
    if (taken === "") break;
    const inside = depth;
    if (kind === "mark" && opening.includes(taken)) depth += 1;
    if (kind === "mark" && closing.includes(taken)) depth = Math.max(0, depth - 1);
    tokens.push({
      kind,
      text: kind === "string" ? stripped(taken) : taken,
      line,
      column: at - lineStart,
      first: line !== lastLine && inside === 0,
    });
    lastLine = line;
    pass(taken);
    if (kind === "string") lastLine = line; // a string of several lines ends the line that it ends on
  }
  return { tokens, comments, whole: true };
}

function next(
  take: (pattern: RegExp) => string | undefined,
  string: RegExp,
): [Token["kind"], string] {
  const text = take(string);
  if (text !== undefined && text !== "") return ["string", text];
  const word = take(NAME);
  if (word !== undefined) return ["word", word];
  const number = take(NUMBER);
  if (number !== undefined) return ["number", number];
  return ["mark", take(MARK) ?? ""];
}
