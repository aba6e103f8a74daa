import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { LLMock } from "@copilotkit/aimock";
import { callModel } from "../../activities/adapters/models.js";
import {
  addResult,
  newConversation,
  pendingCalls,
} from "../../activities/adapters/conversation.js";
import { openLanguageModel } from "../../config/providers.js";
import { Secret } from "../../config/secret.js";
import { startModelServer } from "../../workers/demo-model-server.js";

const mock = new LLMock({ port: 0 });
beforeAll(async () => {
  mock.on(
    { predicate: ({ messages }) => !messages.some(({ role }) => role === "tool") },
    {
      content: "I write.",
      toolCalls: [{ name: "write", arguments: '{"path":"a","content":"x"}' }],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 20,
        input_tokens: 100,
        output_tokens: 20,
        promptTokenCount: 100,
        candidatesTokenCount: 20,
        totalTokenCount: 120,
      },
    },
  );
  mock.on(
    { predicate: ({ messages }) => messages.some(({ role }) => role === "tool") },
    {
      content: "Done.",
      usage: {
        prompt_tokens: 130,
        completion_tokens: 5,
        input_tokens: 130,
        output_tokens: 5,
        promptTokenCount: 130,
        candidatesTokenCount: 5,
        totalTokenCount: 135,
      },
    },
  );
  await mock.start();
});
afterAll(async () => {
  await mock.stop();
});

describe("a model call", () => {
  it.each([
    ["anthropic", "claude-sonnet-4-5", "/v1"],
    ["openai", "gpt-5.5", "/v1"],
    ["google", "gemini-2.5-pro", "/v1beta"],
    ["openrouter", "anthropic/claude-sonnet-4", "/api/v1"],
    ["compatible", "qwen3", "/v1"],
  ] as const)(
    "of %s gives tool calls and usage, and takes results back",
    async (provider, name, path) => {
      const languageModel = await openLanguageModel({
        provider,
        name,
        key: new Secret("sk-test"),
        baseUrl: `${mock.url}${path}`,
      });
      const conversation = newConversation("Feature 1.1: write a file");
      const call = () =>
        callModel({
          languageModel,
          system: "You are an engineer.",
          messages: conversation.messages,
          maxOutputTokens: 1_000,
          extras: { kind: "tools" },
        });
      const first = await call();
      expect(first.usage).toMatchObject({ inputTokens: 100, outputTokens: 20 });
      expect(first.requestId).not.toBe("");
      conversation.messages.push(...first.messages);
      const [pending] = pendingCalls(conversation.messages);
      expect(pending).toMatchObject({ name: "write", input: { path: "a", content: "x" } });
      if (pending === undefined) return;
      addResult(conversation, pending, "wrote 1 byte");
      // A checkpoint is JSON: what is sent after a crash is what was read back.
      conversation.messages = JSON.parse(
        JSON.stringify(conversation.messages),
      ) as typeof conversation.messages;
      const second = await call();
      expect(second.usage).toMatchObject({ inputTokens: 130, outputTokens: 5 });
      expect(pendingCalls([...conversation.messages, ...second.messages])).toEqual([]);
    },
  );

  it("says when its answer was cut at the limit, which is never passed", async () => {
    const server = await startModelServer({
      replies: {
        "1.1": [{ calls: [{ tool: "write", input: { path: "a", content: "x".repeat(9_000) } }] }],
      },
    });
    const languageModel = await openLanguageModel({
      provider: "demo",
      name: "canned",
      baseUrl: server.baseUrl,
    });
    const { messages } = newConversation("Feature 1.1: write a file");
    const reply = await callModel({
      languageModel,
      system: "",
      messages,
      maxOutputTokens: 600,
      extras: { kind: "tools" },
    });
    expect(reply).toMatchObject({ cut: true, usage: { outputTokens: 600 } });
    await server.stop();
  });
});
