/** OpenAI's chat completions, as OpenRouter and most servers of one's own speak them too. */
import { checkTools, leave, leaveOnly, never, only, rulesOf, sift } from "./fields.js";
import { isObject, objectOr, tokensOf, without } from "./json.js";
import type { JsonObject } from "./json.js";
import { shortenCache } from "./marks.js";
import { answerOf, promptOf, thinkingWithin } from "./shape.js";
import type { Shape } from "./shape.js";
import { createReader } from "./usage-reader.js";

/** What is asked for where an agent names no limit: servers of one's own refuse more than their window has. */
const USUAL_ANSWER_TOKENS = 8_192;
const LEAST_THINKING_TOKENS = 1_024;

const RULES = rulesOf(
  `model messages stream stream_options max_tokens max_completion_tokens temperature top_p top_k min_p top_a
   frequency_penalty presence_penalty repetition_penalty stop seed tools tool_choice parallel_tool_calls functions
   function_call response_format reasoning_effort reasoning include_reasoning verbosity thinking enable_thinking
   chat_template_kwargs logit_bias logprobs top_logprobs user prompt_cache_key safety_identifier usage
   cache_control`,
  {
    n: only(1),
    store: never,
    metadata: leave,
    service_tier: leaveOnly("auto", "default", "standard"),
    modalities: (value) => (JSON.stringify(value) === '["text"]' ? "leave" : "refuse"),
    audio: never,
    web_search_options: never,
    plugins: never,
    models: never,
    prediction: leave,
    best_of: only(1),
    background: never,
  },
);

export const chat: Shape = {
  accept(given, provider) {
    const leftOut: string[] = [];
    const body = sift(given, RULES, leftOut);
    checkTools(body["tools"], ({ type }) => type === "function" || type === "custom");
    shortenCache(body);
    const streams = body["stream"] === true;
    const streamOptions = objectOr(body["stream_options"]);
    const limits = ["max_tokens", "max_completion_tokens"];
    const asked = limits.flatMap((name) => tokensOf(body[name]) ?? []);
    const fixed = without(body, "messages", "stream", "stream_options", ...limits);
    const thinks = budgetOf(body) === undefined ? 0 : LEAST_THINKING_TOKENS;
    return {
      answer: answerOf(asked.length ? Math.min(...asked) : undefined, USUAL_ANSWER_TOKENS, thinks),
      streams,
      hidesUsage: streams && streamOptions["include_usage"] !== true,
      prompt: promptOf(fixed, body["messages"]),
      leftOut,
      bodyFor: (model, maxOutputTokens) => ({
        ...withBudget(body, maxOutputTokens),
        model,
        ...limitOf(body, provider === "openai", maxOutputTokens),
        // Nothing else of it: usage that is told piece by piece would look whole where the agent leaves.
        ...(streams ? { stream_options: { include_usage: true } } : {}),
      }),
    };
  },
  createReader: () => {
    let ended = false;
    return createReader((value, told) => {
      if (typeof value["id"] === "string") told.requestId = value["id"];
      ended ||= isEnd(value);
      const usage = value["usage"];
      // Some servers tell with every piece what it has cost so far.
      if (!isObject(usage) || !(ended || isWithoutChoice(value))) return;
      const input = objectOr(usage["prompt_tokens_details"]);
      const output = objectOr(usage["completion_tokens_details"]);
      const inputTokens = tokensOf(usage["prompt_tokens"]);
      const completion = tokensOf(usage["completion_tokens"]);
      if (inputTokens === undefined || completion === undefined) return;
      // Some servers leave reasoning out of the completion's tokens and tell it in the total alone.
      const total = tokensOf(usage["total_tokens"]) ?? 0;
      told.usage = {
        inputTokens,
        outputTokens: Math.max(completion, total - inputTokens),
        cacheReadTokens:
          tokensOf(input["cached_tokens"]) ?? tokensOf(usage["prompt_cache_hit_tokens"]) ?? 0,
        cacheWriteTokens: tokensOf(input["cache_write_tokens"]) ?? 0,
        reasoningTokens: tokensOf(output["reasoning_tokens"]) ?? 0,
      };
    });
  },
};

/** The last chunk of a stream that was asked for its usage: it has no choice in it. */
export const isUsageOnly = (value: unknown) =>
  isObject(value) &&
  Array.isArray(value["choices"]) &&
  isWithoutChoice(value) &&
  isObject(value["usage"]);

const isWithoutChoice = ({ choices }: JsonObject) =>
  !Array.isArray(choices) || choices.length === 0;

const isEnd = ({ choices }: JsonObject) =>
  Array.isArray(choices) &&
  choices.some((choice: unknown) => typeof objectOr(choice)["finish_reason"] === "string");

function limitOf(body: JsonObject, openai: boolean, maxOutputTokens: number): JsonObject {
  const named = ["max_tokens", "max_completion_tokens"].filter((name) => name in body);
  const usual = openai ? "max_completion_tokens" : "max_tokens";
  return Object.fromEntries(
    (named.length ? named : [usual]).map((name) => [name, maxOutputTokens]),
  );
}

/** Budgets of thinking, as OpenRouter and some servers take them. */
function budgetOf(body: JsonObject): number | undefined {
  return (
    tokensOf(objectOr(body["reasoning"])["max_tokens"]) ??
    tokensOf(objectOr(body["thinking"])["budget_tokens"])
  );
}

function withBudget(body: JsonObject, maxOutputTokens: number): JsonObject {
  const lowered = { ...body };
  for (const [field, name] of [
    ["reasoning", "max_tokens"],
    ["thinking", "budget_tokens"],
  ] as const) {
    const given = objectOr(body[field]);
    const budget = tokensOf(given[name]);
    if (budget === undefined) continue;
    lowered[field] = { ...given, [name]: thinkingWithin(budget, maxOutputTokens) };
  }
  return lowered;
}
