/** A question with an answer in JSON over every provider's wire, and what comes when the answer is none. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { LLMock } from "@copilotkit/aimock";
import { callModel } from "../../activities/adapters/models.js";
import { openLanguageModel } from "../../config/providers.js";
import { Secret } from "../../config/secret.js";
import { readDraft } from "../../domain/planning/read-draft.js";
import { draftJsonSchema } from "../../domain/schemas/draft.js";
import { reply } from "../helpers/drafts.js";

const usage = {
  prompt_tokens: 900,
  completion_tokens: 300,
  input_tokens: 900,
  output_tokens: 300,
  promptTokenCount: 900,
  candidatesTokenCount: 300,
  totalTokenCount: 1_200,
};
const asks = (word: string) => ({
  predicate: ({ messages }: { messages: { content: unknown }[] }) =>
    JSON.stringify(messages.map(({ content }) => content)).includes(word),
});
const mock = new LLMock({ port: 0 });
beforeAll(async () => {
  mock.on(asks("a good plan"), { content: reply(), usage });
  mock.on(asks("words only"), { content: "I would rather not.", usage });
  await mock.start();
});
afterAll(async () => {
  await mock.stop();
});

const PROVIDERS = [
  ["anthropic", "claude-sonnet-4-0", "/v1"],
  ["openai", "gpt-5.5", "/v1"],
  ["google", "gemini-2.5-pro", "/v1beta"],
  ["openrouter", "anthropic/claude-sonnet-4", "/api/v1"],
  ["compatible", "qwen3", "/v1"],
] as const;

const ask = async (provider: (typeof PROVIDERS)[number], content: string) => {
  const [name, model, path] = provider;
  const languageModel = await openLanguageModel({
    provider: name,
    name: model,
    key: new Secret("sk-test"),
    baseUrl: `${mock.url}${path}`,
  });
  return callModel({
    languageModel,
    system: "You plan.",
    messages: [{ role: "user", content }],
    maxOutputTokens: 4_000,
    extras: { kind: "object", name: "draft", schema: draftJsonSchema() },
  });
};

describe("a structured question", () => {
  it.each(PROVIDERS.map((provider) => [provider[0], provider] as const))(
    "to %s is answered with a plan and its usage",
    async (_, provider) => {
      const answer = await ask(provider, "a good plan, please");
      expect("draft" in readDraft(answer.text)).toBe(true);
      expect(answer.usage).toMatchObject({ inputTokens: 900, outputTokens: 300 });
      expect(answer.cut).toBe(false);
    },
  );

  it.each(PROVIDERS.map((provider) => [provider[0], provider] as const))(
    "to %s that is answered with words is billed all the same, and the words are kept",
    async (_, provider) => {
      const answer = await ask(provider, "words only, please");
      expect(answer.text).toBe("I would rather not.");
      expect(answer.usage).toMatchObject({ inputTokens: 900, outputTokens: 300 });
    },
  );
});
