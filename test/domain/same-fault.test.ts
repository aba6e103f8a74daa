import { describe, expect, it } from "@jest/globals";
import type { Finding } from "../../domain/findings.js";
import { isSameFault } from "../../domain/same-fault.js";
import { findingsOf, type SeenRun } from "../../domain/validation-findings.js";
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

  it("is the same though its failures name temporary files and ids, which each run has anew", () => {
    const failing = (file: string, id: string) =>
      reportOf(
        TESTS,
        `not ok 2 - saves\n  Error: no such file '/tmp/app-${file}/a.txt' of ${id}\n`,
      );
    const before = failing("XkQzPw", "0b7c9a52-6f1e-4c3d-9a8b-2f3e4d5c6b7a");
    const after = failing("bTrYuv", "c1d2e3f4-a5b6-4978-8a9b-0c1d2e3f4a5b");
    expect(isSameFault(TESTS, before, TESTS, after)).toBe(true);
  });

  it("is the same of an install whose last words name the log of this run", () => {
    const runOf = (time: string) => {
      const log = `npm error A complete log of this run can be found in: /home/_logs/${time}-debug-0.log`;
      const run = { id: "install/npm ci", kind: "install", by: "repository" } as const;
      const seen = {
        sentence: "",
        how: "npm ci",
        verdict: "failed",
        ended: "exit 1 in 9 ms",
        ms: 9,
      };
      const [finding] = findingsOf({ ...run, ...seen, output: log } as SeenRun, false);
      return { finding: finding ?? TESTS, output: log };
    };
    const [one, two] = [runOf("2026-11-23T13_46_14_000Z"), runOf("2026-11-24T09_01_02_003Z")];
    expect(one.finding.what).toContain("13_46_14");
    const reports = [reportOf(one.finding, one.output), reportOf(two.finding, two.output)] as const;
    expect(isSameFault(one.finding, reports[0], two.finding, reports[1])).toBe(true);
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
