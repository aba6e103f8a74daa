/** The shape of a reviewer's answer. What is too long is cut instead of refused: the answer is paid already. */
import { z } from "zod";
import { SEVERITIES } from "../findings.js";
import { REVIEW_LIMITS } from "../review.js";
import { providerSchema, words } from "./for-providers.js";

const finding = z.object({
  severity: z
    .enum(SEVERITIES)
    .describe("critical: breaks or endangers; major: the feature is not what was asked; minor"),
  file: words(REVIEW_LIMITS.pathCharacters).describe("Path of a changed file, as in the diff"),
  line: z
    .number()
    .nullish()
    .transform((line) => line ?? undefined)
    .describe("Line in the new file, where there is one"),
  what: words(REVIEW_LIMITS.wordsCharacters).describe("What is wrong, in one or two sentences"),
  why: words(REVIEW_LIMITS.wordsCharacters).describe("What happens because of it, and the proof"),
});

const review = z.object({
  findings: z
    .array(finding)
    .transform((findings) => findings.slice(0, REVIEW_LIMITS.findings))
    .describe("The worst first; empty when nothing is wrong"),
  summary: words(REVIEW_LIMITS.summaryCharacters).describe("The judgement, in one sentence"),
  verdict: z.enum(["approve", "changes"]).describe("changes: something critical or major is wrong"),
});

export type WrittenReview = z.output<typeof review>;

export const reviewJsonSchema = (): object => providerSchema(review);

/** Never throws. @returns undefined for another shape. */
export function readWrittenReview(value: unknown): WrittenReview | undefined {
  const read = review.safeParse(value);
  return read.success ? read.data : undefined;
}
