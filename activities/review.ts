/** The fresh-context review of a feature's commit: one paid question to the validation tier's model, which has no tools. */
import { blocks } from "../domain/findings.js";
import { countFindings, judgeFindings, plain, reviewText } from "../domain/review.js";
import type { JudgedFinding } from "../domain/review.js";
import { readWrittenReview, reviewJsonSchema } from "../domain/schemas/review.js";
import type { WrittenReview } from "../domain/schemas/review.js";
import type { ReviewInput, ReviewOutcome } from "../domain/shipping-work.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import type { FeatureEvent } from "../store/feature-record.js";
import { readPrompt } from "../store/prompts.js";
import { openPaidWork, whileBeating } from "./paid-work.js";
import type { Beat } from "./paid-work.js";
import { withSchema } from "./planning-prompt.js";
import { askReviewer, reviewMemoryPath } from "./review-answer.js";
import { findReviewer, reviewQuestion } from "./review-question.js";
import type { ReviewDependencies } from "./review-question.js";

export type { ReviewDependencies };

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
  const { feature: ref, slice, sliceOpened, rateLimitInlineMs } = input;
  const work = await openPaidWork(deps, { ...ref, slice, sliceOpened }, beat);
  if ("kind" in work) return work;
  const { run, cost } = work;

  const found = await findReviewer(deps, input);
  if ("why" in found) {
    await record(deps, input, { outcome: "not-reviewed", summary: found.why });
    return { kind: "not-reviewed", why: found.why, ...cost() };
  }
  const { model } = found;
  const prompt = await readPrompt(deps.prompts, "review");
  const schema = reviewJsonSchema();
  const { message, files } = await reviewQuestion(deps, input);
  const { rounds, paid } = await askReviewer(deps, run, {
    ...{ ...found, rateLimitInlineMs, message },
    system: withSchema(prompt.text, schema),
    ...{ name: "review", schema, read: readWrittenReview },
    path: reviewMemoryPath(deps.paths, input),
  });
  const made = { model, promptHash: prompt.sha256, spent: paid };
  switch (rounds.kind) {
    case "needs-more":
    case "wait-until":
    case "stopped":
      return { ...rounds, ...cost() };
    case "refused": {
      const reason = `The review by ${model} could not be read.`;
      await record(deps, input, { ...made, outcome: "failed", summary: reason });
      return { kind: "failed", reason, ...cost() };
    }
    case "agreed": {
      const findings = judgeFindings(rounds.answer.findings, files);
      const kept = await keepFindings(deps, input, model, rounds.answer, findings);
      const blocking = findings.filter(blocks).length;
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
