/** Marks up to which a provider keeps a prompt in its cache. */
import { isObject } from "./json.js";
import type { JsonObject } from "./json.js";

/** Marks with a longer life than the usual one cost more; the price table has one price for them. */
export function shortenCache(part: JsonObject): void {
  const mark = part["cache_control"];
  if (isObject(mark)) delete mark["ttl"];
}

/** True for a mark that says nothing else. */
export const isMark = (value: unknown) =>
  isObject(value) && Object.keys(value).length === 1 && value["type"] === "ephemeral";
