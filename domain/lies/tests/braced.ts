/** Tests of Rust and Go. */
import {
  closeOf,
  type Comment,
  isMark,
  isWord,
  shapeOf,
  type Source,
  splitArguments,
  type Token,
} from "../reading/token.js";
import { guardsAt, readGuards } from "./guards.js";
import { assertionOf, readComparison } from "./strength.js";
import type { Assertion, TestCase, TestFile, TestFunction, TestState } from "./test-case.js";
import { isPlatform, ofCondition, worse } from "./test-state.js";

export function readBracedTests(path: string, source: Source, language: "rust" | "go"): TestFile {
  const { tokens, comments, whole } = source;
  const tests: TestCase[] = [];
  const functions = new Map<string, TestFunction>();
  const shared: string[] = [];
  const ofFile =
    language === "go" ? [ofName(path), ...comments.map(ofBuildTag)].reduce(worse) : "runs";
  const modules = language === "rust" ? rustModules(tokens) : [];
  const isOfTests = language === "go" || /(?:^|\/)tests?(?:\/|\.rs$|_)|_tests?\.rs$/.test(path);
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
    const inside = modules.filter(({ from, to }) => at > from && at < to);
    if (!isTest) {
      if (isOfTests || inside.some((each) => each.isOfTests)) shared.push(name);
      continue;
    }
    const around = inside.map(({ state }) => state);
    const states = [
      ofFile,
      ...around,
      ...attributes.map(stateOfAttribute),
      skippedInside(body, language),
    ];
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

const OF_SYSTEMS =
  /\b(?:windows|linux|darwin|unix|\w+bsd|aix|solaris|plan9|js|wasm|android|ios|amd64|arm64)\b/;

/** `//go:build windows`: left out on some systems, `//go:build slow`: under a condition. */
function ofBuildTag({ text }: Comment): TestState {
  const tag = /^\/\/(?:go:build|\s*\+build) (.*)/.exec(text)?.[1];
  if (tag === undefined) return "runs";
  if (OF_SYSTEMS.test(tag)) return ofCondition(`not GOOS ${tag.replaceAll("!", "not ")}`);
  return /^(?:!\w+|!?(?:go1|cgo|purego)\b\S*)$/.test(tag) ? "platform" : "maybe";
}

/** `price_windows_test.go` is compiled on one system. */
const ofName = (path: string): TestState =>
  /_(?:aix|android|darwin|dragonfly|freebsd|illumos|ios|js|linux|netbsd|openbsd|plan9|solaris|wasip1|windows|unix|386|amd64|arm|arm64|wasm)_test\.go$/.test(
    path,
  )
    ? "platform"
    : "runs";

/** Modules with a condition, as `#[cfg(all(test, feature = "slow"))] mod tests { ... }`. */
const rustModules = (tokens: readonly Token[]) =>
  tokens.flatMap((token, at) => {
    if (!isWord(token, "mod") || !isMark(tokens[at + 2], "{")) return [];
    const attributes = attributesBefore(tokens, at);
    const isOfTests = attributes.some((each) => /^cfg \(.*\btest\b/.test(each));
    const states = attributes.map(stateOfAttribute);
    return [
      { from: at, to: closeOf(tokens, at + 2), state: states.reduce(worse, "runs"), isOfTests },
    ];
  });

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
  const condition = /^cfg \( (?:all \( test , (.*) \)|(.*)) \)$/.exec(attribute);
  const said = condition?.[1] ?? condition?.[2] ?? "test";
  if (said === "test") return "runs";
  if (/any \( \)/.test(said)) return "skipped";
  return /target_|unix|windows/.test(said) ? ofCondition(`not ${said}`) : "maybe";
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
