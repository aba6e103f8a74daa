/** What the next model call costs at worst, and how much answer a slice still buys. Pure. */
import type { Amount } from "../domain/mission.js";
import type { CallUsage, PricePort } from "./ports.js";

/** Length of answer that a call asks for: as much as the slice buys of `wanted`, never less than `least`. */
export interface AnswerTokens {
  wanted: number;
  /** A shorter answer is cut before it says anything; then more budget is asked for instead. */
  least: number;
}
/** What providers add that we cannot see: the wrapping of tools and messages. */
const HIDDEN_TOKENS = 1_024;
const HIDDEN_TOKENS_PER_MESSAGE = 16;

/** What is known exactly about the prompt of the call before. */
export interface KnownPrompt {
  promptTokens: number;
  outputTokens: number;
}

/**
 * Upper bound of the next prompt in tokens. A token is at least one byte, so bytes are a sound bound for what is not yet known.
 * @param addedBytes JSON of the messages since the known prompt, or of everything (system and tools too) without one.
 */
export function promptBound(
  known: KnownPrompt | undefined,
  addedBytes: number,
  addedMessages: number,
): number {
  const wrapping = HIDDEN_TOKENS_PER_MESSAGE * addedMessages;
  if (known === undefined) return addedBytes + wrapping + HIDDEN_TOKENS;
  // Reasoning is kept by some providers without being shown to us, so the last answer counts in full.
  return known.promptTokens + addedBytes + known.outputTokens + wrapping;
}

/** Worst cost of a call: every prompt token in its dearest class. */
export function worstCost(
  prices: PricePort,
  model: string,
  inputTokens: number,
  outputTokens: number,
): Amount {
  const usage = { inputTokens, outputTokens, cacheReadTokens: 0, reasoningTokens: 0 };
  const plain = prices.costMicroUsd(model, { ...usage, cacheWriteTokens: 0 });
  const written = prices.costMicroUsd(model, { ...usage, cacheWriteTokens: inputTokens });
  return { microUsd: Math.max(plain, written), tokens: inputTokens + outputTokens };
}

export type Fit =
  | { kind: "fits"; maxOutputTokens: number; worst: Amount }
  /** `ask` buys the call with the whole answer wanted. */
  | { kind: "short"; ask: Amount };

/** Lowers the answer to what is left in both currencies. */
export function fitCall(
  prices: PricePort,
  model: string,
  inputTokens: number,
  { wanted, least }: AnswerTokens,
  left: Amount,
): Fit {
  const costOf = (outputTokens: number) => worstCost(prices, model, inputTokens, outputTokens);
  let low = least - 1;
  let high = Math.min(wanted, left.tokens - inputTokens);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (costOf(middle).microUsd <= left.microUsd) low = middle;
    else high = middle - 1;
  }
  if (high < least) return { kind: "short", ask: costOf(wanted) };
  return { kind: "fits", maxOutputTokens: high, worst: costOf(high) };
}

/** What a reply is booked at: its usage, or the worst case where it tells none. A bill above the worst case is booked in full. */
export function bookedCost(
  prices: PricePort,
  model: string,
  usage: CallUsage | undefined,
  worst: Amount,
): { cost: Amount; worstCase: boolean } {
  if (usage === undefined) return { cost: worst, worstCase: true };
  return {
    cost: {
      microUsd: prices.costMicroUsd(model, usage),
      tokens: usage.inputTokens + usage.outputTokens,
    },
    worstCase: false,
  };
}
