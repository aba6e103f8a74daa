/** Anthropic's messages. */
import type { CallUsage } from "../../ports.js";
import { checkTools, leave, leaveOnly, never, rulesOf, sift } from "./fields.js";
import { isObject, objectOr, tokensOf, without } from "./json.js";
import type { JsonObject } from "./json.js";
import { shortenCache } from "./marks.js";
import { answerOf, promptOf, thinkingWithin } from "./shape.js";
import type { Shape } from "./shape.js";
import { createReader } from "./usage-reader.js";

const USUAL_ANSWER_TOKENS = 8_192;
/** The provider takes no smaller budget. */
const LEAST_THINKING_TOKENS = 1_024;

const RULES = rulesOf(
  `model messages system max_tokens stream temperature top_p top_k stop_sequences tools tool_choice thinking
   metadata output_config output_format context_management cache_control`,
  {
    mcp_servers: never,
    container: never,
    speed: leaveOnly("standard"),
    service_tier: (value) => (value === "standard_only" ? "pass" : leaveOnly("auto")(value)),
    inference_geo: leaveOnly("global", "not_available"),
    fallbacks: never,
    betas: leave,
  },
);
const COUNTED = new Set(["messages", "system", "tools", "tool_choice", "thinking"]);
/** Tools with a form of their own that the agent runs itself. */
const OWN_TOOLS = /^(?:custom|bash_\d+|text_editor_\d+|memory_\d+)$/;

export const messages: Shape = {
  accept(given) {
    const leftOut: string[] = [];
    const body = sift(given, RULES, leftOut);
    checkTools(
      body["tools"],
      ({ type }) => type === undefined || (typeof type === "string" && OWN_TOOLS.test(type)),
    );
    withoutCompaction(body, leftOut);
    shortenCache(body);
    const system: unknown[] = Array.isArray(body["system"]) ? body["system"] : [];
    for (const each of system) if (isObject(each)) shortenCache(each);
    const fixed = without(body, "messages", "stream", "max_tokens", "cache_control");
    const thinking = objectOr(body["thinking"]);
    const budget = tokensOf(thinking["budget_tokens"]);
    const least = budget === undefined ? 0 : LEAST_THINKING_TOKENS;
    return {
      answer: answerOf(tokensOf(body["max_tokens"]), USUAL_ANSWER_TOKENS, least),
      streams: body["stream"] === true,
      hidesUsage: false,
      prompt: promptOf(fixed, body["messages"]),
      leftOut,
      bodyFor: (model, maxOutputTokens) => ({
        ...body,
        model,
        max_tokens: maxOutputTokens,
        ...(budget === undefined
          ? {}
          : { thinking: { ...thinking, budget_tokens: thinkingWithin(budget, maxOutputTokens) } }),
      }),
      countBody: (model) => ({
        ...Object.fromEntries(Object.entries(body).filter(([name]) => COUNTED.has(name))),
        model,
      }),
    };
  },
  createReader: () => {
    const parts: JsonObject = {};
    return createReader((value, told) => {
      const message = value["type"] === "message_start" ? objectOr(value["message"]) : value;
      if (typeof message["id"] === "string") told.requestId = message["id"];
      const usage = message["usage"];
      if (!isObject(usage)) return;
      // Later events repeat what has changed.
      for (const [name, count] of Object.entries(usage)) if (count !== null) parts[name] = count;
      if (value["type"] === "message_start") return;
      const complete = usageOf(parts);
      if (complete !== undefined) told.usage = complete;
    });
  },
};

function usageOf(parts: JsonObject): CallUsage | undefined {
  const plain = tokensOf(parts["input_tokens"]);
  const outputTokens = tokensOf(parts["output_tokens"]);
  if (plain === undefined || outputTokens === undefined) return undefined;
  const cacheReadTokens = tokensOf(parts["cache_read_input_tokens"]) ?? 0;
  const cacheWriteTokens = tokensOf(parts["cache_creation_input_tokens"]) ?? 0;
  return {
    inputTokens: plain + cacheReadTokens + cacheWriteTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    // Told as part of the output only.
    reasoningTokens: 0,
  };
}

/** The provider's own compaction makes further calls; clearing old results makes none. */
function withoutCompaction(body: JsonObject, leftOut: string[]): void {
  const given = body["context_management"];
  if (!isObject(given)) return;
  const edits: unknown[] = Array.isArray(given["edits"]) ? given["edits"] : [];
  const clearing = edits.filter((each) => String(objectOr(each)["type"]).startsWith("clear_"));
  if (clearing.length < edits.length) leftOut.push("context_management.edits");
  if (clearing.length === 0) delete body["context_management"];
  else body["context_management"] = { edits: clearing };
}
