/** What is known of a test, in whatever language it is written. */
import type { Token } from "../reading/token.js";

/** 0: asserts nothing. 1: that something is there. 2: a part, a range, a pattern. 3: the exact value. */
export type Strength = 0 | 1 | 2 | 3;

export interface Assertion {
  /** As `toBe`, `not.toBe`, `==`. */
  matcher: string;
  strength: Strength;
  /** What is looked at, and what it is held against; one spelling for all layouts. */
  subject: string;
  expected: string;
  /** Literals of what is expected. */
  literals: string[];
  /** Names that stand in what is expected: its value comes from elsewhere. */
  named: boolean;
  /** Looks at nothing that was computed. */
  constant: boolean;
  /** What must hold for it to be reached: conditions, and `try` where its failure is swallowed. */
  guards: string[];
}

/** The row of a table that is written down without any. */
export const NO_ROWS = "(no rows)";

/** `platform`: skipped on some systems only. `maybe`: skipped under another condition. */
export type TestState = "runs" | "only" | "platform" | "maybe" | "skipped";

export interface TestCase {
  path: string;
  /** With the names of the groups around it. */
  title: string;
  /** The last part of the title. */
  name: string;
  state: TestState;
  assertions: Assertion[];
  /** Functions that it calls, once for each call. */
  calls: string[];
  /** One spelling of its body. */
  body: string;
  tokens: readonly Token[];
  /** Rows of its table, where it is run for each of several. */
  rows: string[];
  /** Run again until it passes. */
  retried: boolean;
  line: number;
}

/** A function of a test file or setup that tests call. */
export interface TestFunction {
  assertions: Assertion[];
  calls: string[];
}

export interface TestFile {
  path: string;
  tests: TestCase[];
  functions: Map<string, TestFunction>;
  /** Names of those that are in no test. */
  shared: string[];
  /** What stands outside of tests and functions: a plain script that asserts is a test too. */
  outside: Assertion[];
  /** Modules that it imports, with the names that it takes from each. */
  imports: { from: string; names: string[] }[];
  /** Modules that it replaces. */
  mocked: string[];
  tokens: readonly Token[];
  whole: boolean;
}
