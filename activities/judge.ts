/** Fresh eyes on what a validation captured: one paid question to the validation tier's model, which has no tools. */
import { join } from "node:path";
import { activityInfo, cancellationSignal } from "@temporalio/activity";
import { blocks } from "../domain/findings.js";
import { judgedFindings, withJudgement } from "../domain/judge.js";
import { plain } from "../domain/review.js";
import { judgeJsonSchema, readWrittenJudgement } from "../domain/schemas/judge.js";
import { parseKey } from "../domain/slice-key.js";
import { validationOutcome } from "../domain/validation-outcome.js";
import type { JudgeInput, JudgeOutcome, ValidationReport } from "../domain/validation-work.js";
import type { AttemptCost } from "../domain/work.js";
import { isMissing } from "../store/files.js";
import { refPart } from "../store/git.js";
import type { Payer } from "./adapters/paid-call.js";
import { superseded, workerStopped } from "./attempt-failure.js";
import type { ValidationActivities } from "./contract.js";
import { standing } from "./fence.js";
import { missing } from "./heartbeat.js";
import { JUDGE_ANSWER, judgeQuestion, judgeSystem } from "./judge-question.js";
import type { JudgeDependencies } from "./judge-question.js";
import { takeAccount, whileBeating } from "./paid-work.js";
import type { Beat } from "./paid-work.js";
import { readPlanMilestone, readStoredPlan } from "./plan.js";
import { askReviewer } from "./review-answer.js";
import { findValidationModel } from "./review-question.js";

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
  const { scheduledTimestampMs } = activityInfo();
  const { missionId, milestoneId, slice, sliceOpened } = input;
  const featureId = parseKey(slice.key)?.featureId ?? milestoneId;
  const payee = { missionId, milestoneId, featureId, slice, sliceOpened };
  const { account, fence } = await takeAccount(deps, payee, beat);
  const sleeps = () => deps.clock.sleepsSince(scheduledTimestampMs);
  if (account === undefined)
    return { kind: "slice-lost", spent: slice.amount, calls: 0, sleeps: sleeps() };
  const cost = (): AttemptCost => ({
    spent: account.spent(),
    calls: account.calls(),
    sleeps: sleeps(),
  });

  const report = await readReport(deps, input);
  const plan = await readStoredPlan(deps.blobs, input.planHash);
  const found = await findValidationModel(deps, plan.model_routing);
  if ("why" in found) {
    const stored = await keep(deps, { ...report, judge: { notAsked: found.why } });
    return { kind: "not-judged", why: found.why, report: stored, ...cost() };
  }
  const { model, opened } = found;
  const { system } = await judgeSystem(deps);
  const payer: Payer = {
    run: {
      attempt: activityInfo().attempt,
      signal: cancellationSignal(),
      account,
      fence,
      now: () => deps.clock.now(),
    },
    prices: deps.prices,
    limits: deps.limits,
    rateLimitInlineMs: input.rateLimitInlineMs,
    opened,
    model,
    role: "validation",
    system,
    extras: { kind: "object", name: "judgement", schema: judgeJsonSchema() },
    answer: JUDGE_ANSWER,
  };
  const milestone = await readPlanMilestone(deps.blobs, input.planHash, milestoneId);
  const { message, evidence } = await judgeQuestion(deps, { missionId, plan, milestone, report });
  const rounds = await askReviewer(payer, {
    path: memoryPath(deps, input),
    message,
    read: readWrittenJudgement,
  });
  const known = standing();
  if (known === "superseded") throw superseded();
  // A stop that came with the worker's own end is none of the mission's: Temporal runs this again.
  if (rounds.kind === "stopped" && known === "leave") throw workerStopped();

  switch (rounds.kind) {
    case "needs-more":
      return { kind: "needs-more", ask: rounds.ask, ...cost() };
    case "wait-until":
      return { kind: "wait-until", at: rounds.at, why: rounds.why, ...cost() };
    case "stopped":
      return { kind: "stopped", ...cost() };
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

/** @throws ApplicationFailure MissingRecord, never retried. */
async function readReport(
  { blobs }: JudgeDependencies,
  { report: { sha256 } }: JudgeInput,
): Promise<ValidationReport> {
  const content = await blobs.get(sha256).catch((error: unknown) => {
    throw isMissing(error) ? missing(`The report ${sha256}`) : error;
  });
  const read = JSON.parse(Buffer.from(content).toString("utf8")) as Partial<ValidationReport>;
  if (read.version !== 1 || !Array.isArray(read.runs)) throw missing(`The report ${sha256}`);
  return read as ValidationReport;
}

const keep = ({ blobs }: JudgeDependencies, report: ValidationReport) =>
  blobs.put(JSON.stringify(report), `validation-${report.milestoneId}-${report.round}.json`);

function memoryPath(
  { paths }: JudgeDependencies,
  { missionId, generation, milestoneId, report }: JudgeInput,
) {
  const name = `${generation}-judge-${refPart(milestoneId)}-${report.sha256}.json`;
  return join(paths.reviews, missionId, name);
}
