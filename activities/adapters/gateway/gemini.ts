/** Google's Gemini. Fields may be written in camel or snake case; they are passed on in camel case. */
import { checkTools, leave, leaveOnly, never, only, rulesOf, sift } from "./fields.js";
import { isObject, objectOr, tokensOf, without } from "./json.js";
import type { JsonObject } from "./json.js";
import { refuse } from "./refusal.js";
import { answerOf, promptOf, thinkingWithin } from "./shape.js";
import type { Shape } from "./shape.js";
import { createReader } from "./usage-reader.js";

/** Thinking counts as answer. */
const USUAL_ANSWER_TOKENS = 32_768;
const LEAST_THINKING_TOKENS = 512;

const RULES = rulesOf(
  "contents systemInstruction tools toolConfig safetySettings generationConfig",
  {
    cachedContent: never,
    model: leave,
    labels: leave,
    serviceTier: leaveOnly("standard", "SERVICE_TIER_STANDARD"),
  },
);
const CONFIG_RULES = rulesOf(
  `temperature topP topK maxOutputTokens stopSequences seed presencePenalty frequencyPenalty responseMimeType
   responseSchema responseJsonSchema thinkingConfig mediaResolution responseLogprobs logprobs`,
  {
    candidateCount: only(1),
    responseModalities: (value) =>
      /^\["text"\]$/i.test(JSON.stringify(value)) ? "leave" : "refuse",
    speechConfig: never,
    imageConfig: never,
  },
);

export const gemini: Shape = {
  accept(given, _provider, streams) {
    const leftOut: string[] = [];
    const body = sift(camel(given), RULES, leftOut);
    const config = sift(
      camel(objectOr(body["generationConfig"])),
      CONFIG_RULES,
      leftOut,
      "generationConfig.",
    );
    const thinking = camel(objectOr(config["thinkingConfig"]));
    const tools = body["tools"];
    if (Array.isArray(tools))
      body["tools"] = tools.map((tool: unknown) => (isObject(tool) ? camel(tool) : tool));
    checkTools(body["tools"], (tool) =>
      Object.keys(tool).every((name) => name === "functionDeclarations"),
    );
    const budget = tokensOf(thinking["thinkingBudget"]);
    const { contents } = body;
    const fixed = {
      ...without(body, "contents", "generationConfig"),
      config: without(config, "maxOutputTokens"),
    };
    const least = budget === undefined || budget === 0 ? 0 : LEAST_THINKING_TOKENS;
    return {
      answer: answerOf(tokensOf(config["maxOutputTokens"]), USUAL_ANSWER_TOKENS, least),
      streams,
      hidesUsage: false,
      prompt: promptOf(fixed, contents),
      leftOut,
      bodyFor: (_model, maxOutputTokens) => ({
        ...body,
        generationConfig: {
          ...config,
          maxOutputTokens,
          ...(budget === undefined || budget === 0
            ? {}
            : {
                thinkingConfig: {
                  ...thinking,
                  thinkingBudget: thinkingWithin(budget, maxOutputTokens),
                },
              }),
        },
      }),
      countBody: () => ({ contents }),
    };
  },
  createReader: () => {
    let ended = false;
    return createReader((value, told) => {
      if (typeof value["responseId"] === "string") told.requestId = value["responseId"];
      ended ||= isEnd(value);
      const usage = value["usageMetadata"];
      // Each part of a stream tells what it has cost so far.
      if (!ended || !isObject(usage)) return;
      const prompt = tokensOf(usage["promptTokenCount"]);
      if (prompt === undefined) return;
      const inputTokens = prompt + (tokensOf(usage["toolUsePromptTokenCount"]) ?? 0);
      const reasoningTokens = tokensOf(usage["thoughtsTokenCount"]) ?? 0;
      const answer = (tokensOf(usage["candidatesTokenCount"]) ?? 0) + reasoningTokens;
      told.usage = {
        inputTokens,
        outputTokens: Math.max(answer, (tokensOf(usage["totalTokenCount"]) ?? 0) - inputTokens),
        cacheReadTokens: tokensOf(usage["cachedContentTokenCount"]) ?? 0,
        cacheWriteTokens: 0,
        reasoningTokens,
      };
    });
  },
};

function isEnd(value: JsonObject): boolean {
  if (isObject(value["promptFeedback"])) return true;
  const candidates: unknown[] = Array.isArray(value["candidates"]) ? value["candidates"] : [];
  return candidates.some((each) => typeof objectOr(each)["finishReason"] === "string");
}

/** @throws Refusal for a field that stands there twice: which one counts would be the provider's choice. */
function camel(given: JsonObject): JsonObject {
  const renamed: JsonObject = {};
  for (const [name, value] of Object.entries(given)) {
    const camelName = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (Object.hasOwn(renamed, camelName)) refuse(`"${camelName}" stands there twice.`);
    renamed[camelName] = value;
  }
  return renamed;
}
