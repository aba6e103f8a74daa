/** JavaScript and TypeScript as tokens. */
import { parse, type ParserPlugin } from "@babel/parser";
import type { Comment, Source, Token } from "./token.js";
import { readPlain, C_LIKE } from "./plain.js";

interface ParserToken {
  type: string | { label: string; keyword?: string };
  value?: unknown;
  start: number;
  end: number;
  loc: { start: { line: number; column: number } };
}

/** What does not parse is read by a plainer lexer, so that a broken file is still compared. */
export function readJavaScript(path: string, text: string): Source {
  try {
    return readParsed(text, pluginsOf(path));
  } catch {
    return readPlain(text, C_LIKE);
  }
}

const COMMON: ParserPlugin[] = ["decorators", "explicitResourceManagement"];

function pluginsOf(path: string): ParserPlugin[] {
  if (/\.[cm]?ts$/.test(path)) return ["typescript", ...COMMON];
  if (path.endsWith(".tsx")) return ["typescript", "jsx", ...COMMON];
  return ["jsx", ...COMMON];
}

function readParsed(text: string, plugins: ParserPlugin[]): Source {
  const { tokens: read } = parse(text, {
    sourceType: "unambiguous",
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    errorRecovery: true,
    tokens: true,
    plugins,
  });
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  let line = 0;
  for (const each of (read ?? []) as ParserToken[]) {
    const { start } = each.loc;
    if (typeof each.type === "string") {
      comments.push({ text: text.slice(each.start, each.end), line: start.line });
      continue;
    }
    if (each.type.label === "eof") continue;
    const written = text.slice(each.start, each.end);
    const kind = kindOf(each.type, written);
    tokens.push({
      kind,
      text: kind === "string" && typeof each.value === "string" ? each.value : written,
      line: start.line,
      column: start.column,
      first: start.line !== line,
    });
    line = start.line;
  }
  return { tokens, comments, whole: true };
}

function kindOf(type: { label: string; keyword?: string }, written: string): Token["kind"] {
  switch (type.label) {
    case "string":
    case "template":
    case "jsxText":
    case "jsx text":
      return "string";
    case "num":
    case "bigint":
      return "number";
    case "regexp":
      return "regex";
    default:
      return /^[\p{L}_$#][\p{L}\p{N}_$]*$/u.test(written) ? "word" : "mark";
  }
}
