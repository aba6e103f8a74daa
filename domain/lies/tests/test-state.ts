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

/** Of the system that runs the tests, which no change of code makes true. */
export const isPlatform = (condition: string) =>
  PLATFORM.test(condition) && !/\bCI\b|Date|datetime|exists|random/i.test(condition);

export function ofCondition(condition: string): TestState {
  const plain = condition.trim().toLowerCase();
  if (/^(?:true|false|1|0)$/.test(plain)) return "skipped";
  return isPlatform(condition) ? "platform" : "maybe";
}
