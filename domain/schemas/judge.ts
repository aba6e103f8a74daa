/** The shape of a judge's answer. What is too long is cut instead of refused: the answer is paid already. */
import { z } from "zod";
import { SEVERITIES } from "../findings.js";
import { JUDGE_LIMITS } from "../judge.js";
import { providerSchema, words } from "./for-providers.js";

const finding = z.object({
  severity: z
    .enum(SEVERITIES)
    .describe("critical: it does not work or endangers; major: not what was asked; minor"),
  evidence: words(JUDGE_LIMITS.idCharacters).describe(
    "Id of the evidence that shows it, exactly as it is given",
  ),
  sentence: words(JUDGE_LIMITS.sentenceCharacters).describe(
    "What is wrong, in one sentence, with what the evidence says",
  ),
});

const judgement = z.object({
  findings: z
    .array(finding)
    .transform((findings) => findings.slice(0, JUDGE_LIMITS.findings))
    .describe("The worst first; empty when nothing is wrong"),
  summary: words(JUDGE_LIMITS.summaryCharacters).describe("The judgement, in one sentence"),
});

export type WrittenJudgement = z.output<typeof judgement>;

export const judgeJsonSchema = (): object => providerSchema(judgement);

/** Never throws. @returns undefined for another shape. */
export function readWrittenJudgement(value: unknown): WrittenJudgement | undefined {
  const read = judgement.safeParse(value);
  return read.success ? read.data : undefined;
}
