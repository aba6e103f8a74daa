/** What to suggest where a person has a key but named no model, and a cheap model that tests the key. */
import type { KeyedProvider } from "../../config/keys.js";
import { SUGGESTED_MODELS } from "../../config/suggested-models.js";

/** The model that does the work unless a plan says otherwise. */
export const suggestedWorker = (provider: Exclude<KeyedProvider, "compatible">): string =>
  SUGGESTED_MODELS[provider].standard;

/** Name as the provider calls it; a compatible endpoint has none that we could know. */
export const testModelOf = (provider: KeyedProvider): string =>
  provider === "compatible" ? "" : SUGGESTED_MODELS[provider].test;
