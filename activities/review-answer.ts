/** The paid answers of one look with fresh eyes, kept before they are read: the same question is never paid for twice. */
import { join } from "node:path";
import type { Amount } from "../domain/mission.js";
import { objectIn } from "../domain/planning/read-draft.js";
import type { ReviewInput } from "../domain/shipping-work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { refPart } from "../store/git.js";
import type { RateLimits } from "./adapters/rate-limits.js";
import type { AnswerTokens } from "./metering.js";
import { isAbout, keepMemory, newMemory, readMemory } from "./paid-memory.js";
import type { PaidMemory } from "./paid-memory.js";
import type { PaidRun } from "./paid-run.js";
import { assertStanding } from "./paid-work.js";
import { askInRounds } from "./planning-rounds.js";
import type { OpenedModel, PricePort } from "./ports.js";
import { againMessage } from "./review-prompt.js";
import type { SliceAccount } from "./slice-account.js";

/** A reasoning model thinks within the same limit. */
export const REVIEW_ANSWER: AnswerTokens = { wanted: 8_192, least: 1_536 };
/** An answer that cannot be read is asked for once more. */
const MOST_REPLIES = 2;

type ReviewMemory = PaidMemory & {
  /** What its answers have cost. */
  paid?: Amount;
};

/** What is asked, whom, and what is kept of the answers. */
export interface Reviewed<Answer> {
  model: string;
  opened: OpenedModel;
  rateLimitInlineMs: number;
  system: string;
  message: string;
  /** Shape of an answer, and its name for providers. */
  schema: object;
  name: string;
  /** Never throws. @returns undefined for another shape. */
  read: (value: unknown) => Answer | undefined;
  /** File of its own for each thing that is looked at. */
  path: string;
}

/**
 * @returns how the asking ended, and what this look has cost so far, also in earlier runs.
 * @throws ApplicationFailure when this attempt may not work any more.
 */
export async function askReviewer<Answer>(
  { prices, limits }: { prices: PricePort; limits: RateLimits },
  run: PaidRun,
  { path, message, read, name, schema, ...asked }: Reviewed<Answer>,
) {
  const recalled: ReviewMemory | undefined = await readMemory(path);
  const memory: ReviewMemory =
    recalled !== undefined && isAbout(recalled, message) ? recalled : newMemory(message);
  const paid = paidSince(run.account, memory.paid);
  const rounds = await askInRounds<Answer>({
    payer: {
      ...{ run, prices, limits, ...asked },
      role: "validation",
      extras: { kind: "object", name, schema },
      answer: REVIEW_ANSWER,
    },
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
  assertStanding(rounds.kind === "stopped");
  return { rounds, paid: paid() };
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
