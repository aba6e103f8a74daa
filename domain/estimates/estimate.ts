/** What a feature, a level or a plan is likely to take, and what that rests on. Types only; the formulas lie beside it. */
import type { Currency, FeatureKind, Size, Tier } from "../mission.js";

/** An interval that holds 80 % of outcomes, and the middle of it. `low <= likely <= high`. */
export interface Range {
  low: number;
  likely: number;
  high: number;
}

/** Tokens of one feature by class: input that was not cached, input read from a cache, output with reasoning. */
export interface TokenMix {
  input: number;
  cacheRead: number;
  output: number;
}

/** A finished feature of an earlier mission: what estimates learn from. */
export interface FinishedFeature {
  missionId: string;
  featureId: string;
  title: string;
  kind: FeatureKind;
  size: Size;
  tier: Tier;
  /** `provider/model` that made most of the calls. */
  model: string;
  tokens: TokenMix;
  microUsd: number;
  activeMs: number;
  /** ISO 8601. */
  endedAt: string;
}

/** One configured provider with a model for each tier. */
export interface ProviderOffer {
  provider: string;
  /** `provider/model` by tier. */
  models: Record<Tier, string>;
  /** A model of one's own: no money, more hours. */
  local: boolean;
  /** Micro-USD, rounded up; 0 only for a price that was configured as 0. */
  costMicroUsd(tier: Tier, mix: TokenMix): number;
  /** The same at the price of a model that a plan names for one feature. @throws Problem for an unknown price. */
  costOfModelMicroUsd?(model: string, mix: TokenMix): number;
  /** The same where every call is made in batch; absent where the provider publishes no price for that. */
  batchMicroUsd?(tier: Tier, mix: TokenMix): number;
}

/** What every estimate is made from. */
export interface EstimateBasis {
  history: readonly FinishedFeature[];
  offer: ProviderOffer;
}

export interface FeatureToEstimate {
  kind: FeatureKind;
  size: Size;
  tier: Tier;
  /** `provider/model` that goes before the tier's. */
  model?: string | undefined;
}

export interface FeatureEstimate extends FeatureToEstimate {
  /** All classes together. */
  tokens: Range;
  mix: TokenMix;
  microUsd: Range;
  activeMs: Range;
  /** Finished features that this rests on; 0: only the documented priors. */
  n: number;
}

/** Sum over features, or an outcome level. */
export interface TotalEstimate {
  features: number;
  tokens: Range;
  microUsd: Range;
  /** Hours of work, with as many features at once as the plan allows. */
  activeMs: Range;
  n: number;
}

/** Which currency runs out first, and at what share of it. */
export interface Binding {
  currency: Currency;
  pct: number;
}
