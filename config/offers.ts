/** What each configured provider offers: a model for each tier and its prices, by class of tokens. */
import type { ProviderOffer, TokenMix } from "../domain/estimates/estimate.js";
import { TIERS, type Tier } from "../domain/mission.js";
import type { ModelRouting } from "../domain/plan.js";
import { parseModelId, type ModelProvider } from "../domain/routing.js";
import { readKeyNames } from "./keys.js";
import type { Prices } from "./prices.js";
import type { Settings } from "./settings.js";
import { SUGGESTED_MODELS } from "./suggested-models.js";

export interface OfferSources {
  keysPath: string;
  settings: () => Settings;
  prices: Prices;
  /** From MISSIONS_COMPATIBLE_BASE_URL; goes before the settings. */
  compatibleBaseUrl?: string | undefined;
}

/** Some prices rise with the length of the prompt, so tokens of many calls are priced as calls of this size. */
const PROMPT_TOKENS = 50_000;

/** What providers publish for calls in batch, as a share of the price; this build's agents wait for each reply and make none. */
const BATCH_SHARE: Partial<Record<ModelProvider, number>> = {
  anthropic: 0.5,
  openai: 0.5,
  google: 0.5,
};

/** Shown where nothing is configured, so that a newcomer sees what a budget buys. */
const REFERENCE = "anthropic";

/**
 * One offer for each provider that has a key, an address or a place in the routing of settings.yaml; the one that does the
 * work by that routing first. Without any, one reference offer that says so.
 * @throws Problem naming the model for a price that nobody knows, or for files that cannot be used.
 */
export async function providerOffers(sources: OfferSources): Promise<ProviderOffer[]> {
  const settings = sources.settings();
  const baseUrl = sources.compatibleBaseUrl ?? settings.compatible?.base_url;
  const routed = providersOf(settings.routing);
  const keyed = await readKeyNames(sources.keysPath);
  const configured = new Set<ModelProvider>([
    ...routed,
    ...keyed.filter((name) => name !== "compatible"),
    ...(baseUrl === undefined ? [] : ["compatible" as const]),
  ]);
  const offers: ProviderOffer[] = [];
  for (const provider of configured) {
    const models = modelsOf(provider, settings);
    if (models !== undefined) offers.push(offerOf(provider, models, isLoopback(baseUrl), sources));
  }
  if (offers.length > 0) return offers;
  const { simple, standard, thinking } = SUGGESTED_MODELS[REFERENCE];
  const reference = offerOf(REFERENCE, { simple, standard, thinking }, false, sources);
  return [{ ...reference, provider: `${REFERENCE} (no key yet)` }];
}

/** The one that does the work first; the demo's canned replies are no offer. */
function providersOf({ tiers, workers, research, validation, orchestrator }: ModelRouting) {
  const { standard, simple, thinking } = tiers ?? {};
  return [workers, standard, simple, thinking, research, validation, orchestrator]
    .map((model) => (model === undefined ? undefined : parseModelId(model)?.provider))
    .filter((provider) => provider !== undefined)
    .filter((provider) => provider !== "demo");
}

/** @returns undefined where nothing names a model of the provider. */
function modelsOf(provider: ModelProvider, settings: Settings): Record<Tier, string> | undefined {
  const { routing } = settings;
  const own = (model: string | undefined) =>
    model !== undefined && parseModelId(model)?.provider === provider ? model : undefined;
  const suggested: Partial<Record<Tier, string>> =
    provider in SUGGESTED_MODELS ? SUGGESTED_MODELS[provider as keyof typeof SUGGESTED_MODELS] : {};
  const byRole: Record<Tier, string | undefined> = {
    simple: own(routing.workers),
    standard: own(routing.workers),
    thinking: own(routing.orchestrator) ?? own(routing.workers),
  };
  const anyOf = (names: readonly (string | undefined)[]) => names.map(own).find(Boolean);
  const known = anyOf([
    ...Object.values(routing.tiers ?? {}),
    routing.research,
    routing.validation,
    routing.orchestrator,
    ...Object.keys(settings.models),
  ]);
  const modelOf = (tier: Tier) =>
    own(routing.tiers?.[tier]) ?? byRole[tier] ?? suggested[tier] ?? known;
  const [simple, standard, thinking] = TIERS.map(modelOf);
  if (simple === undefined || standard === undefined || thinking === undefined) return undefined;
  return { simple, standard, thinking };
}

function offerOf(
  provider: ModelProvider,
  models: Record<Tier, string>,
  loopback: boolean,
  { prices }: OfferSources,
): ProviderOffer {
  const cost = (model: string, mix: TokenMix) => costOf(prices, model, mix);
  const free = TIERS.every((tier) => cost(models[tier], ONE_CALL) === 0);
  const batch = BATCH_SHARE[provider];
  return {
    provider,
    models,
    local: free || (provider === "compatible" && loopback),
    costMicroUsd: (tier, mix) => cost(models[tier], mix),
    costOfModelMicroUsd: cost,
    ...(batch === undefined
      ? {}
      : {
          batchMicroUsd: (tier: Tier, mix: TokenMix) => Math.ceil(cost(models[tier], mix) * batch),
        }),
  };
}

const ONE_CALL: TokenMix = { input: 1_000, cacheRead: 0, output: 1_000 };

/**
 * Tokens outside the cache count at the dearer of the plain price and the price of writing them into the cache, which is what
 * an agent that marks its prompts pays.
 */
function costOf(prices: Prices, model: string, { input, cacheRead, output }: TokenMix): number {
  const calls = Math.max(1, Math.ceil((input + cacheRead) / PROMPT_TOKENS));
  const fresh = input / calls;
  const usage = {
    inputTokens: fresh + cacheRead / calls,
    cacheReadTokens: cacheRead / calls,
    outputTokens: output / calls,
  };
  const one = Math.max(
    prices.costMicroUsd(model, { ...usage, cacheWriteTokens: 0 }),
    prices.costMicroUsd(model, { ...usage, cacheWriteTokens: fresh }),
  );
  return one * calls;
}

function isLoopback(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}
