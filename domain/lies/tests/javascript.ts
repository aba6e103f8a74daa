/** Tests of jest, vitest, mocha, node:test, playwright, ava and the like. */
import {
  closeOf,
  isMark,
  isWord,
  shapeOf,
  type Source,
  splitArguments,
  stepOf,
  type Token,
} from "../reading/token.js";
import { readAssertions } from "./javascript-assertions.js";
import { callsIn, readFunctions, readImports, readMocks } from "./javascript-parts.js";
import { NO_ROWS, type TestCase, type TestFile, type TestState } from "./test-case.js";
import { ofCondition, worse } from "./test-state.js";

const GROUPS = new Set(["describe", "context", "suite", "fdescribe", "xdescribe", "xcontext"]);
const TESTS = new Set(["it", "test", "specify", "fit", "xit", "xtest", "xspecify", "ftest"]);

interface Around {
  titles: string[];
  state: TestState;
  rows: string[];
  retried: boolean;
}

export function readJavaScriptTests(path: string, { tokens, whole }: Source): TestFile {
  const tests: TestCase[] = [];
  const taken: [number, number][] = [];
  collect(0, tokens.length, { titles: [], state: "runs", rows: [], retried: retriesIn(tokens) });
  let part = 0;
  const outside = tokens.filter((_, at) => {
    while (at > (taken[part]?.[1] ?? Infinity)) part += 1;
    return at < (taken[part]?.[0] ?? Infinity);
  });
  const { functions, rest } = readFunctions(outside);
  return {
    path,
    tests,
    functions: new Map([...readFunctions(tokens).functions, ...functions]),
    shared: [...functions.keys()],
    outside: readAssertions(rest),
    imports: readImports(tokens),
    mocked: readMocks(tokens),
    tokens,
    whole,
  };

  function collect(from: number, to: number, outer: Around) {
    const around = { ...outer, state: worse(outer.state, skippedInHooks(tokens, from, to)) };
    let at = from;
    while (at < to) {
      if (isWord(tokens[at], "if") && isMark(tokens[at + 1], "(")) {
        const close = closeOf(tokens, at + 1);
        const open = close + 1;
        if (isMark(tokens[open], "{")) {
          const end = closeOf(tokens, open);
          const state = ofCondition(`not ${shapeOf(tokens.slice(at + 2, close))}`);
          collect(open + 1, end, { ...around, state: worse(around.state, state) });
          at = end + 1;
          continue;
        }
      }
      const call = readTestCall(tokens, at);
      if (call === undefined) {
        at += 1;
        continue;
      }
      const given = splitArguments(tokens.slice(call.open + 1, call.close));
      const state = worse(around.state, stateOf(call.words, given));
      const name = given[0]?.length === 1 ? (given[0][0]?.text ?? "") : shapeOf(given[0] ?? []);
      const titles = [...around.titles, name];
      const rows = [...around.rows, ...rowsOf(tokens.slice(at, call.open))];
      const retried = around.retried || given.some(isRetried);
      if (call.isGroup) collect(call.open + 1, call.close, { titles, state, rows, retried });
      else if (given.length > 0) {
        taken.push([at, call.close]);
        tests.push(testOf(path, titles, state, given, rows, retried, tokens[at]?.line ?? 0));
      }
      at = call.close + 1;
    }
  }
}

interface TestCall {
  words: string[];
  isGroup: boolean;
  open: number;
  close: number;
}

/** `test.describe.skip(`, `it.each([...])(`, `t.test(`. */
function readTestCall(tokens: readonly Token[], at: number): TestCall | undefined {
  const token = tokens[at];
  if (token?.kind !== "word" || !(GROUPS.has(token.text) || TESTS.has(token.text)))
    return undefined;
  if (isMark(tokens[at - 1], ".") && !isWord(tokens[at - 2], "t", "Deno", "Bun", "tap", "ctx"))
    return undefined;
  if (isWord(tokens[at - 1], "function", "const", "let", "var", "class")) return undefined;
  const words = [token.text];
  let open = at + 1;
  for (;;) {
    if (isMark(tokens[open], ".") && isWord(tokens[open + 1])) {
      words.push(tokens[open + 1]?.text ?? "");
      open += 2;
    } else if (isMark(tokens[open], "(")) {
      const close = closeOf(tokens, open);
      const again = isMark(tokens[close + 1], "(") || isMark(tokens[close + 1], ".");
      const last = words.at(-1) ?? "";
      if (!isMark(tokens[close + 1], "(") && !(again && /If$/.test(last))) {
        if (
          /^(?:configure|use|extend|step|beforeEach|afterEach|beforeAll|afterAll|setTimeout|slow|info|mock)$/.test(
            last,
          )
        )
          return undefined;
        const isGroup = words.some((word) => GROUPS.has(word));
        return { words, isGroup, open, close };
      }
      if (/If$/.test(last))
        words.push(`(${last === "runIf" ? "not " : ""}${shapeOf(tokens.slice(open + 1, close))}`);
      open = close + 1;
    } else if (tokens[open]?.text === "`") {
      // a table in a template
      open += 1;
      while (open < tokens.length && tokens[open]?.text !== "`") open += 1;
      open += 1;
    } else return undefined;
  }
}

function stateOf(words: readonly string[], given: readonly Token[][]): TestState {
  const [first = ""] = words;
  if (words.includes("only") || /^f(?:it|describe|test)$/.test(first)) return "only";
  if (
    /^x/.test(first) ||
    words.some((word) => /^(?:skip|todo|fixme|fail|fails|failing|pending)$/.test(word))
  )
    return "skipped";
  const condition = words.find((word) => word.startsWith("("));
  if (condition !== undefined) return ofCondition(condition.slice(1));
  for (const options of given.slice(1).filter((each) => isMark(each[0], "{"))) {
    for (const entry of splitArguments(options.slice(1, -1))) {
      const [key] = entry;
      const value = shapeOf(entry.slice(2));
      if (isWord(key, "only") && value === "true") return "only";
      if (!isWord(key, "skip", "todo", "fails") || value === "false" || value === "undefined")
        continue;
      return /^(?:true|".*")$/.test(value) ? "skipped" : ofCondition(value);
    }
  }
  return given.length === 1 && !words.includes("describe") ? "skipped" : "runs";
}

/** What runners give to a test. */
const OF_TESTS = ["t", "this", "ctx", "context", "info", "testInfo", "task"];

const isRetried = (given: readonly Token[]) =>
  isMark(given[0], "{") && /(?:^|[{,] )"?(?:retry|retries)"? : (?!0\b)/.test(shapeOf(given));

/** For all tests of a file: `jest.retryTimes(3)`, `this.retries(2)`, `configure({ retries: 2 })`. */
const retriesIn = (tokens: readonly Token[]) =>
  tokens.some(
    (token, at) =>
      (isWord(token, "retryTimes", "retries") && isMark(tokens[at + 1], "(")) ||
      (isWord(token, "configure") && isRetried(tokens.slice(at + 2, closeOf(tokens, at + 1)))),
  );

/** Rows that a test is run for: `.each([...])`, `for (... of [...])`. */
function rowsOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, at) => {
    const open = isWord(token, "each") ? at + 2 : at + 1;
    const isTable = (isWord(token, "each") && isMark(tokens[at + 1], "(")) || isWord(token, "of");
    if (isTable && isMark(tokens[open], "[")) {
      const rows = splitArguments(tokens.slice(open + 1, closeOf(tokens, open))).map(shapeOf);
      return rows.length === 0 ? [NO_ROWS] : rows;
    }
    if (isWord(token, "each") && tokens[at + 1]?.text === "`")
      return tokens.slice(at + 2).flatMap(({ text }) => text.split("\n").map((row) => row.trim()));
    return [];
  });
}

function testOf(
  path: string,
  titles: string[],
  state: TestState,
  given: Token[][],
  rows: string[],
  retried: boolean,
  line: number,
): TestCase {
  const body =
    given
      .slice(1)
      .find((each) => each.some((token) => isMark(token, "=>") || isWord(token, "function"))) ??
    given.at(-1) ??
    [];
  const open = bodyOf(body);
  return {
    path,
    title: titles.join(" > "),
    name: titles.at(-1) ?? "",
    state: worse(state, skippedInside(open)),
    assertions: readAssertions(open),
    calls: callsIn(open),
    body: shapeOf(open),
    tokens: open,
    rows: [...rows, ...rowsOf(open)],
    retried,
    line,
  };
}

/** What stands in a function's braces, or after its arrow. */
function bodyOf(tokens: readonly Token[]): readonly Token[] {
  let at = 0;
  while (at < tokens.length && !isMark(tokens[at], "=>")) {
    if (isMark(tokens[at], "(")) at = closeOf(tokens, at) + 1;
    else if (isMark(tokens[at], "{")) return tokens.slice(at + 1, closeOf(tokens, at));
    else at += 1;
  }
  const rest = tokens.slice(at + 1);
  return isMark(rest[0], "{") ? rest.slice(1, closeOf(rest, 0)) : rest;
}

/** A hook that skips takes all tests of its group out. */
function skippedInHooks(tokens: readonly Token[], from: number, to: number): TestState {
  let state: TestState = "runs";
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (depth <= 1 && HOOKS.test(token.text) && isMark(tokens[at + 1], "("))
      state = worse(state, skippedInside(tokens.slice(at + 2, closeOf(tokens, at + 1))));
    depth += stepOf(token);
  }
  return state;
}

const HOOKS = /^(?:before|beforeEach|beforeAll|setup|suiteSetup)$/;

/** `t.skip()`, `this.skip()`, `test.skip(...)` within a test. */
function skippedInside(tokens: readonly Token[]): TestState {
  const at = tokens.findIndex(
    (token, n) =>
      isWord(token, "skip", "todo", "fixme", "fail") &&
      isMark(tokens[n + 1], "(") &&
      isMark(tokens[n - 1], ".") &&
      isWord(tokens[n - 2], "test", "it", ...(token.text === "fail" ? [] : OF_TESTS)),
  );
  if (at < 0) return "runs";
  const [condition = []] = splitArguments(tokens.slice(at + 2, closeOf(tokens, at + 1)));
  const around = tokens.slice(0, at).some((token) => isWord(token, "if"));
  const said = around ? shapeOf(tokens.slice(0, at)) : shapeOf(condition);
  return !around && condition.every(({ kind }) => kind === "string")
    ? "skipped"
    : ofCondition(said);
}
