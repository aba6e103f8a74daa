/** Fresh eyes on what a validation captured: one paid question to the validation tier's model, which has no tools. */
import { join } from "node:path";
import { blocks } from "../domain/findings.js";
import { judgedFindings, withJudgement } from "../domain/judge.js";
import { plain } from "../domain/review.js";
import { judgeJsonSchema, readWrittenJudgement } from "../domain/schemas/judge.js";
import { parseKey } from "../domain/slice-key.js";
import { validationOutcome } from "../domain/validation-outcome.js";
import type { JudgeInput, JudgeOutcome, ValidationReport } from "../domain/validation-work.js";
import { refPart } from "../store/git.js";
import type { ValidationActivities } from "./contract.js";
import { judgeQuestion, judgeSystem } from "./judge-question.js";
import type { JudgeDependencies } from "./judge-question.js";
import { openPaidWork, whileBeating } from "./paid-work.js";
import type { Beat } from "./paid-work.js";
import { readPlanMilestone, readStoredPlan } from "./plan.js";
import { askReviewer } from "./review-answer.js";
import { findValidationModel } from "./review-question.js";
import { readReport } from "./validation-reports.js";

export type { JudgeDependencies };

export function createJudgeActivities(
  deps: JudgeDependencies,
): Pick<ValidationActivities, "judgeMilestone"> {
  return {
    /**
     * Has the evidence of a validation judged by the validation tier. Contract: heartbeats; safe to repeat (an answer is
     * kept before it is looked at, and asked for once for each report); on cancellation ends normally as `stopped`.
     */
    async judgeMilestone(input: JudgeInput): Promise<JudgeOutcome> {
      return whileBeating((beat) => judge(deps, input, beat));
    },
  };
}

async function judge(
  deps: JudgeDependencies,
  input: JudgeInput,
  beat: Beat,
): Promise<JudgeOutcome> {
  const { missionId, milestoneId, slice, sliceOpened, rateLimitInlineMs } = input;
  const featureId = parseKey(slice.key)?.featureId ?? milestoneId;
  const payee = { missionId, milestoneId, featureId, slice, sliceOpened };
  const work = await openPaidWork(deps, payee, beat);
  if ("kind" in work) return work;
  const { run, cost } = work;

  const report = await readReport(deps.blobs, input.report);
  const plan = await readStoredPlan(deps.blobs, input.planHash);
  const found = await findValidationModel(deps, plan.model_routing);
  if ("why" in found) {
    const stored = await keep(deps, { ...report, judge: { notAsked: found.why } });
    return { kind: "not-judged", why: found.why, report: stored, ...cost() };
  }
  const { model } = found;
  const system = await judgeSystem(deps);
  const milestone = await readPlanMilestone(deps.blobs, input.planHash, milestoneId);
  const { message, evidence } = await judgeQuestion(deps, { missionId, plan, milestone, report });
  const { rounds } = await askReviewer(deps, run, {
    ...{ ...found, rateLimitInlineMs, system, message },
    ...{ name: "judgement", schema: judgeJsonSchema(), read: readWrittenJudgement },
    path: memoryPath(deps, input),
  });
  switch (rounds.kind) {
    case "needs-more":
    case "wait-until":
    case "stopped":
      return { ...rounds, ...cost() };
    case "refused":
      return { kind: "failed", reason: `What ${model} judged could not be read.`, ...cost() };
    case "agreed": {
      const said = judgedFindings(rounds.answer.findings, evidence);
      const findings = said.map((each) => ({ ...each, what: deps.scrub(each.what) }));
      const summary = deps.scrub(plain(rounds.answer.summary)) || summaryOf(findings.some(blocks));
      const judged = withJudgement(report, { model, summary, findings });
      const outcome = validationOutcome(judged, await keep(deps, judged));
      return { kind: "judged", outcome, ...cost() };
    }
  }
}

const summaryOf = (isBlocked: boolean) =>
  isBlocked ? "The evidence does not show what was promised." : "Nothing to add.";

const keep = ({ blobs }: JudgeDependencies, report: ValidationReport) =>
  blobs.put(JSON.stringify(report), `validation-${report.milestoneId}-${report.round}.json`);

function memoryPath(
  { paths }: JudgeDependencies,
  { missionId, generation, milestoneId, report }: JudgeInput,
) {
  const name = `${generation}-judge-${refPart(milestoneId)}-${report.sha256}.json`;
  return join(paths.reviews, missionId, name);
}
