/** The list of models that an agent sees: those of the routing. Nobody is asked for it. */
import { parseModelId } from "../../../domain/routing.js";
import type { ModelProvider } from "../../../domain/routing.js";
import type { ModelRouting } from "../../../domain/plan.js";
import type { ShapeName } from "./routes.js";

/** Names at the provider, the feature's own first. */
export function listedModels(
  own: string,
  routing: ModelRouting,
  provider: ModelProvider,
): string[] {
  const { tiers, ...roles } = routing;
  const all = [own, ...Object.values(roles), ...Object.values(tiers ?? {})];
  const names = all.flatMap((model) => {
    const id = typeof model === "string" ? parseModelId(model) : undefined;
    return id?.provider === provider ? [id.name] : [];
  });
  return [...new Set(names)];
}

/** @param one true for the answer to the question for one model. */
export function modelListBody(shape: ShapeName, names: readonly string[], one: boolean): string {
  const entries = names.map((name) => entryOf(shape, name));
  if (one) return JSON.stringify(entries[0]);
  if (shape === "gemini") return JSON.stringify({ models: entries });
  if (shape !== "messages") return JSON.stringify({ object: "list", data: entries });
  const ends = { first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
  return JSON.stringify({ data: entries, has_more: false, ...ends });
}

function entryOf(shape: ShapeName, name: string) {
  switch (shape) {
    case "gemini":
      return {
        name: `models/${name}`,
        displayName: name,
        supportedGenerationMethods: ["generateContent", "countTokens"],
      };
    case "messages":
      return { type: "model", id: name, display_name: name, created_at: "1970-01-01T00:00:00Z" };
    case "chat":
    case "responses":
      return { id: name, object: "model", created: 0, owned_by: "missions" };
  }
}
