/** Tests of Rust and Go. */
import { closeOf, isMark, isWord, shapeOf, splitArguments, type Token } from "../reading/token.js";
import type { Source } from "../reading/token.js";
import { guardsAt, readGuards } from "./guards.js";
import { assertionOf, readComparison } from "./strength.js";
import type { Assertion, TestCase, TestFile, TestFunction, TestState } from "./test-case.js";
import { isPlatform, ofCondition, worse } from "./test-state.js";

export function readBracedTests(path: string, source: Source, language: "rust" | "go"): TestFile {
  const { tokens, comments, whole } = source;
  const tests: TestCase[] = [];
  const functions = new Map<string, TestFunction>();
  const shared: string[] = [];
  const ofFile: TestState =
    language === "go" &&
    comments.some(({ text }) => /^\/\/(?:go:build|\s*\+build) .*\bignore\b/.test(text))
      ? "skipped"
      : "runs";
  for (let at = 0; at < tokens.length; at += 1) {
    if (!isWord(tokens[at], "fn", "func") || !isWord(tokens[at + 1])) continue;
    let open = at + 2;
    while (open < tokens.length && !isMark(tokens[open], "{") && !isMark(tokens[open], ";"))
      open += 1;
    if (!isMark(tokens[open], "{")) continue;
    const name = tokens[at + 1]?.text ?? "";
    const body = tokens.slice(open + 1, closeOf(tokens, open));
    const assertions = readBracedAssertions(body, language);
    const calls = body.flatMap((token, n) =>
      token.kind === "word" && isMark(body[n + 1], "(") ? [token.text] : [],
    );
    functions.set(name, { assertions, calls });
    const attributes = language === "rust" ? attributesBefore(tokens, at) : [];
    const isTest =
      language === "rust"
        ? attributes.some((each) => /(?:^|:: )(?:test|rstest|test_case)\b/.test(each))
        : /^(?:Test|Fuzz|Example)(?:[^a-z]|$)/.test(name);
    if (!isTest) {
      shared.push(name);
      continue;
    }
    const states = [ofFile, ...attributes.map(stateOfAttribute), skippedInside(body, language)];
    tests.push({
      path,
      title: name,
      name,
      state: states.reduce(worse),
      assertions,
      calls,
      body: shapeOf(body),
      tokens: body,
      rows: [...attributes.filter((each) => /^(?:case|test_case)\b/.test(each)), ...goRows(body)],
      retried: false,
      line: tokens[at]?.line ?? 0,
    });
  }
  return { path, tests, functions, shared, outside: [], imports: [], mocked: [], tokens, whole };
}

/** `#[...]` before a function, the nearest last. */
function attributesBefore(tokens: readonly Token[], at: number): string[] {
  const found: string[] = [];
  let end = at - 1;
  while (isWord(tokens[end], "pub", "async", "unsafe") || isMark(tokens[end], ")")) end -= 1;
  while (isMark(tokens[end], "]")) {
    let open = end;
    while (open > 0 && !(isMark(tokens[open], "#") && closeOf(tokens, open + 1) === end)) open -= 1;
    if (!isMark(tokens[open], "#")) break;
    found.unshift(shapeOf(tokens.slice(open + 2, end)));
    end = open - 1;
  }
  return found;
}

function stateOfAttribute(attribute: string): TestState {
  if (/^(?:ignore|should_panic)\b/.test(attribute)) return "skipped";
  if (/^cfg_attr \(/.test(attribute) && /\bignore\b/.test(attribute))
    return isPlatform(attribute) ? "platform" : "maybe";
  if (!/^cfg \(/.test(attribute) || attribute === "cfg ( test )") return "runs";
  if (/any \( \)/.test(attribute)) return "skipped";
  return /target_|unix|windows/.test(attribute) ? "platform" : "maybe";
}

function skippedInside(body: readonly Token[], language: "rust" | "go"): TestState {
  if (language === "rust") return "runs";
  const at = body.findIndex(
    (token, n) => /^Skip(?:f|Now)?$/.test(token.text) && isMark(body[n - 1], "."),
  );
  if (at < 0) return "runs";
  const [condition] = guardsAt(readGuards(body), at);
  return condition === undefined ? "skipped" : ofCondition(condition);
}

/** Rows of `[]struct{...}{ {...}, {...} }`. */
function goRows(body: readonly Token[]): string[] {
  const at = body.findIndex((token) => isWord(token, "struct"));
  if (at < 0 || !isMark(body[at - 1], "]")) return [];
  const open = closeOf(body, at + 1) + 1;
  if (!isMark(body[open], "{")) return [];
  return splitArguments(body.slice(open + 1, closeOf(body, open))).map(shapeOf);
}

function readBracedAssertions(body: readonly Token[], language: "rust" | "go"): Assertion[] {
  const guards = readGuards(body);
  return body.flatMap((token, at) => {
    if (token.kind !== "word") return [];
    const read = language === "rust" ? rustAssertion(body, at) : goAssertion(body, at, guards);
    const around = guardsAt(guards, at);
    const own = read?.isCondition === true ? around.slice(0, -1) : around;
    return (read?.assertions ?? []).map((each) => ({ ...each, guards: own }));
  });
}

interface Read {
  assertions: Assertion[];
  /** The innermost condition is what is asserted. */
  isCondition?: boolean;
}

function rustAssertion(body: readonly Token[], at: number): Read | undefined {
  const name = body[at]?.text ?? "";
  if (!/^(?:debug_)?assert\w*$/.test(name) || !isMark(body[at + 1], "!")) return undefined;
  const [one = [], two = []] = splitArguments(body.slice(at + 3, closeOf(body, at + 2)));
  if (/^(?:debug_)?assert$/.test(name)) return { assertions: readComparison(one) };
  return { assertions: [assertionOf(name, one, two)] };
}

function goAssertion(
  body: readonly Token[],
  at: number,
  guards: ReturnType<typeof readGuards>,
): Read | undefined {
  const name = body[at]?.text ?? "";
  if (
    isWord(body[at], "assert", "require") &&
    isMark(body[at + 1], ".") &&
    isMark(body[at + 3], "(")
  ) {
    const [, one = [], two = []] = splitArguments(body.slice(at + 4, closeOf(body, at + 3)));
    return {
      assertions: [
        assertionOf(
          body[at + 2]?.text ?? "",
          two.length > 0 ? two : one,
          two.length > 0 ? one : [],
        ),
      ],
    };
  }
  if (!/^(?:Errorf?|Fatalf?|Fail|FailNow)$/.test(name) || !isMark(body[at - 1], "."))
    return undefined;
  const within = guards.filter(({ from, to }) => at >= from && at < to).at(-1);
  if (within === undefined) return { assertions: [assertionOf("fail", [], [])] };
  const open = body.slice(0, within.from).findLastIndex((token) => isWord(token, "if"));
  const header = body.slice(open + 1, within.from);
  const init = header.findIndex((token) => isMark(token, ";"));
  const condition = header.slice(init + 1);
  return {
    assertions: readComparison(condition).map((each) => ({
      ...each,
      // A test fails when its condition holds: `!=` asserts equality.
      strength: /^(?:!=|==)$/.test(each.matcher) ? 3 : each.constant ? 0 : each.strength,
    })),
    isCondition: true,
  };
}
