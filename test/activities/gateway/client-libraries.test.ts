import { afterEach, describe, expect, it } from "@jest/globals";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, streamText, tool } from "ai";
import type { LanguageModel, LanguageModelUsage, ToolSet } from "ai";
import type { CallUsage } from "../../../activities/ports.js";
import { createPlaces, KEY } from "./a-gateway.js";
import type { TestGateway } from "./a-gateway.js";

import { usage } from "./scripted-provider.js";
import type { Turn } from "./scripted-provider.js";

const places = createPlaces();
afterEach(() => places.end());
const open = (model: string, turns: Turn[]) => {
  const settings = model.startsWith("compatible")
    ? `models: {${model}: {input_usd_per_million: 2, output_usd_per_million: 9, cache_read_usd_per_million: 0.2}}`
    : "";
  return places.open(model, (request) => turns[request - 1] ?? { kind: "status", status: 500 }, {
    settings,
  });
};

/** The libraries that agents are made of, with nothing changed but address and key. */
const AGENTS: [string, string, (gateway: TestGateway) => LanguageModel][] = [
  [
    "Anthropic's messages",
    "anthropic/claude-sonnet-4-5",
    ({ baseUrl: baseURL, token: apiKey }) =>
      createAnthropic({ baseURL, apiKey })("claude-sonnet-4-5"),
  ],
  [
    "OpenAI's responses",
    "openai/gpt-5.5",
    ({ baseUrl: baseURL, token: apiKey }) => createOpenAI({ baseURL, apiKey }).responses("gpt-5.5"),
  ],
  [
    "OpenAI's chat completions",
    "openai/gpt-5.5",
    ({ baseUrl: baseURL, token: apiKey }) => createOpenAI({ baseURL, apiKey }).chat("gpt-5.5"),
  ],
  [
    "Google's Gemini",
    "google/gemini-2.5-pro",
    ({ baseUrl: baseURL, token: apiKey }) =>
      createGoogleGenerativeAI({ baseURL, apiKey })("gemini-2.5-pro"),
  ],
  [
    "a compatible server's chat completions",
    "compatible/own/model",
    ({ baseUrl: baseURL, token: apiKey }) =>
      createOpenAICompatible({ name: "own", baseURL, apiKey, includeUsage: true })("own/model"),
  ],
];

const tools: ToolSet = {
  weather: tool({
    description: "Says how the weather is.",
    inputSchema: jsonSchema({ type: "object", properties: { city: { type: "string" } } }),
  }),
};
const bill = usage({
  inputTokens: 1_234,
  cacheReadTokens: 1_000,
  outputTokens: 321,
  reasoningTokens: 77,
});
/** Anthropic counts its thinking as answer only. */
const told = (full: CallUsage, provider: string | undefined) =>
  provider === "anthropic" ? { ...full, reasoningTokens: 0 } : full;
const journalTokens = (billed: CallUsage) => ({
  input: billed.inputTokens,
  cacheRead: billed.cacheReadTokens,
  cacheWrite: billed.cacheWriteTokens,
  output: billed.outputTokens,
  reasoning: billed.reasoningTokens,
});
const seenBy = ({ inputTokens, outputTokens, inputTokenDetails }: LanguageModelUsage) => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: inputTokenDetails.cacheReadTokens,
});

describe.each(AGENTS)("an agent that speaks %s", (name, model, agentOf) => {
  it("gets whole answers and tool calls, booked to the token", async () => {
    const { gateway, server } = await open(model, [
      {
        text: ["It is ", "sunny."],
        tool: { name: "weather", input: { city: "Rome" } },
        usage: bill,
        id: "call-7",
      },
    ]);
    const reply = await generateText({
      model: agentOf(gateway),
      prompt: "Weather?",
      tools,
      maxRetries: 0,
    });
    expect(reply.text).toBe("It is sunny.");
    expect(reply.toolCalls).toMatchObject([{ toolName: "weather", input: { city: "Rome" } }]);
    expect(seenBy(reply.usage)).toEqual({
      inputTokens: 1_234,
      outputTokens: 321,
      cacheReadTokens: 1_000,
    });
    const [closed] = await gateway.closes();
    const billed = told(bill, gateway.provider);
    expect(closed).toMatchObject({
      requestId: "call-7",
      tokens: journalTokens(billed),
      cost: { microUsd: gateway.prices.costMicroUsd(model, bill), tokens: 1_555 },
    });
    expect(gateway.metered()).toEqual({
      calls: 1,
      inputTokens: 1_234,
      outputTokens: 321,
      microUsd: gateway.prices.costMicroUsd(model, bill),
    });
    expect(gateway.account.spent()).toEqual(closed?.cost);
    expect(server.asked[0]?.headers).not.toMatchObject({
      authorization: expect.stringContaining(gateway.token),
    });
    expect(JSON.stringify(server.asked[0]?.headers)).toContain(KEY);
  });

  it("gets streams, of which each piece comes before the next is sent", async () => {
    const pieces = ["One ", "two ", "three ", "four."];
    const seen: string[] = [];
    let wake = () => {};
    let sent = 0;
    // Lets one event go when all text that was sent before it has been seen.
    const paced = async () => {
      const wanted = Math.min(sent - lead, pieces.length);
      sent += 1;
      while (seen.length < wanted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    // Events of a stream before its first piece of text.
    const lead = { "Anthropic's messages": 3, "OpenAI's responses": 2 }[name] ?? 0;
    const { gateway } = await open(model, [
      { text: pieces, tool: { name: "weather", input: { city: "Bonn" } }, usage: bill, paced },
    ]);
    const reply = streamText({
      model: agentOf(gateway),
      prompt: "Count",
      tools,
      maxRetries: 0,
    });
    for await (const piece of reply.textStream) {
      seen.push(piece);
      wake();
    }
    expect(seen).toEqual(pieces);
    expect(await reply.toolCalls).toMatchObject([{ toolName: "weather", input: { city: "Bonn" } }]);
    expect(seenBy(await reply.totalUsage)).toEqual({
      inputTokens: 1_234,
      outputTokens: 321,
      cacheReadTokens: 1_000,
    });
    const closes = await gateway.closes();
    expect(closes.map(({ tokens }) => tokens)).toEqual([
      journalTokens(told(bill, gateway.provider)),
    ]);
  });

  it("is told why a call is not made, without trying again", async () => {
    const { gateway, server } = await open(model, []);
    await gateway.account.open({ attempt: 1, role: "worker", model, worst: gateway.slice });
    const plain = () => generateText({ model: agentOf(gateway), prompt: "Hello" });
    for (const ask of [plain, () => drained(agentOf(gateway))]) {
      await expect(ask()).rejects.toThrow(/budget granted to this feature/);
    }
    expect(server.asked).toHaveLength(0);
    expect(gateway.stop()).toMatchObject({
      kind: "needs-more",
      ask: { tokens: expect.any(Number) },
    });
  });
});

async function drained(model: LanguageModel) {
  let failed: unknown;
  const reply = streamText({
    model,
    prompt: "Hello",
    onError: ({ error }) => {
      failed = error;
    },
  });
  await reply.consumeStream();
  if (failed !== undefined) throw failed as Error;
}
