/** Which addresses a gateway has: `/<provider or any>/<version>/<path of the provider>`. Everything else is not there. */
import { MODEL_PROVIDERS } from "../../../domain/routing.js";
import type { ModelProvider } from "../../../domain/routing.js";

/** Form of requests and replies: OpenAI's chat completions and responses, Anthropic's messages, Google's Gemini. */
export type ShapeName = "chat" | "responses" | "messages" | "gemini";

export interface Route {
  /** Undefined for `/any`: the provider of the feature's model. */
  provider: ModelProvider | undefined;
  shape: ShapeName;
  /** `count`: counts tokens, free of charge. `models`: the list, `model`: one of it. */
  operation: "call" | "count" | "models" | "model" | "none";
  /** Path at the provider, after the version. */
  path: string;
  /** What stands in the path (Gemini, and one model of the list). */
  model?: string;
  streams?: boolean;
}

const SPOKEN: Record<ModelProvider, readonly ShapeName[]> = {
  anthropic: ["messages"],
  openai: ["chat", "responses"],
  google: ["gemini"],
  openrouter: ["chat", "responses", "messages"],
  compatible: ["chat", "responses", "messages"],
  demo: ["chat", "responses", "messages"],
};
/** Where counting tokens is known to be free. */
const COUNTS: readonly ModelProvider[] = ["anthropic", "google"];

/** @param anthropic the request has Anthropic's version header; tells the form of a model list apart. */
export function routeOf(url: URL, anthropic: boolean): Route {
  const [, prefix = "", ...rest] = url.pathname.split("/");
  const provider = MODEL_PROVIDERS.find((known) => known === prefix);
  const version = /^v\d+(?:alpha|beta)?$/.test(rest[0] ?? "") ? rest.shift() : undefined;
  const path = rest.join("/");
  const found = operationOf(path, shapeOfList(provider, version, anthropic));
  const route = { provider, path, ...found };
  if (prefix !== "any" && provider === undefined) return { ...route, operation: "none" };
  if (provider === undefined) return route;
  const spoken = SPOKEN[provider].includes(route.shape);
  const counted = route.operation !== "count" || COUNTS.includes(provider);
  if (spoken && counted) return route;
  return { ...route, shape: SPOKEN[provider][0] ?? "chat", operation: "none" };
}

/** Whether calls of a form may go to a provider, where the address does not name one. */
export const speaks = (provider: ModelProvider, { shape, operation }: Route) =>
  SPOKEN[provider].includes(shape) && (operation !== "count" || COUNTS.includes(provider));

function operationOf(path: string, listed: ShapeName): Omit<Route, "provider" | "path"> {
  switch (path) {
    case "chat/completions":
      return { shape: "chat", operation: "call" };
    case "responses":
      return { shape: "responses", operation: "call" };
    case "messages":
      return { shape: "messages", operation: "call" };
    case "messages/count_tokens":
      return { shape: "messages", operation: "count" };
    case "models":
      return { shape: listed, operation: "models" };
  }
  const [, name = "", method] = /^models\/([^:]+)(?::(\w+))?$/.exec(path) ?? [];
  const model = decodeOrEmpty(name);
  if (model === "") return { shape: listed, operation: "none" };
  switch (method) {
    case undefined:
      return { shape: listed, operation: "model", model };
    case "generateContent":
      return { shape: "gemini", operation: "call", model, streams: false };
    case "streamGenerateContent":
      return { shape: "gemini", operation: "call", model, streams: true };
    case "countTokens":
      return { shape: "gemini", operation: "count", model };
    default:
      return { shape: "gemini", operation: "none" };
  }
}

function shapeOfList(
  provider: ModelProvider | undefined,
  version: string | undefined,
  anthropic: boolean,
): ShapeName {
  if (provider === "google" || version?.includes("beta") === true) return "gemini";
  return provider === "anthropic" || anthropic ? "messages" : "chat";
}

function decodeOrEmpty(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
