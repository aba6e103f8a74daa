/** Reports of validations for tests. */
import type { RunEvidence, ValidationReport } from "../../domain/validation-work.js";

export const aRun = (more: Partial<RunEvidence> = {}): RunEvidence => ({
  id: "1.a",
  sentence: "The shop can be used",
  how: "npm test",
  verdict: "passed",
  ended: "exit 0 in 240 ms",
  ms: 240,
  output: "12 tests passed",
  ...more,
});

export const aValidationReport = (more: Partial<ValidationReport> = {}): ValidationReport => ({
  version: 1,
  milestoneId: "1",
  round: 1,
  at: "2026-03-04T05:06:07.890Z",
  ms: 1_200,
  commit: "c0ffee",
  base: "ba5e",
  host: "host1",
  passed: true,
  findings: [],
  runs: [aRun()],
  ...more,
});
