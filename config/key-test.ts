/** Tries a key with one tiny call. */
import { EXIT, Problem } from "../domain/problem.js";
import type { KeyedProvider } from "./keys.js";
import type { Prices } from "./prices.js";
import { openLanguageModel } from "./providers.js";
import type { Secret } from "./secret.js";

const LIMIT_MICRO_USD = 10_000;
const PROMPT = "Answer with the word ok.";
const OUTPUT_TOKENS = 16;
/** The few bytes of the prompt, and what providers wrap it in. */
const PROMPT_TOKENS = 200;

/**
 * @param name the model as its provider calls it. @returns micro-USD that the call cost.
 * @throws Problem when the key is refused, the provider does not answer, or the call could cost one cent or more.
 */
export async function testKey(options: {
  provider: KeyedProvider;
  name: string;
  key: Secret | undefined;
  prices: Prices;
  baseUrl?: string;
}): Promise<number> {
  const { provider, name, prices } = options;
  const model = `${provider}/${name}`;
  const cost = (inputTokens: number, outputTokens: number) =>
    prices.costMicroUsd(model, {
      inputTokens,
      outputTokens,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    });
  if (cost(PROMPT_TOKENS, OUTPUT_TOKENS) >= LIMIT_MICRO_USD) {
    throw new Problem(
      EXIT.noModel,
      `A test call to ${model} could cost a cent.`,
      "Use a cheaper model.",
    );
  }
  const languageModel = await openLanguageModel(options);
  const { generateText, APICallError } = await import("ai");
  try {
    const reply = await generateText({
      model: languageModel,
      prompt: PROMPT,
      maxOutputTokens: OUTPUT_TOKENS,
      maxRetries: 0,
      abortSignal: AbortSignal.timeout(30_000),
    });
    const { inputTokens, outputTokens } = reply.usage;
    return cost(inputTokens ?? PROMPT_TOKENS, outputTokens ?? OUTPUT_TOKENS);
  } catch (error) {
    // Neither message nor cause of the library: they may hold the key.
    const status = APICallError.isInstance(error) ? error.statusCode : undefined;
    throw new Problem(EXIT.noModel, `${provider} ${saysWhat(status)}.`, remedyFor(status, model));
  }
}

function saysWhat(status: number | undefined): string {
  if (status === undefined) return "did not answer";
  if (status === 401 || status === 403) return "refused the key";
  return `answered with status ${status}`;
}

function remedyFor(status: number | undefined, model: string): string {
  if (status === undefined) return "Check the network, then try again.";
  if (status === 401 || status === 403)
    return "Check the key on the provider's page and enter it again.";
  if (status === 429) return "The key works but has no quota left now; try again later.";
  return `Check that the key may use ${model}.`;
}
