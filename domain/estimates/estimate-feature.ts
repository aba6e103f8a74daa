/** What one feature is likely to take. */
import type { EstimateBasis, FeatureEstimate, FeatureToEstimate, TokenMix } from "./estimate.js";
import { predict, rangeOf, sharesOf } from "./predict.js";

/** Ranges hold 80 % of outcomes; tokens and micro-USD are whole. @throws Problem for a price that nobody knows. */
export function estimateFeature(feature: FeatureToEstimate, basis: EstimateBasis): FeatureEstimate {
  const { kind, size, tier, model } = feature;
  const prediction = predict("tokens", feature, basis);
  const tokens = rangeOf(prediction);
  return {
    kind,
    size,
    tier,
    ...(model === undefined ? {} : { model }),
    tokens,
    mix: mixOf(tokens.likely, sharesOf(feature, basis.history)),
    microUsd: rangeOf(predict("microUsd", feature, basis)),
    activeMs: rangeOf(predict("activeMs", feature, basis)),
    n: prediction.n,
  };
}

/** The classes add up to the tokens. */
function mixOf(tokens: number, shares: TokenMix): TokenMix {
  const input = Math.round(tokens * shares.input);
  const cacheRead = Math.min(tokens - input, Math.round(tokens * shares.cacheRead));
  return { input, cacheRead, output: tokens - input - cacheRead };
}
