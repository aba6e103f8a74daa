/** One model call through the AI SDK: no retries and no steps of its own, because both are counted and kept by us. */
import { generateText, jsonSchema, tool } from "ai";
import type { LanguageModel, LanguageModelUsage, ModelMessage, ToolSet } from "ai";
import type { CallUsage } from "../ports.js";
import { TOOL_SPECS } from "./agent-tools.js";

export type { ModelMessage };

export interface ModelReply {
  messages: ModelMessage[];
  /** Undefined when the reply did not say, or said nothing believable. */
  usage: CallUsage | undefined;
  /** The provider's id of the call. */
  requestId: string;
  /** True when the answer was cut at its limit. */
  cut: boolean;
}

/** A call that takes longer is given up; it counts at its worst case. */
const LONGEST_CALL_MS = 600_000;

const TOOLS: ToolSet = Object.fromEntries(
  Object.entries(TOOL_SPECS).map(([name, { description, schema }]) => [
    name,
    tool({ description, inputSchema: jsonSchema(schema as object) }),
  ]),
);

/** Size of everything that a call sends, for its worst case. */
export const toolBytes = () => Buffer.byteLength(JSON.stringify(TOOL_SPECS));

/** @throws APICallError and whatever else the library throws; model-errors.ts explains it. */
export async function callModel(options: {
  languageModel: LanguageModel;
  system: string;
  messages: ModelMessage[];
  maxOutputTokens: number;
}): Promise<ModelReply> {
  // The library prints its warnings to the console otherwise.
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const reply = await generateText({
    model: options.languageModel,
    system: options.system,
    messages: withCacheMark(options.messages),
    tools: TOOLS,
    maxOutputTokens: options.maxOutputTokens,
    maxRetries: 0,
    abortSignal: AbortSignal.timeout(LONGEST_CALL_MS),
    // Nothing is kept at the provider: a checkpoint must be all that is needed to go on.
    providerOptions: { openai: { store: false } },
  });
  return {
    messages: reply.response.messages,
    usage: usageOf(reply.usage),
    requestId: reply.response.id,
    cut: reply.finishReason === "length",
  };
}

/** Anthropic reads the prompt up to the mark from its cache, at a tenth of the price. */
function withCacheMark(messages: ModelMessage[]): ModelMessage[] {
  const last = messages.at(-1);
  if (last === undefined) return messages;
  const mark = { anthropic: { cacheControl: { type: "ephemeral" } } };
  return [
    ...messages.slice(0, -1),
    { ...last, providerOptions: { ...last.providerOptions, ...mark } },
  ];
}

function usageOf(usage: LanguageModelUsage): CallUsage | undefined {
  const { inputTokens, outputTokens, inputTokenDetails, outputTokenDetails } = usage;
  // Servers without accounting say 0; no prompt has no tokens.
  if (!inputTokens || inputTokens < 0 || outputTokens === undefined || outputTokens < 0) {
    return undefined;
  }
  return {
    inputTokens: Math.ceil(inputTokens),
    outputTokens: Math.ceil(outputTokens),
    cacheReadTokens: inputTokenDetails.cacheReadTokens ?? 0,
    cacheWriteTokens: inputTokenDetails.cacheWriteTokens ?? 0,
    reasoningTokens: outputTokenDetails.reasoningTokens ?? 0,
  };
}
