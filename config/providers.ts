/** Builds a provider library's model, loading only the library that is asked for. */
import type { LanguageModel } from "ai";
import type { ModelProvider } from "../domain/routing.js";
import type { Secret } from "./secret.js";

export interface Connection {
  provider: ModelProvider;
  /** What the provider calls the model. */
  name: string;
  key?: Secret | undefined;
  /** Instead of the provider's own address; required for `compatible` and `demo`. */
  baseUrl?: string | undefined;
}

export async function openLanguageModel(connection: Connection): Promise<LanguageModel> {
  const { name } = connection;
  const apiKey = connection.key?.reveal() ?? "";
  const address = connection.baseUrl === undefined ? {} : { baseURL: connection.baseUrl };
  switch (connection.provider) {
    case "anthropic":
      return (await import("@ai-sdk/anthropic")).createAnthropic({ apiKey, ...address })(name);
    case "openai":
      return (await import("@ai-sdk/openai")).createOpenAI({ apiKey, ...address })(name);
    case "google": {
      const { createGoogleGenerativeAI } = await import("@ai-sdk/google");
      return createGoogleGenerativeAI({ apiKey, ...address })(name);
    }
    case "openrouter": {
      const { createOpenRouter } = await import("@openrouter/ai-sdk-provider");
      return createOpenRouter({ apiKey, ...address }).chat(name, { usage: { include: true } });
    }
    case "compatible":
    case "demo": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      return createOpenAICompatible({
        name: connection.provider,
        baseURL: connection.baseUrl ?? "",
        ...(apiKey === "" ? {} : { apiKey }),
      })(name);
    }
  }
}

/** The provider's own address, with the version of its interface. @throws RangeError for those that have none. */
export function addressOf(provider: ModelProvider): string {
  switch (provider) {
    case "anthropic":
      return "https://api.anthropic.com/v1";
    case "openai":
      return "https://api.openai.com/v1";
    case "google":
      return "https://generativelanguage.googleapis.com/v1beta";
    case "openrouter":
      return "https://openrouter.ai/api/v1";
    case "compatible":
    case "demo":
      throw new RangeError(`${provider} has no address of its own`);
  }
}

/** How each provider wants to be given the key. */
export function keyHeaders(
  provider: ModelProvider,
  key: string | undefined,
): Record<string, string> {
  if (key === undefined) return {};
  if (provider === "anthropic") return { "x-api-key": key };
  if (provider === "google") return { "x-goog-api-key": key };
  return { authorization: `Bearer ${key}` };
}
