import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, it } from "@jest/globals";
import { createPlaces } from "./a-gateway.js";
import { usage } from "./scripted-provider.js";

const places = createPlaces();
afterEach(() => places.end());
const open = (model: string) => places.open(model, () => ({ text: ["ok"], usage: usage() }));

const CHAT = "/openai/v1/chat/completions";
const RESPONSES = "/openai/v1/responses";
const MESSAGES = "/anthropic/v1/messages";
const hello = [{ role: "user", content: "Hello" }];
const chat = (more = {}) => ({ model: "gpt-5.5", messages: hello, ...more });
const responses = (more = {}) => ({ model: "gpt-5.5", input: "Hello", ...more });
const messages = (more = {}) => ({
  model: "claude-sonnet-4-5",
  max_tokens: 900,
  messages: hello,
  ...more,
});
const part = (content: unknown) => ({ messages: [{ role: "user", content: [content] }] });

describe("a request through the gateway", () => {
  it("keeps what costs nothing and loses what is unknown, saying so", async () => {
    const { gateway, last } = await open("openai/gpt-5.5");
    const reply = await gateway.post(
      CHAT,
      chat({
        temperature: 0.5,
        n: 1,
        store: false,
        metadata: { a: 1 },
        service_tier: "auto",
        brand_new: { x: 1 },
      }),
    );
    expect(reply.status).toBe(200);
    expect(reply.headers.get("x-missions-left-out")).toBe("metadata, service_tier, brand_new");
    expect(last()).toEqual({
      model: "gpt-5.5",
      messages: hello,
      temperature: 0.5,
      n: 1,
      max_completion_tokens: 8_192,
    });
  });

  it("says to OpenAI that nothing is to be kept", async () => {
    const { gateway, last } = await open("openai/gpt-5.5");
    await gateway.post(
      RESPONSES,
      responses({
        include: ["reasoning.encrypted_content"],
        tools: [
          { type: "function", name: "f" },
          { type: "local_shell" },
          { type: "namespace", name: "n", tools: [{ type: "function", name: "g" }] },
        ],
      }),
    );
    expect(last()).toMatchObject({
      store: false,
      max_output_tokens: 32_768,
      include: expect.any(Array),
    });
  });

  it("takes the agent's own limit, under whichever name it has", async () => {
    const { gateway, last } = await open("openai/gpt-5.5");
    await gateway.post(CHAT, chat({ max_tokens: 700 }));
    expect(last()).toMatchObject({ max_tokens: 700 });
    expect(last()).not.toHaveProperty("max_completion_tokens");
    await gateway.post(RESPONSES, responses({ max_output_tokens: 16 }));
    expect(last()).toMatchObject({ max_output_tokens: 16 });
    for (const nonsense of [-1, "many", Number.NaN, 1e300]) {
      await gateway.post(CHAT, chat({ max_tokens: nonsense }));
      const { max_tokens } = last() as { max_tokens?: unknown };
      expect(typeof (max_tokens ?? 0)).toBe("number");
    }
  });

  it("makes marks for the cache short, and leaves the provider's own compaction out", async () => {
    const { gateway, server, last } = await open("anthropic/claude-sonnet-4-5");
    const long = { type: "ephemeral", ttl: "1h" };
    const clearing = { type: "clear_tool_uses_20250919" };
    const reply = await gateway.post(
      `${MESSAGES}?beta=true`,
      messages({
        system: [{ type: "text", text: "S", cache_control: long }],
        tools: [{ name: "t", input_schema: {}, cache_control: long }],
        messages: [
          {
            role: "user",
            content: [
              {
                type: "tool_result",
                tool_use_id: "t1",
                content: [{ type: "text", text: "x", cache_control: long }],
              },
            ],
          },
        ],
        context_management: { edits: [clearing, { type: "compact_20260112" }] },
      }),
      { "anthropic-beta": "context-management-2025-06-27", "anthropic-version": "2023-06-01" },
    );
    expect(reply.status).toBe(200);
    expect(JSON.stringify(last())).not.toContain("1h");
    expect(last()).toMatchObject({ context_management: { edits: [clearing] } });
    const { url, headers } = server.asked[0] ?? {};
    expect(url).toBe("/v1/messages?beta=true");
    expect(headers).toMatchObject({ "anthropic-beta": "context-management-2025-06-27" });
  });

  it("takes pictures that stand in it, at their tokens and not their bytes", async () => {
    const { gateway } = await open("anthropic/claude-sonnet-4-5");
    const data = "A".repeat(400_000);
    const picture = { type: "image", source: { type: "base64", media_type: "image/png", data } };
    expect((await gateway.post(MESSAGES, messages(part(picture)))).status).toBe(200);
    const [call] = await gateway.opens();
    expect(call?.worst.tokens).toBeGreaterThan(5_000);
    expect(call?.worst.tokens).toBeLessThan(20_000);
  });

  it("asks for usage in a stream, and hides it from an agent that did not", async () => {
    const { gateway, last } = await open("openai/gpt-5.5");
    const hidden = await (await gateway.post(CHAT, chat({ stream: true }))).text();
    expect(last()).toMatchObject({ stream_options: { include_usage: true } });
    expect(hidden).not.toContain("prompt_tokens");
    expect(hidden).toMatch(/"content":"ok"[\s\S]*\[DONE\]\n\n$/);
    const asked = chat({
      stream: true,
      stream_options: { include_usage: true, continuous_usage_stats: true },
    });
    expect(await (await gateway.post(CHAT, asked)).text()).toContain("prompt_tokens");
    expect(last()["stream_options"]).toEqual({ include_usage: true });
    expect((await gateway.closes()).map(({ tokens }) => tokens.input)).toEqual([1_000, 1_000]);
  });

  it("to Gemini may be written in either case, streamed as events or as one list", async () => {
    const { gateway, last } = await open("google/gemini-2.5-pro");
    const body = {
      contents: [{ parts: [{ text: "Hello" }] }],
      system_instruction: { parts: [{ text: "S" }] },
      generation_config: { max_output_tokens: 600, thinking_config: { thinking_budget: 5_000 } },
      tools: [{ function_declarations: [{ name: "f" }] }],
    };
    const path = "/google/v1beta/models/gemini-2.5-pro:streamGenerateContent";
    const text = await (await gateway.post(`${path}?alt=sse`, body)).text();
    expect(text).toContain('"text":"ok"');
    expect(last()).toEqual({
      contents: body.contents,
      systemInstruction: body.system_instruction,
      tools: [{ functionDeclarations: [{ name: "f" }] }],
      generationConfig: { maxOutputTokens: 600, thinkingConfig: { thinkingBudget: 88 } },
    });
    const [closed] = await gateway.closes();
    expect(closed?.tokens).toMatchObject({ input: 1_000, output: 50 });
  });

  it.each([
    ["claude-sonnet-4-5", "claude-sonnet-4-5"],
    ["anthropic/claude-sonnet-4-5", "claude-sonnet-4-5"],
    // Known and cheaper: agents ask small models for small things.
    ["claude-haiku-4-5", "claude-haiku-4-5"],
    // Known and dearer, and not known.
    ["claude-opus-4-1", "claude-sonnet-4-5"],
    ["some-new-model", "claude-sonnet-4-5"],
    ["openai/gpt-5.5", "claude-sonnet-4-5"],
  ])("for the model %s is answered by %s", async (asked, answered) => {
    const { gateway, last } = await open("anthropic/claude-sonnet-4-5");
    expect((await gateway.post(MESSAGES, messages({ model: asked }))).status).toBe(200);
    expect(last()["model"]).toBe(answered);
    expect(await gateway.opens()).toMatchObject([{ model: `anthropic/${answered}` }]);
  });

  it("for a variant with a price of its own is answered by the feature's model", async () => {
    const { gateway, last } = await open("openrouter/openai/gpt-5");
    await gateway.post("/openrouter/v1/chat/completions", chat({ model: "openai/gpt-5:online" }));
    expect(last()["model"]).toBe("openai/gpt-5");
  });

  it("may not fill the worker's memory together with others", async () => {
    const { gateway } = await open("anthropic/claude-sonnet-4-5");
    const slow = () => {
      const request = httpRequest(`${gateway.listening}${MESSAGES}`, {
        method: "POST",
        headers: { "x-api-key": gateway.token },
      });
      const refused = new Promise((resolve) => {
        request.on("error", resolve).on("response", resolve);
      });
      request.write(Buffer.alloc(31 * 1024 * 1024, "x"));
      return { request, refused };
    };
    const all = [slow(), slow(), slow()];
    await Promise.race(all.map(({ refused }) => refused));
    for (const { request } of all) request.destroy();
    while ((await gateway.post(MESSAGES, messages())).status === 503) continue;
    expect((await gateway.opens()).length).toBeGreaterThan(0);
  });

  it("asks for no longer answer than models give, whatever the agent names", async () => {
    const { gateway } = await places.open(
      "anthropic/claude-sonnet-4-5",
      () => ({ text: ["ok"], usage: usage() }),
      { slice: { microUsd: 1_000, tokens: 1_000 } },
    );
    await gateway.post(MESSAGES, messages({ max_tokens: 1e15 }));
    const stop = gateway.stop();
    if (stop?.kind !== "needs-more") throw new Error("it must need more");
    expect(stop.ask.tokens).toBeLessThan(200_000);
  });

  it("may not be huge, packed, or no JSON", async () => {
    const { gateway, server } = await open("anthropic/claude-sonnet-4-5");
    const huge = await gateway
      .post(MESSAGES, "x".repeat(33 * 1024 * 1024))
      .catch((error: unknown) => error);
    if (huge instanceof Response) expect(huge.status).toBe(413);
    expect((await gateway.post(MESSAGES, "{}", { "content-encoding": "zstd" })).status).toBe(415);
    for (const broken of ["{", "[]", "7", ""])
      expect((await gateway.post(MESSAGES, broken)).status).toBe(400);
    expect((await gateway.post(MESSAGES, { messages: hello })).status).toBe(400);
    expect(server.asked).toHaveLength(0);
  });
});
