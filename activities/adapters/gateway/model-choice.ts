/** Which model answers a call: the one that is asked for where it is known and not dearer, else the feature's own. */
import { parseModelId } from "../../../domain/routing.js";
import type { ModelProvider } from "../../../domain/routing.js";
import type { PricePort } from "../../ports.js";

const NO_USAGE = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};
const MILLION = 1_000_000;

/** @param own the feature's model, `provider/model`. @returns `provider/model` of the same provider. */
export function chooseModel(
  prices: PricePort,
  own: string,
  provider: ModelProvider,
  asked: string,
): string {
  const plain = asked.replace(/^models\//, "");
  for (const named of [plain, `${provider}/${plain}`]) {
    if (parseModelId(named)?.provider !== provider) continue;
    if (named === own) return own;
    // Variants of a model (`:online`, `:nitro`) have prices of their own.
    if (!named.includes(":") && isNotDearer(prices, named, own)) return named;
  }
  return own;
}

function isNotDearer(prices: PricePort, model: string, own: string): boolean {
  const cost = (priced: string, usage: Partial<typeof NO_USAGE>) =>
    prices.costMicroUsd(priced, { ...NO_USAGE, ...usage });
  const within = (usage: Partial<typeof NO_USAGE>) => cost(model, usage) <= cost(own, usage);
  try {
    return within({ inputTokens: MILLION }) && within({ outputTokens: MILLION });
  } catch {
    // No price is known; such a model is not called.
    return false;
  }
}

/** @throws Problem when the model has no price; its provider is then not asked either. */
export function requireProvider(prices: PricePort, model: string): ModelProvider {
  prices.costMicroUsd(model, { ...NO_USAGE, inputTokens: 1 });
  const id = parseModelId(model);
  if (id === undefined) throw new RangeError(`${model} is not provider/model`);
  return id.provider;
}
