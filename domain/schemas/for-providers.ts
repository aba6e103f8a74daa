/** JSON Schemas for a provider's structured output: every key required, what is optional may be null, no other limits. */
import { z } from "zod";

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
