/** Whether a test runs, and what its conditions are about. */
import type { TestState } from "./test-case.js";

const ORDER: readonly TestState[] = ["runs", "platform", "maybe", "skipped"];

/** Of a group and what is in it: `only` is kept, otherwise what runs least. */
export function worse(one: TestState, other: TestState): TestState {
  if (one === "skipped" || other === "skipped") return "skipped";
  if (one === "only" || other === "only") return "only";
  return ORDER.indexOf(one) > ORDER.indexOf(other) ? one : other;
}

export const runsLess = (before: TestState, after: TestState) =>
  before === "only" ? after === "skipped" : ORDER.indexOf(after) > ORDER.indexOf(before);

const PLATFORM =
  /\b(?:platform|win32|windows|darwin|linux|macos|os . name|version_info|versions?|target_os|target_arch|unix|cfg|GOOS|arch|endianness|browserName|isMobile|which|find_spec|importorskip)\b/i;

const RARE =
  /win32|windows|iswin|cygwin|darwin|macos|\bmac\b|freebsd|openbsd|netbsd|aix|sunos|solaris|plan9|android|\bios\b|wasm|\bnt\b/i;
const USUAL = /linux|posix|\bunix\b/i;

/** Of the system that runs the tests, which no change of code makes true. */
const isOfSystem = (condition: string) =>
  PLATFORM.test(condition) && !/\bCI\b|Date|datetime|exists|random/i.test(condition);

/** Whether a condition on the system holds where programs are usually tested. */
function holdsUsually(condition: string): boolean {
  const turns = condition.match(/\bnot\b|!==?|!(?= )|\bis not\b/g)?.length ?? 0;
  const negated = turns % 2 === 1;
  if (RARE.test(condition)) return negated;
  return USUAL.test(condition) ? !negated : true;
}

/** Reached on the usual systems. */
export const isPlatform = (condition: string) => isOfSystem(condition) && holdsUsually(condition);

/** @param condition under which a test is left out. */
export function ofCondition(condition: string): TestState {
  const plain = condition.trim().toLowerCase();
  if (/^(?:true|1|not false|not 0)$/.test(plain)) return "skipped";
  if (/^(?:false|0|not true|not 1)$/.test(plain)) return "runs";
  const names = RARE.test(condition) || USUAL.test(condition);
  return isOfSystem(condition) && !(names && holdsUsually(condition)) ? "platform" : "maybe";
}
