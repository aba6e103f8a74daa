import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { blockingFindings, validationOutcome } from "../../domain/validation-outcome.js";
import { aRun, aValidationReport } from "../helpers/validation-reports.js";

const stored = { sha256: "a".repeat(64), bytes: 9, name: "validation-1-1.json" };
const major = (id: string, what = "Red.") =>
  ({ id, severity: "major", source: "check", what }) as const;

describe("validationOutcome", () => {
  it("says what ran, failed and was not seen, and what blocks", () => {
    const report = aValidationReport({
      passed: false,
      runs: [
        aRun(),
        aRun({ id: "1.b", verdict: "failed" }),
        aRun({ id: "1.c", verdict: "not-run" }),
        aRun({ id: "1.d", verdict: "person" }),
        aRun({ id: "1.e", verdict: "flaky" }),
      ],
      findings: [
        { id: "lint", severity: "minor", source: "tests", what: "Lint." },
        major("check/1.b", "It is red."),
      ],
    });
    expect(validationOutcome(report, stored)).toEqual({
      passed: false,
      ran: 3,
      failed: ["1.b", "1.c"],
      unseen: ["1.d"],
      summary:
        "1 of 3 checks and steps pass; 1 for a person to see; 1 blocking: It is red.; 1 minor",
      evidence: stored,
      blocking: 1,
      minor: 1,
      findings: ["check/1.b"],
      worst: ["major: It is red."],
      report: stored,
    });
  });

  it("counts nothing as blocking that a person has accepted", () => {
    const findings = [major("check/1.b"), major("check/1.c")];
    const accepted = [{ id: "check/1.b", by: "ada" }];
    expect(blockingFindings({ findings, accepted })).toEqual([findings[1]]);
  });

  it("stays under 2 kB for any report, with whole ids only", () => {
    const texts = fc.string({ unit: "grapheme", maxLength: 300 });
    const findings = fc.array(fc.record({ id: texts, what: texts }), { maxLength: 40 });
    const runs = fc.array(fc.record({ id: texts }), { maxLength: 40 });
    fc.assert(
      fc.property(findings, runs, (found, ran) => {
        const report = aValidationReport({
          findings: found.map(({ id, what }) => major(id, what)),
          runs: ran.map(({ id }) => aRun({ id, verdict: "failed" })),
        });
        const outcome = validationOutcome(report, stored);
        expect(Buffer.byteLength(JSON.stringify(outcome))).toBeLessThan(2_000);
        expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(outcome.findings));
      }),
    );
  });
});
