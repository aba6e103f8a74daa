/** One model call through the AI SDK: no retries and no steps of its own, because both are counted and kept by us. */
import { generateText, jsonSchema, NoObjectGeneratedError, Output, tool } from "ai";
import type { LanguageModel, LanguageModelUsage, ModelMessage, ToolSet } from "ai";
import type { CallUsage } from "../ports.js";
import { TOOL_SPECS } from "./agent-tools.js";
import { LOOK_SPEC } from "./look-tool.js";

export type { ModelMessage };

export interface ModelReply {
  messages: ModelMessage[];
  /** What the answer says in words, or the JSON that was asked for. */
  text: string;
  /** Undefined when the reply did not say, or said nothing believable. */
  usage: CallUsage | undefined;
  /** The provider's id of the call. */
  requestId: string;
  /** True when the answer was cut at its limit. */
  cut: boolean;
}

/** A call that takes longer is given up; it counts at its worst case. */
const LONGEST_CALL_MS = 600_000;

const toolSet = (specs: Record<string, { description: string; schema: object }>): ToolSet =>
  Object.fromEntries(
    Object.entries(specs).map(([name, { description, schema }]) => [
      name,
      tool({ description, inputSchema: jsonSchema(schema) }),
    ]),
  );
const SEEING_SPECS = { ...TOOL_SPECS, look: LOOK_SPEC };
const TOOLS = toolSet(TOOL_SPECS);
const SEEING_TOOLS = toolSet(SEEING_SPECS);

/** What every call of one conversation sends beside system text and messages. */
export type Extras =
  /** `look`: the one at an app is among them. */
  | { kind: "tools"; look?: boolean }
  /** The answer shall be one JSON object. Providers that know no schemas take it as a wish. */
  | { kind: "object"; name: string; schema: object };

/** Size of everything that a call sends beside the messages, for its worst case. */
export const extraBytes = (extras: Extras) => Buffer.byteLength(JSON.stringify(sentOf(extras)));

function sentOf(extras: Extras): object {
  if (extras.kind === "object") return extras.schema;
  return extras.look === true ? SEEING_SPECS : TOOL_SPECS;
}

/** @throws APICallError and whatever else the library throws; model-errors.ts explains it. */
export async function callModel(options: {
  languageModel: LanguageModel;
  system: string;
  messages: ModelMessage[];
  maxOutputTokens: number;
  extras: Extras;
}): Promise<ModelReply> {
  // The library prints its warnings to the console otherwise.
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const { extras } = options;
  const call = {
    model: options.languageModel,
    system: options.system,
    messages: withCacheMark(options.messages),
    maxOutputTokens: options.maxOutputTokens,
    maxRetries: 0,
    abortSignal: AbortSignal.timeout(LONGEST_CALL_MS),
    // Nothing is kept at the provider: a checkpoint must be all that is needed to go on.
    providerOptions: { openai: { store: false } },
  };
  if (extras.kind === "tools") {
    const tools = extras.look === true ? SEEING_TOOLS : TOOLS;
    return replyOf(await generateText({ ...call, tools }));
  }
  const schema = jsonSchema(extras.schema);
  try {
    return replyOf(
      await generateText({ ...call, output: Output.object({ schema, name: extras.name }) }),
    );
  } catch (error) {
    // An answer came, and was billed; what is wrong with it is for the caller to say.
    const said = NoObjectGeneratedError.isInstance(error) ? error : undefined;
    if (said?.usage === undefined || said.text === undefined) throw error;
    return {
      messages: [{ role: "assistant", content: said.text }],
      text: said.text,
      usage: usageOf(said.usage),
      requestId: said.response?.id ?? "",
      cut: said.finishReason === "length",
    };
  }
}

interface Generated {
  response: { messages: ModelMessage[]; id: string };
  text: string;
  usage: LanguageModelUsage;
  finishReason: string;
}

const replyOf = ({ response, text, usage, finishReason }: Generated): ModelReply => ({
  messages: response.messages,
  text,
  usage: usageOf(usage),
  requestId: response.id,
  cut: finishReason === "length",
});

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
