/** What became of one assertion of a test. */
import type { Assertion } from "./test-case.js";
import { sameAssertion } from "./units.js";

export type Fate = "kept" | "loosened" | "changed" | "constant" | "removed";

export interface Surroundings {
  /** Assertions of the same test that have no counterpart yet. */
  left: Assertion[];
  /** Those of other tests, helpers and files. */
  elsewhere: Assertion[];
  /** Those of tests that are new. */
  fresh: readonly Assertion[];
  /** Assertions of functions that the test calls now and did not call before. */
  called: readonly Assertion[];
  /** Literals of the file before and after. */
  literalsBefore: ReadonlySet<string>;
  literalsAfter: ReadonlySet<string>;
  /** What the test gives a name now: the functions called to make it. */
  made: ReadonlyMap<string, readonly string[]>;
}

/** Takes the counterpart out of `left` or `elsewhere`. */
export function fateOf(lost: Assertion, around: Surroundings): Fate {
  const sameSubject = around.left.find(
    (each) =>
      each.subject === lost.subject && (lost.subject !== "" || each.matcher === lost.matcher),
  );
  if (sameSubject !== undefined) {
    take(around.left, sameSubject);
    return compare(lost, sameSubject, around);
  }
  const either = around.left.find(
    (each) => each.matcher === "or" && lost.subject !== "" && each.subject.includes(lost.subject),
  );
  if (either !== undefined) {
    take(around.left, either);
    return "loosened";
  }
  const adapted = around.left.find((each) => isAdapted(lost, each));
  if (adapted !== undefined) {
    take(around.left, adapted);
    if (holdsExpected(lost, adapted)) return "loosened";
    return adapted.constant && !lost.constant ? "constant" : "kept";
  }
  if (around.left.some((each) => absorbs(each, lost, around))) return "kept";
  if (around.called.some((each) => absorbs(each, lost, around) || isAdapted(lost, each)))
    return "kept";
  const moved = around.elsewhere.find((each) => sameAssertion(lost, each));
  if (moved !== undefined) {
    take(around.elsewhere, moved);
    return "kept";
  }
  if (around.fresh.some((each) => absorbs(each, lost, around))) return "kept";
  const other = around.left.find((each) => each.matcher === lost.matcher);
  if (other === undefined) return "removed";
  take(around.left, other);
  if (lost.literals.length === 0 && other.literals.length === 0) return "kept";
  return "changed";
}

function compare(lost: Assertion, now: Assertion, around: Surroundings): Fate {
  if (now.constant && !lost.constant) return "constant";
  if (now.strength !== lost.strength) return now.strength > lost.strength ? "kept" : "loosened";
  if (now.expected === lost.expected) return "kept";
  const bound = compareBounds(lost, now);
  if (bound !== undefined) return bound;
  if (around.made.get(now.expected)?.some((name) => now.subject.includes(`${name} (`)) === true)
    return "changed"; // held against what the code says itself
  const isNamedNow = now.named && includesAll(around.literalsAfter, lost.literals);
  const wasNamed = lost.named && !now.named && includesAll(around.literalsBefore, now.literals);
  const bothNamed = now.literals.length === 0 && lost.literals.length === 0;
  return isNamedNow || wasNamed || bothNamed ? "kept" : "changed";
}

const NO_MORE =
  /^(?:tobelessthan|tobelessthanorequal|below|most|assertless|assertlessequal|<|<=)$/i;
const NO_LESS =
  /^(?:tobegreaterthan|tobegreaterthanorequal|above|least|assertgreater|assertgreaterequal|>|>=|assertions)$/i;

/** Of a bound that became narrower nothing was taken away. */
function compareBounds(lost: Assertion, now: Assertion): Fate | undefined {
  if (lost.matcher !== now.matcher) return undefined;
  const [from, to] = [Number(lost.expected), Number(now.expected)];
  if (Number.isFinite(from) && Number.isFinite(to) && now.expected !== "") {
    if (NO_MORE.test(lost.matcher)) return to <= from ? "kept" : "loosened";
    if (NO_LESS.test(lost.matcher)) return to >= from ? "kept" : "loosened";
  }
  const isClose = /closeto|almostequal|allclose|indelta|approximately/i.test(lost.matcher);
  const [value, ...finer] = now.expected.split(" , ");
  const [valueBefore, ...before] = lost.expected.split(" , ");
  if (!isClose || value !== valueBefore) return undefined;
  const digits = /tobecloseto|almostequal/i.test(lost.matcher) && !/delta|tol/.test(now.expected);
  const [a, b] = [numberOf(before, digits ? 2 : 0), numberOf(finer, digits ? 2 : 0)];
  return (digits ? b >= a : b <= a) ? "kept" : "loosened";
}

const numberOf = (parts: readonly string[], usual: number) =>
  Number(/-?\d[\d.e_-]*/.exec(parts.join(" "))?.[0] ?? usual);

const BENT = /\|\||\?\?|&&| \? |\b(?:or|and|if|min|max|clamp)\b/i;

/** `Math.min(price(), 180)`, `price() || 180`: what is expected stands in what is looked at. */
function holdsExpected(lost: Assertion, now: Assertion): boolean {
  const said = (subject: string) => ` ${subject} `.split(` ${lost.expected} `).length;
  return (
    BENT.test(now.subject) && !BENT.test(lost.subject) && said(now.subject) > said(lost.subject)
  );
}

/** The same is expected of something that is called otherwise now. */
function isAdapted(lost: Assertion, now: Assertion): boolean {
  if (now.expected !== lost.expected || now.strength < lost.strength) return false;
  return now.matcher === lost.matcher || lost.expected !== "";
}

/** Its expected value comes from elsewhere, and what was expected before stands there: a table, a constant, an argument. */
const absorbs = (now: Assertion, lost: Assertion, { literalsAfter }: Surroundings) =>
  now.strength >= lost.strength &&
  now.named &&
  !now.constant &&
  lost.literals.length > 0 &&
  includesAll(literalsAfter, lost.literals);

const includesAll = (known: ReadonlySet<string>, wanted: readonly string[]) =>
  wanted.every((each) => known.has(each));

function take<T>(from: T[], what: T): void {
  const at = from.indexOf(what);
  if (at >= 0) from.splice(at, 1);
}
