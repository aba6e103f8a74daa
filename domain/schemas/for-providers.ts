/** JSON Schemas for a provider's structured output: every key required, what is optional may be null, no other limits. */
import { z } from "zod";

/** Cut instead of refused: an answer that is too long is paid already. */
export const words = (most: number) => z.string().transform((text) => text.trim().slice(0, most));

/** Keywords that some provider refuses; the limits are held by us. */
const REFUSED = new Set(
  "$schema maxLength minLength maxItems minItems maximum minimum pattern default".split(" "),
);

export const providerSchema = (schema: z.ZodType): object =>
  simplified(z.toJSONSchema(schema, { io: "input" })) as object;

function simplified(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(simplified);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).filter(
    ([key, value]) => !(REFUSED.has(key) && (typeof value !== "object" || value === null)),
  );
  const kept = Object.fromEntries(entries.map(([key, value]) => [key, simplified(value)]));
  const { properties } = kept;
  if (typeof properties !== "object" || properties === null) return kept;
  return { ...kept, required: Object.keys(properties), additionalProperties: false };
}
