/** What a judge of captured evidence says, held to that evidence. Pure. */
import { worstFirst, type Finding, type Severity } from "./findings.js";
import { plain } from "./review.js";
import { blockingFindings } from "./validation-outcome.js";
import type { ValidationReport } from "./validation-work.js";

export const JUDGE_LIMITS = {
  findings: 20,
  idCharacters: 200,
  sentenceCharacters: 400,
  summaryCharacters: 400,
} as const;

/** One thing that a judge says is wrong, and the evidence on which it rests. */
export interface JudgeFinding {
  severity: Severity;
  evidence: string;
  sentence: string;
}

/** What a judge may rest a finding on: what was run, what was seen in the browser. @param pages as `browser/home/mobile`. */
export const evidenceIds = (
  report: Pick<ValidationReport, "runs">,
  pages: readonly string[],
): ReadonlySet<string> => new Set([...report.runs.map(({ id }) => id), ...pages]);

/**
 * The judge's findings as those of a validation, the worst first. One that rests on no evidence of the report counts as
 * minor: a judge has to point at what shows it.
 */
export function judgedFindings(
  said: readonly JudgeFinding[],
  evidence: ReadonlySet<string>,
): Finding[] {
  const taken = new Set<string>();
  const idFor = (about: string) => {
    for (let n = 1; ; n += 1) {
      const id = n === 1 ? `judge/${about}` : `judge/${about}/${n}`;
      if (taken.has(id)) continue;
      taken.add(id);
      return id;
    }
  };
  const findings = said
    .filter(({ sentence }) => plain(sentence) !== "")
    .map((each): Finding => {
      const named = namedEvidence(each.evidence, evidence);
      const what = plain(each.sentence);
      if (named !== undefined)
        return {
          id: idFor(named),
          severity: each.severity,
          source: "judge",
          what,
          where: named,
        };
      return {
        id: idFor("without-evidence"),
        severity: "minor",
        source: "judge",
        what: `${what} (the judge points at no evidence, so it counts as minor)`,
      };
    });
  return worstFirst(findings);
}

/** Also where the id is written in quotes, or as it is introduced. */
function namedEvidence(said: string, evidence: ReadonlySet<string>): string | undefined {
  const bare = plain(said)
    .replace(/^evidence\s+/i, "")
    .replace(/^["'`[(]+|["'`\]),:.]+$/g, "");
  return [said, bare].find((id) => evidence.has(id));
}

/** The report with what the judge found: it adds and never takes away. What a person accepted does not block when it is said again. */
export function withJudgement(
  report: ValidationReport,
  judgement: { model: string; summary: string; findings: readonly Finding[] },
): ValidationReport {
  const { model, summary } = judgement;
  const findings = [...report.findings, ...judgement.findings];
  const isBlocked = blockingFindings({ ...report, findings }).length > 0;
  return { ...report, passed: report.passed && !isBlocked, findings, judge: { model, summary } };
}
