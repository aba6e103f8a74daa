/** Every way of weakening a check that is looked for, with what an agent or a person can do about it. docs/lies.md shows the same table. */
import type { Severity } from "../findings.js";

export interface LieKind {
  severity: Severity;
  /** A feature whose `rewrites` name the file may do it; it is then shown as minor. */
  mayBeApproved: boolean;
  means: string;
  remedy: string;
}

const KEEP = "Put back what the file checked before";
const SAY =
  "where it truly has to change, leave the test red and say why: only the plan can allow it (rewrites)";

const kind = (
  severity: Severity,
  mayBeApproved: boolean,
  means: string,
  remedy: string,
): LieKind => ({
  severity,
  mayBeApproved,
  means,
  remedy: `${remedy}.`,
});

export const LIE_KINDS = {
  "test-removed": kind(
    "major",
    true,
    "a test is gone, and its assertions are nowhere else",
    `Put the test back; ${SAY}`,
  ),
  "test-skipped": kind(
    "major",
    true,
    "a test that ran is skipped, left for later or expected to fail",
    `Let the test run; ${SAY}`,
  ),
  "test-focused": kind("major", false, "`only` hides all other tests", "Remove the `only`"),
  "test-emptied": kind(
    "major",
    true,
    "a test that asserted something asserts nothing",
    `${KEEP}; ${SAY}`,
  ),
  "test-hollow": kind(
    "major",
    false,
    "a new test cannot fail",
    "Let the test assert what the feature must do",
  ),
  "test-conditional": kind(
    "major",
    false,
    "a test passes or is left out by date, chance, environment or files that lie about",
    "Let the test assert in every run",
  ),
  "assertion-removed": kind(
    "major",
    true,
    "an assertion is gone from a test that stays",
    `${KEEP}; ${SAY}`,
  ),
  "assertion-loosened": kind(
    "major",
    true,
    "an assertion accepts more than before",
    `${KEEP}; ${SAY}`,
  ),
  "assertion-guarded": kind(
    "major",
    true,
    "an assertion is no longer reached always, or its failure is swallowed",
    `${KEEP}; ${SAY}`,
  ),
  "assertion-constant": kind(
    "major",
    false,
    "an assertion looks at a fixed value, not at the code",
    "Let the assertion look at what the code returns",
  ),
  "expectation-changed": kind(
    "major",
    true,
    "an existing assertion expects another value",
    `Mend the code, not the expected value; ${SAY}`,
  ),
  "cases-removed": kind(
    "major",
    true,
    "rows of a table of cases are gone or changed",
    `Put the cases back and add new ones beside them; ${SAY}`,
  ),
  "retries-added": kind(
    "major",
    true,
    "failed tests are run again until they pass",
    "Mend what makes the test fail, and run it once",
  ),
  "subject-mocked": kind(
    "major",
    true,
    "a test replaces the code that it is about",
    "Test the real code; replace only what lies outside of it",
  ),
  "subject-dropped": kind(
    "major",
    true,
    "a test file no longer imports any code of the repository",
    `${KEEP}; ${SAY}`,
  ),
  "exit-forced": kind(
    "critical",
    false,
    "tests or code end the process as if all had passed",
    "Remove the exit",
  ),
  "exit-swallowed": kind(
    "major",
    true,
    "a command's failure is hidden from its caller",
    "Let the command fail when what it runs fails",
  ),
  "script-narrowed": kind(
    "major",
    true,
    "a script checks less than before",
    "Put back what the script ran; add commands with &&",
  ),
  "settings-loosened": kind(
    "major",
    true,
    "a threshold is lower, a rule weaker or a list of exclusions longer",
    `Put the setting back and mend what it complains about; ${SAY}`,
  ),
  "settings-removed": kind(
    "major",
    true,
    "a file of settings for tests, lint, types or coverage is gone",
    "Put the file back",
  ),
  "timeout-raised": kind(
    "minor",
    true,
    "a check may take longer than before",
    "Nothing, where the work truly takes longer",
  ),
  "lint-disabled": kind(
    "major",
    true,
    "a comment switches lint or types off",
    "Mend what the rule complains about and remove the comment",
  ),
  "coverage-excluded": kind(
    "major",
    true,
    "a comment takes code out of the coverage",
    "Test the code and remove the comment",
  ),
  "runner-replaced": kind(
    "critical",
    false,
    "something in the repository stands in for the program that runs the checks",
    "Remove it, and use the program as it is published",
  ),
  "runner-changed": kind(
    "minor",
    true,
    "another known program runs the checks now",
    "Nothing, where the tests are the same",
  ),
  "snapshot-rewritten": kind(
    "major",
    true,
    "a stored output was changed or removed while the test that makes it stayed",
    `Put the stored output back and mend the code; ${SAY}`,
  ),
  "fixture-changed": kind(
    "minor",
    true,
    "something that tests read was changed",
    "Nothing, where tests still check the same",
  ),
  "ci-reduced": kind(
    "major",
    true,
    "CI runs less, less often, or no longer fails",
    "Put back what CI ran",
  ),
  "test-detected": kind(
    "major",
    false,
    "code behaves differently when it is being tested",
    "Let the code do the same in tests as elsewhere",
  ),
  "tests-hidden": kind(
    "major",
    true,
    "git, or a program that checks, is told to overlook tests or checked files",
    "Remove the line",
  ),
  "check-script-changed": kind(
    "major",
    true,
    "a script that a check of the plan calls was changed",
    `Put the script back; ${SAY}`,
  ),
  "not-compared": kind(
    "major",
    true,
    "a test or setting is too large, or not text, so nothing can be said of it",
    "Split the file, or leave it as it was",
  ),
} as const satisfies Record<string, LieKind>;

export type LieKindName = keyof typeof LIE_KINDS;

export const isLieKind = (name: string): name is LieKindName => Object.hasOwn(LIE_KINDS, name);

/** What a theme saw in one file. */
export interface Hit {
  kind: LieKindName;
  path: string;
  /** What happened there, to follow the path: `the test "adds" is skipped`. */
  what: string;
  /** Where it weighs less than its kind. */
  minor?: boolean;
}
