/** OpenAI's responses, without anything that would be kept at the provider. */
import { checkTools, leave, leaveOnly, never, rulesOf, sift } from "./fields.js";
import { isObject, objectOr, tokensOf, without } from "./json.js";
import { answerOf, promptOf } from "./shape.js";
import type { Shape } from "./shape.js";
import { createReader } from "./usage-reader.js";

/** Thinking counts as answer, and agents that name no limit think long. */
const USUAL_ANSWER_TOKENS = 32_768;

const RULES = rulesOf(
  `model input instructions stream stream_options max_output_tokens temperature top_p tools tool_choice
   parallel_tool_calls reasoning text truncation include user prompt_cache_key prompt_cache_retention
   safety_identifier top_logprobs client_metadata`,
  {
    store: never,
    previous_response_id: never,
    conversation: never,
    background: never,
    prompt: never,
    metadata: leave,
    service_tier: leaveOnly("auto", "default", "standard"),
    modalities: (value) => (JSON.stringify(value) === '["text"]' ? "leave" : "refuse"),
    models: never,
    plugins: never,
  },
);
/** Tools that the agent runs itself. */
const OWN_TOOLS = new Set<unknown>(["function", "custom", "local_shell", "apply_patch"]);

export const responses: Shape = {
  accept(given) {
    const leftOut: string[] = [];
    const body = sift(given, RULES, leftOut);
    checkTools(body["tools"], runsAtAgent);
    const fixed = without(body, "input", "stream", "stream_options", "max_output_tokens");
    return {
      answer: answerOf(tokensOf(body["max_output_tokens"]), USUAL_ANSWER_TOKENS, 0),
      streams: body["stream"] === true,
      hidesUsage: false,
      prompt: promptOf(fixed, body["input"]),
      leftOut,
      bodyFor: (model, maxOutputTokens) => ({
        ...body,
        model,
        max_output_tokens: maxOutputTokens,
        // Left out, it would mean true.
        store: false,
      }),
    };
  },
  createReader: () =>
    createReader((value, told) => {
      const response = isObject(value["response"]) ? value["response"] : value;
      if (typeof response["id"] === "string") told.requestId = response["id"];
      const usage = response["usage"];
      if (!isObject(usage)) return;
      const inputTokens = tokensOf(usage["input_tokens"]);
      const outputTokens = tokensOf(usage["output_tokens"]);
      if (inputTokens === undefined || outputTokens === undefined) return;
      const input = objectOr(usage["input_tokens_details"]);
      told.usage = {
        inputTokens,
        outputTokens: Math.max(outputTokens, (tokensOf(usage["total_tokens"]) ?? 0) - inputTokens),
        cacheReadTokens: tokensOf(input["cached_tokens"]) ?? 0,
        cacheWriteTokens: tokensOf(input["cache_write_tokens"]) ?? 0,
        reasoningTokens:
          tokensOf(objectOr(usage["output_tokens_details"])["reasoning_tokens"]) ?? 0,
      };
    }),
};

function runsAtAgent(tool: Record<string, unknown>): boolean {
  const { type } = tool;
  if (type === "namespace") {
    const inner: unknown[] = Array.isArray(tool["tools"]) ? tool["tools"] : [];
    return inner.every((each) => isObject(each) && runsAtAgent(each));
  }
  if (type === "shell") return objectOr(tool["environment"])["type"] === "local";
  if (type === "tool_search") return tool["execution"] === "client";
  return OWN_TOOLS.has(type);
}
