/** `assert`, unittest's methods, `pytest.raises`, mocks' assertions. */
import {
  closeOf,
  isMark,
  isWord,
  shapeOf,
  splitArguments,
  stepOf,
  type Token,
} from "../reading/token.js";
import { NEVER, SWALLOWED } from "./guards.js";
import type { Statement } from "./python-statements.js";
import { assertionOf, readComparison } from "./strength.js";
import type { Assertion } from "./test-case.js";

export function readPythonAssertions(statements: readonly Statement[]): Assertion[] {
  const found: Assertion[] = [];
  const top = Math.min(...statements.map(({ indent }) => indent));
  /** Conditions by the indentation that they stand at. */
  let conditions: { indent: number; condition: string }[] = [];
  let rest: string[] = [];
  for (const [at, { indent, tokens }] of statements.entries()) {
    conditions = conditions.filter((each) => each.indent < indent);
    const condition = conditionOf(statements, at);
    if (condition !== undefined) conditions.push({ indent, condition });
    const guards = [
      ...rest,
      ...conditions.filter((each) => each.indent < indent).map((each) => each.condition),
    ];
    for (const each of readStatement(tokens)) found.push({ ...each, guards });
    if (!isWord(tokens[0], "return")) continue;
    const leaving = conditions.at(-1);
    if (indent === top) rest = [...rest, NEVER];
    else if (leaving !== undefined && leaving.indent === top)
      rest = [...rest, `not ${leaving.condition}`];
  }
  return found;
}

function conditionOf(statements: readonly Statement[], at: number): string | undefined {
  const statement = statements[at];
  const [first] = statement?.tokens ?? [];
  if (isWord(first, "if", "elif")) {
    const condition = shapeOf(statement?.tokens.slice(1) ?? []).replace(/ :$/, "");
    return /^(?:False|0)$/.test(condition) ? NEVER : condition;
  }
  if (isWord(first, "else")) return "else";
  if (isWord(first, "with") && statement?.tokens.some((token) => isWord(token, "suppress")))
    return SWALLOWED;
  return isWord(first, "try") && isSwallowed(statements, at) ? SWALLOWED : undefined;
}

/** True when an `except` of this `try` says nothing of what it caught. */
function isSwallowed(statements: readonly Statement[], at: number): boolean {
  const indent = statements[at]?.indent ?? 0;
  let inHandler = false;
  let says = false;
  for (const each of statements.slice(at + 1)) {
    if (each.indent < indent) break;
    if (each.indent === indent) {
      if (inHandler && !says) return true;
      inHandler = isWord(each.tokens[0], "except");
      says = false;
      if (!isWord(each.tokens[0], "except", "else", "finally")) return false;
    }
    if (
      inHandler &&
      each.tokens.some(
        ({ kind, text }) => kind === "word" && /^(?:raise|assert\w*|fail)$/.test(text),
      )
    )
      says = true;
  }
  return inHandler && !says;
}

function readStatement(tokens: readonly Token[]): Assertion[] {
  const [first] = tokens;
  if (isWord(first, "assert")) return readComparison(withoutMessage(tokens.slice(1)));
  return tokens.flatMap((token, at) => {
    if (token.kind !== "word" || !isMark(tokens[at + 1], "(")) return [];
    const isMethod = /^assert\w+$/.test(token.text);
    const isRaises = /^(?:raises|warns)$/.test(token.text);
    if (!isMethod && !isRaises) return [];
    const [one = [], two = [], ...more] = splitArguments(
      tokens.slice(at + 2, closeOf(tokens, at + 1)),
    );
    if (isRaises) return [assertionOf(token.text, [], [one, two].flat())];
    if (/^assert_(?:called|has|any|not)/.test(token.text))
      return [assertionOf(token.text, subjectBefore(tokens, at), [one, two, ...more].flat())];
    if (/^assert_?(?:True|true_?)$/.test(token.text)) return readComparison(one);
    const isOfOne = /^assert_?(?:False|IsNone|IsNotNone|false_?)$/.test(token.text);
    const tolerance = more.filter((each) =>
      isWord(each[0], "places", "delta", "atol", "rtol", "decimal"),
    );
    return [assertionOf(token.text, one, isOfOne ? [] : [...two, ...tolerance.flat()])];
  });
}

const subjectBefore = (tokens: readonly Token[], at: number) =>
  tokens.slice(0, Math.max(0, at - 1));

function withoutMessage(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  const comma = tokens.findIndex((token) => {
    depth += stepOf(token);
    return depth === 0 && isMark(token, ",");
  });
  return comma < 0 ? tokens : tokens.slice(0, comma);
}
