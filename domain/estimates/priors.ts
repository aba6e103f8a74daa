/**
 * What a feature takes before any has been finished: guesses of ours, written down so that they can be argued with, not
 * measurements. docs/decisions/0008-estimates.md says how finished features take their place.
 */
import type { FeatureKind, Size, Tier } from "../mission.js";
import type { FeatureToEstimate, TokenMix } from "./estimate.js";

/** Medians of a `code` feature at tier `standard` with a hosted model. */
export const SIZE_PRIORS: Record<Size, { tokens: number; hours: number }> = {
  trivial: { tokens: 50_000, hours: 0.25 },
  small: { tokens: 150_000, hours: 1 },
  medium: { tokens: 400_000, hours: 3 },
  large: { tokens: 1_000_000, hours: 8 },
  huge: { tokens: 3_000_000, hours: 24 },
};

/** Times the tokens and hours of a `code` feature of that size. */
const KIND_FACTOR: Record<FeatureKind, number> = {
  code: 1,
  research: 1,
  "browser-qa": 1,
  email: 0.3,
  payment: 0.3,
};

/** A model that thinks longer uses more of both. */
const TIER_FACTOR: Record<Tier, { tokens: number; hours: number }> = {
  simple: { tokens: 1, hours: 0.8 },
  standard: { tokens: 1, hours: 1 },
  thinking: { tokens: 1.3, hours: 1.5 },
};

/** An agent sends its whole conversation again with each call, most of it read from the provider's cache. */
const SHARES: Record<Tier, TokenMix> = {
  simple: { input: 0.3, cacheRead: 0.6, output: 0.1 },
  standard: { input: 0.3, cacheRead: 0.6, output: 0.1 },
  thinking: { input: 0.26, cacheRead: 0.54, output: 0.2 },
};

/** A model on one's own machine answers more slowly than a hosted one. */
export const LOCAL_HOURS_FACTOR = 3;

export function priorMix({ kind, size, tier }: FeatureToEstimate): TokenMix {
  const tokens = SIZE_PRIORS[size].tokens * KIND_FACTOR[kind] * TIER_FACTOR[tier].tokens;
  const { input, cacheRead, output } = SHARES[tier];
  return {
    input: Math.round(tokens * input),
    cacheRead: Math.round(tokens * cacheRead),
    output: Math.round(tokens * output),
  };
}

export function priorActiveMs({ kind, size, tier }: FeatureToEstimate, local: boolean): number {
  const hours = SIZE_PRIORS[size].hours * KIND_FACTOR[kind] * TIER_FACTOR[tier].hours;
  return hours * (local ? LOCAL_HOURS_FACTOR : 1) * 3_600_000;
}

/** The standard deviation of one feature around its class, in log space: a factor of 1.65 either way. */
export const NOISE = 0.5;
/** How many finished features this guess of the noise weighs as much as, times two. */
export const NOISE_FREEDOM = 6;

/**
 * How far this home, a kind in it, a size of that kind and a tier of that size may lie from what is above them, as shares
 * of the noise's variance. 1 / share is the number of finished features that what is above weighs as much as.
 */
export const SPREADS = { home: 1, kind: 0.5, size: 0.25, tier: 0.25 } as const;
/** The same for one mission within its home. */
export const MISSION_SPREAD = 0.5;
/** How many finished features the guess of a kind's shares of input, cache and output weighs as much as. */
export const SHARES_WEIGHT = 3;
