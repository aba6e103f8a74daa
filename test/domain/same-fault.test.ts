import { describe, expect, it } from "@jest/globals";
import type { Finding } from "../../domain/findings.js";
import { isSameFault } from "../../domain/same-fault.js";
import type { RunEvidence } from "../../domain/validation-work.js";

const TESTS: Finding = {
  ...{ id: "tests/npm test", severity: "critical", source: "tests" },
  what: "`npm test` failed: exit 1 in 240 ms, 3 times.",
};
const reportOf = (finding: Finding, output: string) => ({
  findings: [finding],
  runs: [
    {
      ...{ id: "tests/npm test", sentence: "Its tests pass", how: "npm test", verdict: "failed" },
      ...{ ended: "exit 1", ms: 5, output },
    } as RunEvidence,
  ],
});
const ONE = "ok 1 - adds\nnot ok 2 - subtracts\n  duration_ms: 3.2\n";

/** @returns whether `now` is what was accepted as `TESTS` with one test that fails. */
const isSame = (now: Partial<Finding>, output = ONE) => {
  const again = { ...TESTS, ...now };
  return isSameFault(TESTS, reportOf(TESTS, ONE), again, reportOf(again, output));
};

describe("what a person accepted", () => {
  it("is the same when it fails again in the same way, whatever the time and the tests beside it", () => {
    expect(isSame({ what: "`npm test` failed: exit 1 in 999 ms, 3 times." })).toBe(true);
    expect(isSame({}, `ok 7 - fails on bad input\n${ONE}`)).toBe(true);
    expect(isSame({}, "ok 1 - adds\nnot ok 3 - subtracts\n")).toBe(true);
    expect(isSame({ severity: "minor" })).toBe(true);
  });

  it("is another when another test fails, when it ends otherwise, or weighs more", () => {
    expect(isSame({}, `${ONE}not ok 3 - divides\n`)).toBe(false);
    expect(isSame({ what: "`npm test` failed: exit 139 in 240 ms, 3 times." })).toBe(false);
    const fewer = (tests: number): Finding => ({
      ...TESTS,
      severity: "major",
      what: `ran ${tests}.`,
    });
    const none = { findings: [], runs: [] };
    expect(isSameFault(fewer(4), none, fewer(4), none)).toBe(true);
    expect(isSameFault(fewer(4), none, fewer(2), none)).toBe(false);
    expect(isSameFault(fewer(4), none, { ...fewer(4), severity: "critical" }, none)).toBe(false);
  });

  it("is the same of a page though a few pixels differ, and of a judge though the words do", () => {
    const none = { findings: [], runs: [] };
    const page = (px: number): Finding => ({
      ...TESTS,
      source: "browser",
      what: `${px} px wider.`,
    });
    expect(isSameFault(page(60), none, page(61), none)).toBe(true);
    const judge = (what: string): Finding => ({ ...TESTS, source: "judge", what });
    expect(isSameFault(judge("It lacks a page."), none, judge("A page is missing."), none)).toBe(
      true,
    );
  });
});
