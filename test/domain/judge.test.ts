import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { SEVERITIES, blocks } from "../../domain/findings.js";
import { evidenceIds, JUDGE_LIMITS, judgedFindings, withJudgement } from "../../domain/judge.js";
import { judgeJsonSchema, readWrittenJudgement } from "../../domain/schemas/judge.js";
import { aRun, aValidationReport } from "../helpers/validation-reports.js";

const ids = evidenceIds({ runs: [aRun({ id: "1.a" }), aRun({ id: "tests" })] }, [
  "browser/home/mobile",
]);
const saying = (evidence: string, severity: (typeof SEVERITIES)[number] = "major") => ({
  severity,
  evidence,
  sentence: "It is empty.",
});

describe("judgedFindings", () => {
  it.each(["1.a", " 1.a ", '"1.a"', "`1.a`", "Evidence 1.a:", "evidence 1.a"])(
    "knows %j as the evidence 1.a",
    (said) => {
      expect(judgedFindings([saying(said)], ids)).toEqual([
        {
          id: "judge/1.a",
          severity: "major",
          source: "judge",
          what: "It is empty.",
          where: "1.a",
        },
      ]);
    },
  );

  it.each(["", "1", "1.a.b", "browser/home", "my feeling"])(
    "lets nothing block that rests on %j",
    (said) => {
      const judged = judgedFindings([saying(said, "critical")], ids);
      expect(judged).toMatchObject([{ severity: "minor", source: "judge" }]);
    },
  );

  it("gives each an id of its own, the same for the same answer, and puts the worst first", () => {
    const all = [saying("tests", "minor"), saying("1.a"), saying("1.a", "critical"), saying("?")];
    const judged = judgedFindings(all, ids);
    expect(judged.map(({ id }) => id)).toEqual([
      "judge/1.a/2",
      "judge/1.a",
      "judge/tests",
      "judge/without-evidence",
    ]);
    expect(judgedFindings(all, ids)).toEqual(judged);
  });
});

describe("withJudgement", () => {
  it("only ever adds: no finding goes, and nothing that failed passes", () => {
    const said = fc.array(
      fc.record({
        severity: fc.constantFrom(...SEVERITIES),
        evidence: fc.oneof(fc.constantFrom("1.a", "tests"), fc.string()),
        sentence: fc.string(),
      }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(said, fc.boolean(), (findings, passed) => {
        const before = aValidationReport({
          passed,
          findings: [{ id: "x", severity: "minor", source: "tests", what: "X" }],
        });
        const judged = judgedFindings(findings, ids);
        const after = withJudgement(before, { model: "m", summary: "s", findings: judged });
        expect(after.findings.slice(0, 1)).toEqual(before.findings);
        expect(after.passed).toBe(passed && !judged.some(blocks));
        expect(new Set(judged.map(({ id }) => id)).size).toBe(judged.length);
        expect(judged.filter(blocks).every(({ where }) => ids.has(where ?? ""))).toBe(true);
      }),
    );
  });
});

it("a judge who says again what a person accepted does not ask that person again", () => {
  const findings = judgedFindings(
    [{ severity: "major", evidence: "1.a", sentence: "It shows nothing" }],
    ids,
  );
  const judged = (accepted: { id: string; by: string }[]) =>
    withJudgement(aValidationReport({ passed: true, findings: [], accepted }), {
      ...{ model: "m", summary: "s", findings },
    });
  expect(judged([{ id: "judge/1.a", by: "ann" }])).toMatchObject({ passed: true, findings });
  expect(judged([{ id: "judge/1.b", by: "ann" }]).passed).toBe(false);
});

describe("a judge's answer", () => {
  it("is cut where it is long, and no judgement where its shape is another", () => {
    const long = { severity: "minor", evidence: "e".repeat(999), sentence: "x".repeat(9_999) };
    const read = readWrittenJudgement({ findings: Array(90).fill(long), summary: "" });
    expect(read?.findings).toHaveLength(JUDGE_LIMITS.findings);
    expect(read?.findings[0]?.sentence).toHaveLength(JUDGE_LIMITS.sentenceCharacters);
    for (const wrong of [undefined, {}, { findings: "none", summary: "" }, { findings: [] }])
      expect(readWrittenJudgement(wrong)).toBeUndefined();
    expect(JSON.stringify(judgeJsonSchema())).not.toMatch(/maxLength|maxItems/);
  });
});
