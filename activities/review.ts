/** The fresh-context review of a feature's commit: one paid question to the validation tier's model, which has no tools. */
import { activityInfo, cancellationSignal } from "@temporalio/activity";
import { countFindings, isBlocking, judgeFindings, plain, reviewText } from "../domain/review.js";
import type { JudgedFinding } from "../domain/review.js";
import { readWrittenReview, reviewJsonSchema } from "../domain/schemas/review.js";
import type { WrittenReview } from "../domain/schemas/review.js";
import type { ReviewInput, ReviewOutcome } from "../domain/shipping-work.js";
import type { AttemptCost } from "../domain/work.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import type { FeatureEvent } from "../store/feature-record.js";
import { readPrompt } from "../store/prompts.js";
import type { Payer } from "./adapters/paid-call.js";
import { superseded, workerStopped } from "./attempt-failure.js";
import { standing } from "./fence.js";
import { takeAccount, whileBeating } from "./paid-work.js";
import type { Beat } from "./paid-work.js";
import { withSchema } from "./planning-prompt.js";
import { askReviewer, reviewMemoryPath } from "./review-answer.js";
import { findReviewer, reviewQuestion } from "./review-question.js";
import type { ReviewDependencies } from "./review-question.js";

export type { ReviewDependencies };

/** A reasoning model thinks within the same limit. */
const ANSWER = { wanted: 8_192, least: 1_536 };
const SUMMARY_CHARACTERS = 600;

export function createReviewActivities(deps: ReviewDependencies) {
  return {
    /**
     * Has a commit read by the validation tier. Contract: heartbeats; safe to repeat (an answer is kept before it is
     * looked at, and asked for once for each commit and round); on cancellation ends normally as `stopped`.
     */
    async reviewFeature(input: ReviewInput): Promise<ReviewOutcome> {
      return whileBeating((beat) => review(deps, input, beat));
    },
  };
}

async function review(
  deps: ReviewDependencies,
  input: ReviewInput,
  beat: Beat,
): Promise<ReviewOutcome> {
  const { scheduledTimestampMs } = activityInfo();
  const { feature: ref, slice, sliceOpened } = input;
  const { account, fence } = await takeAccount(deps, { ...ref, slice, sliceOpened }, beat);
  const sleeps = () => deps.clock.sleepsSince(scheduledTimestampMs);
  if (account === undefined)
    return { kind: "slice-lost", spent: slice.amount, calls: 0, sleeps: sleeps() };
  const cost = (): AttemptCost => ({
    spent: account.spent(),
    calls: account.calls(),
    sleeps: sleeps(),
  });

  const found = await findReviewer(deps, input);
  if ("why" in found) {
    await record(deps, input, { outcome: "not-reviewed", summary: found.why });
    return { kind: "not-reviewed", why: found.why, ...cost() };
  }
  const { model, opened } = found;
  const prompt = await readPrompt(deps.prompts, "review");
  const schema = reviewJsonSchema();
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
    system: withSchema(prompt.text, schema),
    extras: { kind: "object", name: "review", schema },
    answer: ANSWER,
  };
  const { message, files } = await reviewQuestion(deps, input);
  const rounds = await askReviewer(payer, {
    path: reviewMemoryPath(deps.paths, input),
    message,
    read: readWrittenReview,
  });
  const known = standing();
  if (known === "superseded") throw superseded();
  // A stop that came with the worker's own end is none of the mission's: Temporal runs this again.
  if (rounds.kind === "stopped" && known === "leave") throw workerStopped();

  const made = { model, promptHash: prompt.sha256, spent: rounds.paid };
  switch (rounds.kind) {
    case "needs-more":
      return { kind: "needs-more", ask: rounds.ask, ...cost() };
    case "wait-until":
      return { kind: "wait-until", at: rounds.at, why: rounds.why, ...cost() };
    case "stopped":
      return { kind: "stopped", ...cost() };
    case "refused": {
      const reason = `The review by ${model} could not be read.`;
      await record(deps, input, { ...made, outcome: "failed", summary: reason });
      return { kind: "failed", reason, ...cost() };
    }
    case "agreed": {
      const findings = judgeFindings(rounds.answer.findings, files);
      const kept = await keepFindings(deps, input, model, rounds.answer, findings);
      const blocking = findings.filter(isBlocking).length;
      const minor = findings.length - blocking;
      const summary = deps
        .scrub(`${countFindings(findings)}; ${plain(rounds.answer.summary)}`)
        .slice(0, SUMMARY_CHARACTERS);
      const told = { blocking, minor, summary, findings: kept };
      await record(deps, input, { ...made, ...told, outcome: "reviewed" });
      return { kind: "reviewed", ...told, ...cost() };
    }
  }
}

async function keepFindings(
  deps: ReviewDependencies,
  { feature: { featureId }, round, commit }: ReviewInput,
  model: string,
  { summary }: WrittenReview,
  findings: readonly JudgedFinding[],
) {
  const text = reviewText({ featureId, round, commit, model, summary, findings });
  return deps.blobs.put(deps.scrub(text), `review-${featureId}.md`);
}

type Recorded = Omit<Extract<FeatureEvent, { kind: "review" }>, "key" | "at" | "kind" | "round">;

async function record(deps: ReviewDependencies, input: ReviewInput, said: Recorded) {
  const { feature, commit, round } = input;
  await appendFeatureEvent(deps.paths.features, feature.missionId, feature.featureId, {
    key: `review/${feature.generation}/${commit}/${round}`,
    at: new Date(deps.clock.now()).toISOString(),
    kind: "review",
    round,
    ...said,
  });
}
