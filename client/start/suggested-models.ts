/** What to suggest where a person has a key but named no model, and a cheap model that tests the key. */
import type { KeyedProvider } from "../../config/keys.js";

export const SUGGESTED = {
  anthropic: { worker: "anthropic/claude-sonnet-4-5", test: "claude-haiku-4-5" },
  openai: { worker: "openai/gpt-5", test: "gpt-5-nano" },
  google: { worker: "google/gemini-2.5-pro", test: "gemini-2.5-flash-lite" },
  openrouter: { worker: "openrouter/anthropic/claude-sonnet-4.5", test: "openai/gpt-5-nano" },
} as const satisfies Record<Exclude<KeyedProvider, "compatible">, { worker: string; test: string }>;

/** Name as the provider calls it; a compatible endpoint has none that we could know. */
export const testModelOf = (provider: KeyedProvider): string =>
  provider === "compatible" ? "" : SUGGESTED[provider].test;
