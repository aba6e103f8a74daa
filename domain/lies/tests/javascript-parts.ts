/** Functions, imports and mocks of a JavaScript file. */
import { closeOf, isMark, isWord, shapeOf, splitArguments, type Token } from "../reading/token.js";
import { readAssertions } from "./javascript-assertions.js";
import type { TestFile, TestFunction } from "./test-case.js";

const NO_NAME =
  /^(?:if|for|while|switch|catch|function|return|await|typeof|new|do|else|with|async|of|in)$/;
const NO_CALL = /^(?:expect|assert|if|for|while|switch|catch|function|return|await)$/;

export const callsIn = (tokens: readonly Token[]): string[] =>
  tokens.flatMap((token, at) =>
    token.kind === "word" && isMark(tokens[at + 1], "(") && !NO_CALL.test(token.text)
      ? [token.text]
      : [],
  );

/** @returns the functions by name, and the tokens that are in none of them. */
export function readFunctions(tokens: readonly Token[]): {
  functions: Map<string, TestFunction>;
  rest: Token[];
} {
  const functions = new Map<string, TestFunction>();
  const parts: Token[][] = [];
  let outsideUntil = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const found = functionAt(tokens, at);
    if (found !== undefined && !functions.has(found.name)) {
      const body = tokens.slice(found.from, found.to);
      functions.set(found.name, { assertions: readAssertions(body), calls: callsIn(body) });
      parts.push(tokens.slice(outsideUntil, at));
      outsideUntil = Math.max(outsideUntil, found.to);
    }
  }
  parts.push(tokens.slice(outsideUntil));
  return { functions, rest: parts.flat() };
}

/** `name(...) {`, or `name = (...) =>`. */
function functionAt(tokens: readonly Token[], at: number) {
  const token = tokens[at];
  if (token?.kind !== "word" || NO_NAME.test(token.text) || isMark(tokens[at - 1], "."))
    return undefined;
  const name = token.text;
  if (isMark(tokens[at + 1], "(")) {
    const open = closeOf(tokens, at + 1) + 1;
    return isMark(tokens[open], "{")
      ? { name, from: open + 1, to: closeOf(tokens, open) }
      : undefined;
  }
  if (!isMark(tokens[at + 1], "=")) return undefined;
  let next = at + 2;
  if (isWord(tokens[next], "async")) next += 1;
  if (isWord(tokens[next], "function")) next += isWord(tokens[next + 1]) ? 2 : 1;
  const arrow = isMark(tokens[next], "(") ? closeOf(tokens, next) + 1 : next + 1;
  if (isMark(tokens[arrow], "{")) return { name, from: arrow + 1, to: closeOf(tokens, arrow) };
  if (!isMark(tokens[arrow], "=>")) return undefined;
  const body = arrow + 1;
  if (isMark(tokens[body], "{")) return { name, from: body + 1, to: closeOf(tokens, body) };
  let to = body;
  while (
    to < tokens.length &&
    !isMark(tokens[to], ";") &&
    !(to > body && tokens[to]?.first === true)
  ) {
    const close = closeOf(tokens, to);
    to = close > to ? close + 1 : to + 1;
  }
  return { name, from: body, to };
}

/** Modules by what stands in `from "..."`, `import "..."`, `require("...")`, `import("...")`. */
export function readImports(tokens: readonly Token[]): TestFile["imports"] {
  const imports: TestFile["imports"] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== "string") return;
    const before = tokens[at - 1];
    const isFrom = isWord(before, "from", "import");
    const isCall = isMark(before, "(") && isWord(tokens[at - 2], "require", "import");
    if (isFrom || isCall) imports.push({ from: token.text, names: namesBefore(tokens, at) });
  });
  return imports;
}

function namesBefore(tokens: readonly Token[], at: number): string[] {
  const names: string[] = [];
  for (let n = at - 1; n >= 0 && at - n < 200; n -= 1) {
    const token = tokens[n];
    if (isWord(token, "import") && n !== at - 1 && !isMark(tokens[n + 1], "(")) break;
    if (isWord(token, "const", "let", "var") || isMark(token, ";")) break;
    if (isWord(token) && !isWord(token, "from", "require", "import", "await", "type", "as"))
      names.push(token?.text ?? "");
  }
  return names;
}

/** `spyOn(price, "discount").mockReturnValue(1)`, `mock.method(price, "discount", () => 1)`, `stub(price, "discount")`. */
export function readStubs(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, at) => {
    if (!isWord(token, "spyOn", "method", "stub") || !isMark(tokens[at + 1], "(")) return [];
    const close = closeOf(tokens, at + 1);
    const [owner, name, what] = splitArguments(tokens.slice(at + 2, close));
    if (name?.[0]?.kind !== "string") return [];
    const isReplaced =
      token.text === "stub" ||
      (token.text === "method" && what !== undefined && isWord(tokens[at - 2], "mock")) ||
      (isMark(tokens[close + 1], ".") && /^mock[A-Z]/.test(tokens[close + 2]?.text ?? ""));
    return isReplaced ? [`${shapeOf(owner ?? [])} . ${name[0].text} (`] : [];
  });
}

/** `jest.mock("./x")`, `vi.mock(...)`, `mock.module(...)`, `proxyquire("./x", ...)`. */
export const readMocks = (tokens: readonly Token[]): string[] =>
  tokens.flatMap((token, at) => {
    const named = tokens[at + 2];
    if (isWord(token, "cache") && isWord(tokens[at - 2], "require"))
      return tokens
        .slice(at, at + 8)
        .flatMap(({ kind, text }) => (kind === "string" ? [text] : []));
    const isMock =
      isWord(token, "mock", "doMock", "unstable_mockModule", "module", "setMock", "proxyquire") &&
      isMark(tokens[at + 1], "(") &&
      (isWord(tokens[at - 2], "jest", "vi", "mock", "td") || isWord(token, "proxyquire"));
    return isMock && named?.kind === "string" ? [named.text] : [];
  });
