/** The paid answers of one review, kept before they are looked at: the same commit and round are never paid for twice. */
import { join } from "node:path";
import type { Amount } from "../domain/mission.js";
import { objectIn } from "../domain/planning/read-draft.js";
import { readWrittenReview } from "../domain/schemas/review.js";
import type { ReviewInput } from "../domain/shipping-work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { refPart } from "../store/git.js";
import type { Payer } from "./adapters/paid-call.js";
import { isAbout, keepMemory, newMemory, readMemory } from "./paid-memory.js";
import type { PaidMemory } from "./paid-memory.js";
import { askInRounds } from "./planning-rounds.js";
import type { Judged } from "./planning-rounds.js";
import { againMessage } from "./review-prompt.js";
import type { SliceAccount } from "./slice-account.js";

/** An answer that cannot be read is asked for once more. */
const MOST_REPLIES = 2;

type ReviewMemory = PaidMemory & {
  /** What its answers have cost. */
  paid?: Amount;
};
export type ReviewAnswer = NonNullable<ReturnType<typeof readWrittenReview>>;

/** @returns how the asking ended, and what this review has cost so far, also in earlier runs. */
export async function askReviewer(
  paths: EnginePaths,
  input: ReviewInput,
  payer: Payer,
  message: string,
) {
  const path = memoryPath(paths, input);
  const recalled: ReviewMemory | undefined = await readMemory(path);
  const memory: ReviewMemory =
    recalled !== undefined && isAbout(recalled, message) ? recalled : newMemory(message);
  const paid = paidSince(payer.run.account, memory.paid);
  const rounds = await askInRounds<ReviewAnswer>({
    payer,
    memory,
    mostReplies: MOST_REPLIES,
    judge,
    keep: () => {
      memory.paid = paid();
      return keepMemory(path, memory);
    },
    again: againMessage,
  });
  return { ...rounds, paid: paid() };
}

function paidSince(account: SliceAccount, earlier: Amount = { microUsd: 0, tokens: 0 }) {
  const start = account.spent();
  return (): Amount => {
    const now = account.spent();
    return {
      microUsd: earlier.microUsd + now.microUsd - start.microUsd,
      tokens: earlier.tokens + now.tokens - start.tokens,
    };
  };
}

function judge(text: string): Judged<ReviewAnswer> {
  const read = readWrittenReview(objectIn(text));
  if (read !== undefined) return { answer: read };
  return {
    violations: [{ sentence: "The answer is not a review in the given form.", remedy: "" }],
  };
}

function memoryPath(
  { reviews }: EnginePaths,
  { feature: { missionId, generation, featureId }, commit, round }: ReviewInput,
) {
  const name = `${generation}-${refPart(featureId)}-${commit}-${round}.json`;
  return join(reviews, missionId, name);
}
