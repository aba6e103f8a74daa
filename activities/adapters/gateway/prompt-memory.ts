/** Remembers how large prompts were, so that one that goes on from an earlier one is bounded by it and what was added. */
import { createHash } from "node:crypto";
import type { ModelProvider } from "../../../domain/routing.js";
import { promptBound } from "../../metering.js";
import type { KnownPrompt } from "../../metering.js";
import { isMark } from "./marks.js";
import type { Prompt } from "./shape.js";

/** Upper bounds for one picture; its bytes say nothing of its tokens. */
const PICTURE_TOKENS: Record<ModelProvider, number> = {
  anthropic: 5_000,
  google: 5_000,
  openai: 50_000,
  openrouter: 50_000,
  compatible: 50_000,
  demo: 50_000,
};
const KEPT = 256;

/** A prompt as it was sized: its bound, and under which names it and its beginnings are known. */
export interface SizedPrompt {
  inputTokens: number;
  name: string;
}

export interface PromptMemory {
  size(model: string, provider: ModelProvider, prompt: Prompt): SizedPrompt;
  remember(sized: SizedPrompt, known: KnownPrompt): void;
}

export function createPromptMemory(): PromptMemory {
  const known = new Map<string, KnownPrompt>();
  return {
    size(model, provider, { fixed, messages }) {
      const fixedText = JSON.stringify(fixed);
      let name = hashOf(model, withoutMarks(fixed));
      let base: KnownPrompt | undefined;
      let bytes = Buffer.byteLength(fixedText);
      let added = 0;
      for (const { content, pictures } of messages) {
        name = hashOf(name, withoutMarks(content));
        bytes += Buffer.byteLength(JSON.stringify(content)) - pictures.bytes;
        bytes += pictures.count * PICTURE_TOKENS[provider];
        added += 1;
        const found = known.get(name);
        if (found === undefined) continue;
        base = found;
        bytes = 0;
        added = 0;
      }
      return { inputTokens: promptBound(base, bytes, added), name };
    },
    remember({ name }, usage) {
      known.delete(name);
      known.set(name, usage);
      const [oldest] = known.keys();
      if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
    },
  };
}

const hashOf = (...texts: string[]) => createHash("sha256").update(texts.join("\0")).digest("hex");

/** Marks for the provider's cache wander from message to message and are no part of the prompt. */
const withoutMarks = (value: unknown) =>
  JSON.stringify(value, (name, each: unknown) =>
    name === "cache_control" && isMark(each) ? undefined : each,
  );
