/** What stands between a test's start and its assertion, in languages with braces. */
import { closeOf, isMark, isWord, shapeOf, stepOf, type Token } from "../reading/token.js";

export interface Guard {
  from: number;
  to: number;
  condition: string;
}

/** A failure that is caught and not said again. */
export const SWALLOWED = "try";
export const NEVER = "never reached";
export const NOT_AWAITED = "not awaited";

const SAYS_SO =
  /^(?:throw|expect|assert\w*|fail|reject|done|next|raise|panic|exit|exitCode|rethrow|t|Errorf|Fatal|Fatalf)$/;

export const guardsAt = (guards: readonly Guard[], at: number): string[] =>
  guards.filter(({ from, to }) => at >= from && at < to).map(({ condition }) => condition);

/** Ranges of `tokens` that are reached only under a condition. */
export function readGuards(tokens: readonly Token[]): Guard[] {
  const guards: Guard[] = [];
  const waits = tokens.some(
    ({ kind, text }, at) =>
      kind === "word" && SAYS_DONE.test(text) && !isWord(tokens[at - 2], "Promise"),
  );
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    depth += stepOf(token);
    if (token.kind === "mark") guards.push(...shortCircuit(tokens, at));
    const isDotted = isMark(tokens[at - 1], ".");
    guards.push(
      ...unwaited(tokens, at).filter(({ condition }) => !waits || condition !== NOT_AWAITED),
    );
    if (token.kind !== "word" || isDotted) continue;
    if (token.text === "if") guards.push(...ifGuards(tokens, at, depth));
    else if (token.text === "try") guards.push(...tryGuard(tokens, at));
    else if (token.text === "while" || token.text === "for") guards.push(...emptyLoop(tokens, at));
    else if (token.text === "return" && depth === 0 && startsStatement(tokens, at))
      guards.push({ from: statementEnd(tokens, at), to: tokens.length, condition: NEVER });
  }
  return guards;
}

/** `ready && expect(...)`: a statement of which only the first part is always reached. */
function shortCircuit(tokens: readonly Token[], at: number): Guard[] {
  const mark = tokens[at]?.text ?? "";
  if (!["&&", "||", "??"].includes(mark)) return [];
  const start = statementStart(tokens, at);
  if (start === undefined || isWord(tokens[start], "return", "const", "let", "var", "if"))
    return [];
  const said = shapeOf(tokens.slice(start, at));
  const isNever = mark === "&&" ? said === "false" : said === "true";
  const condition = isNever ? NEVER : mark === "&&" ? said : `not ${said}`;
  return [{ from: at + 1, to: statementEnd(tokens, at + 1), condition }];
}

/** `while (false)`, `for (... of [])`. */
function emptyLoop(tokens: readonly Token[], at: number): Guard[] {
  const close = closeOf(tokens, at + 1);
  const head = isMark(tokens[at + 1], "(") ? shapeOf(tokens.slice(at + 2, close)) : "";
  return /^false$|\bof \[ \]$/.test(head)
    ? [{ ...range(tokens, close + 1), condition: NEVER }]
    : [];
}

const TIMERS = /^(?:setTimeout|setImmediate|setInterval|queueMicrotask|nextTick)$/;
const CHAINS = /^(?:then|catch|finally)$/;
const SAYS_DONE =
  /^(?:done|resolve|reject|next|cb|callback|finish|end|plan|assertions|Wait|Done|join|fulfill|tick|run\w*Timers\w*|advanceTimers\w*)$/;

/** What runs later, where the test does not wait for it. */
function unwaited(tokens: readonly Token[], at: number): Guard[] {
  const token = tokens[at];
  if (token === undefined) return [];
  let open = at + 1;
  let isLater = false;
  if (isMark(tokens[open], "(") && (TIMERS.test(token.text) || CHAINS.test(token.text))) {
    const isChain = CHAINS.test(token.text);
    isLater = isChain === isMark(tokens[at - 1], ".") || token.text === "nextTick";
  } else if (isMark(token, "(") && isWord(tokens[open], "async")) {
    isLater = isMark(tokens[closeOf(tokens, at) + 1], "(");
    open = at;
  } else if (isWord(token, "go") && isWord(tokens[open], "func")) {
    isLater = true;
    open = blockAfter(tokens, open);
  } else if (isWord(token, "spawn", "catch_unwind")) isLater = isMark(tokens[open], "(");
  if (!isLater) return [];
  const to = closeOf(tokens, open);
  if (isWord(token, "catch_unwind")) return [{ from: open, to, condition: SWALLOWED }];
  const start = statementStart(tokens, at);
  const isHeld =
    start === undefined || isWord(tokens[start], "await", "return", "yield", "const", "let", "var");
  const given = tokens.slice(start, at).some((each) => isMark(each, "="));
  return isHeld || given ? [] : [{ from: open, to, condition: NOT_AWAITED }];
}

/** Tokens of a statement that are looked at; what is longer is taken as waited for. */
const FARTHEST = 2000;
/** Begins a line that goes on with a statement, or ends one of which the next line is a part. */
const GOES_ON = /^(?:\.|\?\.|&&|\|\||\?\?|[?:+*=])$/;
const OPENS = /^(?:=|=>|return|await|&&|\|\||\?\?|[?:+*,])$/;

/** Where the statement around `at` begins; undefined within brackets, or where it is what an arrow returns. */
function statementStart(tokens: readonly Token[], at: number): number | undefined {
  let depth = 0;
  for (let n = at - 1; n >= 0; n -= 1) {
    const token = tokens[n];
    if (token === undefined || at - n > FARTHEST) return undefined;
    const step = stepOf(token);
    if (depth === 0 && (isMark(token, ";") || isMark(token, "{") || isMark(token, "}")))
      return n + 1;
    if (depth === 0 && (step === 1 || isMark(token, "=>"))) return undefined;
    depth -= step;
    if (
      depth === 0 &&
      token.first &&
      !GOES_ON.test(token.text) &&
      !OPENS.test(tokens[n - 1]?.text ?? "")
    )
      return n;
  }
  return 0;
}

function ifGuards(tokens: readonly Token[], at: number, depth: number): Guard[] {
  const inBrackets = isMark(tokens[at + 1], "(");
  const open = inBrackets ? closeOf(tokens, at + 1) + 1 : blockAfter(tokens, at);
  const condition = shapeOf(tokens.slice(at + 1, open)).replace(/^\( (.*) \)$/, "$1");
  const body = range(tokens, open);
  const first = tokens[isMark(tokens[body.from], "{") ? body.from + 1 : body.from];
  const guards = [{ ...body, condition: condition === "false" ? NEVER : condition }];
  if (isWord(first, "return") && depth === 0)
    guards.push({ from: body.to, to: tokens.length, condition: `not ${condition}` });
  if (isWord(tokens[body.to], "else"))
    guards.push({ ...range(tokens, body.to + 1), condition: `not ${condition}` });
  return guards;
}

/** The block at `open`, or the one statement there. */
function range(tokens: readonly Token[], open: number): { from: number; to: number } {
  const to = isMark(tokens[open], "{") ? closeOf(tokens, open) + 1 : statementEnd(tokens, open);
  return { from: open, to };
}

function tryGuard(tokens: readonly Token[], at: number): Guard[] {
  if (!isMark(tokens[at + 1], "{")) return [];
  const end = closeOf(tokens, at + 1);
  if (!isWord(tokens[end + 1], "catch")) return [];
  const open = blockAfter(tokens, end + 1);
  const handler = tokens.slice(open, closeOf(tokens, open));
  const says = handler.some(({ kind, text }) => kind === "word" && SAYS_SO.test(text));
  return says ? [] : [{ from: at + 1, to: end, condition: SWALLOWED }];
}

function blockAfter(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let n = at + 1; n < tokens.length; n += 1) {
    const token = tokens[n];
    if (token === undefined) break;
    if (depth === 0 && isMark(token, "{")) return n;
    depth += stepOf(token);
  }
  return tokens.length;
}

const startsStatement = (tokens: readonly Token[], at: number) =>
  at === 0 ||
  tokens[at]?.first === true ||
  [";", "{", "}"].some((mark) => isMark(tokens[at - 1], mark));

/** @returns the place after a statement that begins at `from`. */
export function statementEnd(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (
      depth === 0 &&
      at > from &&
      token.first &&
      !isMark(token, ".") &&
      !isMark(tokens[at - 1], ".")
    )
      return at;
    if (depth === 0 && isMark(token, ";")) return at + 1;
    depth += stepOf(token);
    if (depth < 0) return at;
  }
  return tokens.length;
}
