import { describe, expect, it } from "@jest/globals";
import { blocks } from "../../domain/findings.js";
import { countFindings, judgeFindings, type Finding } from "../../domain/review.js";
import { readWrittenReview, reviewJsonSchema } from "../../domain/schemas/review.js";

const finding = (severity: Finding["severity"], file: string): Finding => ({
  severity,
  file,
  what: "w",
  why: "y",
});

describe("judgeFindings", () => {
  const files = new Set(["src/a.ts", "b/own.ts"]);

  it.each([
    ["src/a.ts", "src/a.ts"],
    ["./src/a.ts", "src/a.ts"],
    ["a/src/a.ts", "src/a.ts"],
    ["b/src/a.ts:12:3", "src/a.ts"],
    ["b/own.ts", "b/own.ts"],
  ])("knows %s as the changed file %s", (said, file) => {
    expect(judgeFindings([finding("major", said)], files)).toMatchObject([
      { severity: "major", file, outside: false },
    ]);
  });

  it.each(["", "src", "src/a", "../src/a.ts", "src/other.ts"])(
    "lets nothing block that speaks of %j",
    (said) => {
      const judged = judgeFindings([finding("critical", said)], files);
      expect(judged).toMatchObject([{ severity: "minor", outside: true }]);
      expect(judged.some(blocks)).toBe(false);
    },
  );

  it("puts the worst first, and counts them in words", () => {
    const judged = judgeFindings(
      [finding("minor", "src/a.ts"), finding("major", "src/a.ts"), finding("critical", "src/a.ts")],
      files,
    );
    expect(judged.map(({ severity }) => severity)).toEqual(["critical", "major", "minor"]);
    expect(countFindings(judged)).toBe("1 critical, 1 major, 1 minor");
    expect(countFindings([])).toBe("no findings");
  });
});

describe("a reviewer's answer", () => {
  it("is cut where it is long, and no review where its shape is another", () => {
    const long = { ...finding("major", "a"), what: "x".repeat(9_999), line: null };
    const answer = {
      findings: Array.from({ length: 90 }, () => long),
      summary: "",
      verdict: "changes",
    };
    const read = readWrittenReview(answer);
    expect(read?.findings).toHaveLength(40);
    expect(read?.findings[0]?.what).toHaveLength(1_500);
    for (const wrong of [
      undefined,
      {},
      { ...answer, verdict: "maybe" },
      { ...answer, findings: "none" },
    ])
      expect(readWrittenReview(wrong)).toBeUndefined();
  });

  it("has a schema that strict providers take", () => {
    const schema = JSON.stringify(reviewJsonSchema());
    expect(schema).toContain('"required":["findings","summary","verdict"]');
    expect(schema).not.toMatch(/maxLength|maxItems|\$schema/);
  });
});
