/** Which model does a piece of work: the feature's own, else its tier's, else its role's. */
import type { Role, Tier } from "./mission.js";
import type { ModelRouting, PlanFeature } from "./plan.js";

export const MODEL_PROVIDERS = [
  "anthropic",
  "openai",
  "google",
  "openrouter",
  "compatible",
  "demo",
] as const;
export type ModelProvider = (typeof MODEL_PROVIDERS)[number];

export interface ModelId {
  provider: ModelProvider;
  /** What the provider calls it; may itself hold slashes. */
  name: string;
}

/** Reads `provider/model`. @returns undefined for another shape or an unknown provider. */
export function parseModelId(model: string): ModelId | undefined {
  const slash = model.indexOf("/");
  const provider = MODEL_PROVIDERS.find((known) => known === model.slice(0, slash));
  const name = model.slice(slash + 1);
  return provider === undefined || name === "" || /\s/.test(name) ? undefined : { provider, name };
}

/** The plan's routing with the host's defaults below it. */
export function mergeRouting(defaults: ModelRouting, plan: ModelRouting): ModelRouting {
  const given = Object.entries(plan).filter(([, value]) => value !== undefined);
  const tiers = Object.entries(plan.tiers ?? {}).filter(
    ([, value]) => (value as unknown) !== undefined,
  );
  return {
    ...defaults,
    ...(Object.fromEntries(given) as ModelRouting),
    tiers: { ...defaults.tiers, ...Object.fromEntries(tiers) },
  };
}

/**
 * @param asked a tier that goes before the feature's, as when the budget prefers a cheaper model.
 * @returns `provider/model`, or undefined where nothing names one.
 */
export function modelFor(
  routing: ModelRouting,
  feature: Pick<PlanFeature, "model" | "tier"> | undefined,
  role: Role,
  asked?: Tier,
): string | undefined {
  if (feature?.model !== undefined) return feature.model;
  const tier = asked ?? feature?.tier;
  const ofTier = tier === undefined ? undefined : routing.tiers?.[tier];
  return ofTier ?? ofRole(routing, role) ?? routing.workers;
}

function ofRole(routing: ModelRouting, role: Role): string | undefined {
  switch (role) {
    case "orchestrator":
      return routing.orchestrator;
    case "worker":
      return routing.workers;
    case "research":
      return routing.research;
    case "validation":
      return routing.validation;
  }
}
