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
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    depth += stepOf(token);
    if (token.kind !== "word" || isMark(tokens[at - 1], ".")) continue;
    if (token.text === "if") guards.push(...ifGuards(tokens, at, depth));
    else if (token.text === "try") guards.push(...tryGuard(tokens, at));
    else if (token.text === "return" && depth === 0 && startsStatement(tokens, at))
      guards.push({ from: statementEnd(tokens, at), to: tokens.length, condition: NEVER });
  }
  return guards;
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
