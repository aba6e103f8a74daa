/** Keeps what a reply has told of its cost. */
import type { CallUsage } from "../../ports.js";
import { isObject } from "./json.js";
import type { JsonObject } from "./json.js";
import type { UsageReader } from "./shape.js";

export interface Told {
  usage?: CallUsage;
  requestId?: string;
}

/** @param look takes what a value tells; `told.usage` only once the answer is complete. */
export function createReader(look: (value: JsonObject, told: Told) => void): UsageReader {
  const told: Told = {};
  const read = (value: unknown) => {
    if (Array.isArray(value)) for (const each of value as unknown[]) read(each);
    if (isObject(value)) look(value, told);
  };
  return {
    read,
    // Servers without accounting say 0; no prompt has no tokens.
    usage: () => (told.usage !== undefined && told.usage.inputTokens > 0 ? told.usage : undefined),
    requestId: () => told.requestId,
  };
}
