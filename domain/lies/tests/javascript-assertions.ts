/** Assertions of JavaScript's test libraries: expect, node:assert, chai, ava, tap, supertest. */
import { closeOf, isMark, isWord, splitArguments, type Token } from "../reading/token.js";
import { guardsAt, NOT_AWAITED, readGuards } from "./guards.js";
import { assertionOf, readComparison } from "./strength.js";
import type { Assertion } from "./test-case.js";

const FILLERS = new Set(
  "to be been is that which and has have with at of same but does still also soft".split(" "),
);
/** Of ava and tap: methods of the test's own argument. */
const OF_TEST = new Set(
  "is not deepEqual notDeepEqual like true false truthy falsy throws throwsAsync notThrows regex snapshot assert equal equals strictEqual deepStrictEqual same strictSame ok notOk match pass fail rejects doesNotThrow plan".split(
    " ",
  ),
);
/** Of node:assert, when they are imported by name. */
const BARE = new Set(
  "ok equal notEqual strictEqual notStrictEqual deepEqual deepStrictEqual notDeepStrictEqual throws rejects match doesNotMatch doesNotThrow doesNotReject".split(
    " ",
  ),
);
/** What comes second is only said on failure. */
const OF_ONE =
  /^(?:ok|isok|istrue|isfalse|true|false|truthy|falsy|notok|isnull|isdefined|exists|pass|fail|assert|iffalse)$/i;
const PROMISED = new Set(["resolves", "rejects", "eventually", "throwsAsync", "doesNotReject"]);

export function readAssertions(tokens: readonly Token[]): Assertion[] {
  const guards = readGuards(tokens);
  const found: Assertion[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const read = readOne(tokens, at);
    if (read === undefined) continue;
    const conditions = [...new Set(guardsAt(guards, at))];
    if (read.promised && !isAwaited(tokens, at)) conditions.push(NOT_AWAITED);
    for (const each of read.assertions) found.push({ ...each, guards: conditions });
  }
  return found;
}

interface Read {
  assertions: Assertion[];
  promised: boolean;
}

function readOne(tokens: readonly Token[], at: number): Read | undefined {
  const token = tokens[at];
  if (token?.kind !== "word") return undefined;
  const afterDot = isMark(tokens[at - 1], ".") || isMark(tokens[at - 1], "?.");
  if (token.text === "expect" || token.text === "expectTypeOf" || token.text === "expectType")
    return readExpect(tokens, at, afterDot);
  if (token.text === "should" && afterDot) return readShould(tokens, at);
  if (token.text === "assert" && (!afterDot || isWord(tokens[at - 2], "t", "chai", "ctx")))
    return readAssert(tokens, at);
  if (token.text === "t" && !afterDot && isMark(tokens[at + 1], ".")) {
    const name = tokens[at + 2]?.text ?? "";
    return OF_TEST.has(name) && isMark(tokens[at + 3], "(") ? readCall(tokens, at + 2) : undefined;
  }
  const isCall = isMark(tokens[at + 1], "(") && !afterDot;
  return isCall && BARE.has(token.text) ? readCall(tokens, at) : undefined;
}

function readExpect(tokens: readonly Token[], at: number, afterDot: boolean): Read | undefined {
  let open = at + 1;
  if (isMark(tokens[open], ".") && isWord(tokens[open + 1])) {
    const name = tokens[open + 1]?.text ?? "";
    if (name === "assertions" || name === "hasAssertions") {
      const given = callArguments(tokens, open + 2);
      return { assertions: [assertionOf(name, [], given.flat())], promised: false };
    }
    if (name !== "soft" && name !== "poll") return undefined;
    open += 2;
  }
  if (!isMark(tokens[open], "(")) return undefined;
  const given = callArguments(tokens, open);
  if (afterDot) return { assertions: [assertionOf("expect", [], given.flat())], promised: false };
  const close = closeOf(tokens, open);
  const { words, expected } = readChain(tokens, close + 1);
  return {
    assertions: [assertionOf(matcherOf(words), given[0] ?? [], expected)],
    promised: words.some((word) => PROMISED.has(word)),
  };
}

function readShould(tokens: readonly Token[], at: number): Read {
  let from = at - 1;
  while (from > 0 && !startsSubject(tokens, from)) from -= 1;
  const { words, expected } = readChain(tokens, at + 1);
  return {
    assertions: [assertionOf(matcherOf(words), tokens.slice(from, at - 1), expected)],
    promised: false,
  };
}

const startsSubject = (tokens: readonly Token[], at: number) =>
  tokens[at]?.first === true || [";", "{", "}", "=>"].some((mark) => isMark(tokens[at - 1], mark));

function readAssert(tokens: readonly Token[], at: number): Read | undefined {
  if (isMark(tokens[at + 1], "(")) {
    const [what = []] = callArguments(tokens, at + 1);
    return { assertions: readComparison(what), promised: false };
  }
  let name = at;
  while (isMark(tokens[name + 1], ".") && isWord(tokens[name + 2])) name += 2;
  return name > at && isMark(tokens[name + 1], "(") ? readCall(tokens, name) : undefined;
}

/** `equal(actual, expected)` at its name. */
function readCall(tokens: readonly Token[], at: number): Read {
  const matcher = tokens[at]?.text ?? "";
  const [subject = [], expected = []] = callArguments(tokens, at + 1);
  const promised = /^(?:rejects|doesNotReject|throwsAsync)$/.test(matcher);
  if (matcher === "plan") return { assertions: [assertionOf("assertions", [], subject)], promised };
  if (!OF_ONE.test(matcher))
    return { assertions: [assertionOf(matcher, subject, expected)], promised };
  if (/^(?:ok|isok|assert|truthy|istrue|true)$/i.test(matcher))
    return { assertions: readComparison(subject), promised };
  return { assertions: [assertionOf(matcher, subject, [])], promised };
}

const callArguments = (tokens: readonly Token[], open: number) =>
  splitArguments(tokens.slice(open + 1, closeOf(tokens, open)));

const matcherOf = (words: readonly string[]) =>
  words.filter((word) => !FILLERS.has(word)).join(".");

/** `.not.toBe(x)`, `.to.have.property("a").equal(1)`: its words, and what they are given. */
function readChain(tokens: readonly Token[], from: number) {
  const words: string[] = [];
  const expected: Token[] = [];
  let at = from;
  while (isMark(tokens[at], ".") && isWord(tokens[at + 1])) {
    words.push(tokens[at + 1]?.text ?? "");
    at += 2;
    if (isMark(tokens[at], "<")) while (at < tokens.length && !isMark(tokens[at], "(")) at += 1;
    if (!isMark(tokens[at], "(")) {
      if (/^to[A-Z]/.test(words.at(-1) ?? "")) return { words: [], expected }; // named, not called
      continue;
    }
    const close = closeOf(tokens, at);
    expected.push(...tokens.slice(at + 1, close));
    at = close + 1;
  }
  return { words, expected };
}

function isAwaited(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (before === undefined || isWord(before, "await", "return", "yield")) return true;
  if (isMark(before, ".")) return isAwaited(tokens, at - 2);
  return ["=>", ",", "[", "("].some((mark) => isMark(before, mark));
}
