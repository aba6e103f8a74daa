/** Models to start with where a person has a key but named none: one for each tier, and a cheap one that tests the key. */
import type { Tier } from "../domain/mission.js";
import type { KeyedProvider } from "./keys.js";

type Suggested = Record<Tier, string> & {
  /** As the provider calls it. */
  test: string;
};

/** A compatible endpoint has no models that we could know. */
export const SUGGESTED_MODELS = {
  anthropic: {
    simple: "anthropic/claude-haiku-4-5",
    standard: "anthropic/claude-sonnet-4-5",
    thinking: "anthropic/claude-opus-4-5",
    test: "claude-haiku-4-5",
  },
  openai: {
    simple: "openai/gpt-5-mini",
    standard: "openai/gpt-5",
    thinking: "openai/gpt-5.5",
    test: "gpt-5-nano",
  },
  google: {
    simple: "google/gemini-2.5-flash",
    standard: "google/gemini-2.5-pro",
    thinking: "google/gemini-3.1-pro-preview",
    test: "gemini-2.5-flash-lite",
  },
  openrouter: {
    simple: "openrouter/anthropic/claude-haiku-4.5",
    standard: "openrouter/anthropic/claude-sonnet-4.5",
    thinking: "openrouter/anthropic/claude-opus-4.5",
    test: "openai/gpt-5-nano",
  },
} as const satisfies Record<Exclude<KeyedProvider, "compatible">, Suggested>;
