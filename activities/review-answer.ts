/** The paid answers of one look with fresh eyes, kept before they are read: the same question is never paid for twice. */
import { join } from "node:path";
import type { Amount } from "../domain/mission.js";
import { objectIn } from "../domain/planning/read-draft.js";
import type { ReviewInput } from "../domain/shipping-work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { refPart } from "../store/git.js";
import type { Payer } from "./adapters/paid-call.js";
import { isAbout, keepMemory, newMemory, readMemory } from "./paid-memory.js";
import type { PaidMemory } from "./paid-memory.js";
import { askInRounds } from "./planning-rounds.js";
import { againMessage } from "./review-prompt.js";
import type { SliceAccount } from "./slice-account.js";

/** An answer that cannot be read is asked for once more. */
const MOST_REPLIES = 2;

type ReviewMemory = PaidMemory & {
  /** What its answers have cost. */
  paid?: Amount;
};

/** What is kept of the answers, and how one is read. */
export interface Reviewed<Answer> {
  /** File of its own for each thing that is looked at. */
  path: string;
  message: string;
  /** Never throws. @returns undefined for another shape. */
  read: (value: unknown) => Answer | undefined;
}

/** @returns how the asking ended, and what this look has cost so far, also in earlier runs. */
export async function askReviewer<Answer>(payer: Payer, { path, message, read }: Reviewed<Answer>) {
  const recalled: ReviewMemory | undefined = await readMemory(path);
  const memory: ReviewMemory =
    recalled !== undefined && isAbout(recalled, message) ? recalled : newMemory(message);
  const paid = paidSince(payer.run.account, memory.paid);
  const rounds = await askInRounds<Answer>({
    payer,
    memory,
    mostReplies: MOST_REPLIES,
    judge: (text) => {
      const answer = read(objectIn(text));
      return answer === undefined ? { violations: [UNREADABLE] } : { answer };
    },
    keep: () => {
      memory.paid = paid();
      return keepMemory(path, memory);
    },
    again: againMessage,
  });
  return { ...rounds, paid: paid() };
}

const UNREADABLE = { sentence: "The answer is not a review in the given form.", remedy: "" };

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

/** Where the answers of a feature's review are kept. */
export function reviewMemoryPath(
  { reviews }: EnginePaths,
  { feature: { missionId, generation, featureId }, commit, round }: ReviewInput,
) {
  const name = `${generation}-${refPart(featureId)}-${commit}-${round}.json`;
  return join(reviews, missionId, name);
}
