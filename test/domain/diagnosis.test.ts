import { describe, expect, it } from "@jest/globals";
import { diagnose } from "../../domain/diagnosis.js";
import type { Finding } from "../../domain/findings.js";
import { aRun, aValidationReport } from "../helpers/validation-reports.js";

const finding = (id: string, what: string, more: Partial<Finding> = {}): Finding => ({
  id,
  severity: "critical",
  source: "check",
  what,
  ...more,
});
const silent = finding("check/1.a", "The service is silent.");
const red = finding("tests/npm test", "`npm test` failed: exit 1.", { severity: "major" });
const report = (...findings: Finding[]) => aValidationReport({ passed: false, findings });
const done = (id: string) => ({ id, status: "done" as const });

describe("the diagnosis of a milestone that does not pass", () => {
  it("says what each round found, what was tried, and what nothing has mended", () => {
    const question = diagnose({
      milestoneId: "1",
      rounds: [
        { round: 1, summary: "", report: report(silent, red), fix: done("1.fix-1") },
        {
          round: 2,
          summary: "",
          report: report(silent),
          fix: { id: "1.fix-2", status: "skipped", note: "decided at its gate" },
        },
        { round: 3, summary: "", report: report(silent, finding("lie/x", "A test was skipped.")) },
      ],
    });
    expect(question.split("\n")).toEqual([
      "Milestone 1 failed 3 rounds in a row.",
      "Round 1: 2 findings block: critical, The service is silent. major, `npm test` failed: exit 1. Then 1.fix-1: done.",
      "Round 2: 1 again, 1 mended. Then 1.fix-2: skipped, decided at its gate.",
      "Round 3: the same 1 again, 1 new: critical, A test was skipped.",
      "In every round: critical, The service is silent.",
      'The evidence is in mission.md, below "Exit report of milestone 1".',
    ]);
  });

  it("names first what a person can install", () => {
    const missing = finding("check/1.a", "curl was not run: apt-get install curl.");
    const question = diagnose({
      milestoneId: "2",
      why: "curl was not run: apt-get install curl.",
      rounds: [
        {
          round: 1,
          summary: "",
          report: aValidationReport({
            passed: false,
            findings: [missing],
            runs: [aRun({ verdict: "not-run" })],
          }),
        },
      ],
    });
    expect(question.split("\n").slice(0, 2)).toEqual([
      "Milestone 2 did not pass. Nothing is mended by itself: curl was not run: apt-get install curl.",
      "Not seen, to be mended first: critical, curl was not run: apt-get install curl.",
    ]);
  });

  it("names what is flaky, keeps hostile texts to one line, and stays short", () => {
    const many = Array.from({ length: 40 }, (_, n) =>
      finding(`check/${n}`, `line\n\u001b[31m${"x".repeat(500)}`),
    );
    const flaky = aValidationReport({ findings: many, runs: [aRun({ verdict: "flaky" })] });
    const rounds = [1, 2, 3].map((round) => ({ round, summary: "", report: flaky }));
    const question = diagnose({ milestoneId: "1", rounds });
    expect(question.length).toBeLessThanOrEqual(1_800);
    expect(question).not.toContain("\u001b");
    expect(question).toContain("Flaky, failing only now and then: 1.a.");
    expect(question).toContain("And 37 more.");
  });

  it("says why there is no report", () => {
    const rounds = [{ round: 1, summary: "The repository is gone." }];
    expect(diagnose({ milestoneId: "1", rounds })).toContain("Round 1: The repository is gone.");
  });
});
