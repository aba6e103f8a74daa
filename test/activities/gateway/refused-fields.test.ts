import { afterEach, describe, expect, it } from "@jest/globals";
import { createPlaces } from "./a-gateway.js";
import { usage } from "./scripted-provider.js";

const places = createPlaces();
afterEach(() => places.end());
const open = (model: string) => places.open(model, () => ({ text: ["ok"], usage: usage() }));

const CHAT = "/openai/v1/chat/completions";
const RESPONSES = "/openai/v1/responses";
const MESSAGES = "/anthropic/v1/messages";
const GEMINI = "/google/v1beta/models/gemini-2.5-pro:generateContent";
const hello = [{ role: "user", content: "Hello" }];
const chat = (more = {}) => ({ model: "gpt-5.5", messages: hello, ...more });
const responses = (more = {}) => ({ model: "gpt-5.5", input: "Hello", ...more });
const messages = (more = {}) => ({
  model: "claude-sonnet-4-5",
  max_tokens: 900,
  messages: hello,
  ...more,
});
const gemini = (more = {}) => ({
  contents: [{ role: "user", parts: [{ text: "Hello" }] }],
  ...more,
});
const part = (content: unknown) => ({ messages: [{ role: "user", content: [content] }] });

describe("a request through the gateway", () => {
  it.each([
    [CHAT, chat({ store: true }), "store"],
    [CHAT, chat({ n: 2 }), "n"],
    [CHAT, chat({ web_search_options: {} }), "web_search_options"],
    [CHAT, chat({ modalities: ["text", "audio"], audio: { voice: "ash" } }), "modalities"],
    [CHAT, chat({ service_tier: "priority" }), "service_tier"],
    [CHAT, chat({ service_tier: "flex" }), "service_tier"],
    [CHAT, chat({ plugins: [{ id: "web" }] }), "plugins"],
    [CHAT, chat({ models: ["openai/gpt-5-pro"] }), "models"],
    [CHAT, chat({ tools: [{ type: "web_search" }] }), "web_search"],
    [
      CHAT,
      chat(part({ type: "image_url", image_url: { url: "https://example.org/a.png" } })),
      "image_url",
    ],
    [CHAT, chat(part({ type: "file", file: { file_id: "f-1" } })), "file"],
    [CHAT, chat(part({ type: "input_audio", input_audio: { data: "" } })), "input_audio"],
    [RESPONSES, responses({ store: true }), "store"],
    [RESPONSES, responses({ previous_response_id: "resp_1" }), "previous_response_id"],
    [RESPONSES, responses({ conversation: "conv_1" }), "conversation"],
    [RESPONSES, responses({ background: true }), "background"],
    [RESPONSES, responses({ prompt: { id: "pmpt_1" } }), "prompt"],
    [RESPONSES, responses({ service_tier: "priority" }), "service_tier"],
    [RESPONSES, responses({ input: [{ type: "item_reference", id: "rs_1" }] }), "item_reference"],
    [
      RESPONSES,
      responses({
        input: [{ role: "user", content: [{ type: "input_file", file_url: "https://e.org" }] }],
      }),
      "file_url",
    ],
    ...[
      "web_search",
      "file_search",
      "code_interpreter",
      "computer_use_preview",
      "image_generation",
      "mcp",
    ].map((type): [string, unknown, string] => [RESPONSES, responses({ tools: [{ type }] }), type]),
    [MESSAGES, messages({ mcp_servers: [{ type: "url", url: "https://e.org" }] }), "mcp_servers"],
    [MESSAGES, messages({ container: "c_1" }), "container"],
    [MESSAGES, messages({ speed: "fast" }), "speed"],
    [MESSAGES, messages({ inference_geo: "us" }), "inference_geo"],
    ...[
      "web_search_20250305",
      "web_fetch_20250910",
      "code_execution_20250825",
      "computer_20250124",
      "mcp_toolset",
    ].map((type): [string, unknown, string] => [
      MESSAGES,
      messages({ tools: [{ type, name: "x" }] }),
      type,
    ]),
    [
      MESSAGES,
      messages(part({ type: "image", source: { type: "url", url: "https://e.org" } })),
      "source of url",
    ],
    [
      MESSAGES,
      messages(part({ type: "document", source: { type: "file", file_id: "f" } })),
      "source of file",
    ],
    [
      MESSAGES,
      messages(
        part({
          type: "document",
          source: { type: "base64", media_type: "application/pdf", data: "" },
        }),
      ),
      "application/pdf",
    ],
    [
      MESSAGES,
      messages(
        part({
          type: "web_fetch_tool_result",
          content: { content: { source: { type: "base64", media_type: "application/pdf" } } },
        }),
      ),
      "application/pdf",
    ],
    [MESSAGES, messages(part({ type: "container_upload", file_id: "f" })), "file_id"],
    [GEMINI, gemini({ cachedContent: "cachedContents/1" }), "cachedContent"],
    [GEMINI, gemini({ cached_content: "cachedContents/1" }), "cachedContent"],
    ...[
      "googleSearch",
      "google_search",
      "codeExecution",
      "urlContext",
      "computerUse",
      "fileSearch",
    ].map((name): [string, unknown, string] => [
      GEMINI,
      gemini({ tools: [{ functionDeclarations: [] }, { [name]: {} }] }),
      name.replace("google_search", "googleSearch"),
    ]),
    [GEMINI, gemini({ generationConfig: { candidateCount: 2 } }), "candidateCount"],
    [
      GEMINI,
      gemini({ generation_config: { response_modalities: ["IMAGE"] } }),
      "responseModalities",
    ],
    [GEMINI, gemini({ generationConfig: {}, generation_config: {} }), "generationConfig"],
    [GEMINI, { contents: [{ parts: [{ fileData: { fileUri: "gs://x" } }] }] }, "fileData"],
    [
      GEMINI,
      { contents: [{ parts: [{ inline_data: { mime_type: "video/mp4", data: "" } }] }] },
      "video/mp4",
    ],
  ])("to %s is refused by name: %j", async (path, body, named) => {
    const model = {
      openai: "openai/gpt-5.5",
      anthropic: "anthropic/claude-sonnet-4-5",
      google: "google/gemini-2.5-pro",
    };
    const provider = path.split("/")[1] as keyof typeof model;
    const { gateway, server } = await open(model[provider]);
    const reply = await gateway.post(path, body);
    expect(reply.status).toBe(400);
    const { error } = (await reply.json()) as { error: { message: string } };
    expect(error.message).toMatch(new RegExp(`"[^"]*${named}`));
    expect(server.asked).toHaveLength(0);
    expect(await gateway.opens()).toEqual([]);
  });
});
