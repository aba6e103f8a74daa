/** From the priors and the finished features of a home to what one more feature is likely to take, quantity by quantity. */
import type {
  EstimateBasis,
  FeatureToEstimate,
  FinishedFeature,
  Range,
  TokenMix,
} from "./estimate.js";
import { believe, type Observed } from "./belief.js";
import { NOISE, NOISE_FREEDOM, priorActiveMs, priorMix, SHARES_WEIGHT, SPREADS } from "./priors.js";
import { studentQuantile } from "./quantiles.js";

/** Student's t in log space. */
export interface Prediction {
  /** Logarithm of the median; -Infinity for what costs nothing. */
  location: number;
  scale: number;
  freedom: number;
  /** Share of the variance that all features have in common: what is not known of the home rather than of the feature. */
  shared: number;
  /** Finished features that it rests on. */
  n: number;
}

export const QUANTITIES = ["tokens", "microUsd", "activeMs"] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** Ends of the interval that holds 80 %. */
export const LOW = 0.1;
export const HIGH = 0.9;
/** Nothing that we estimate is larger; keeps sums exact and absurd inputs finite. */
export const CEILING = 1e15;

export const totalOf = ({ input, cacheRead, output }: TokenMix) => input + cacheRead + output;

/** What a quantity was, or is guessed to be, for a feature with these tokens. */
interface Measure {
  prior(feature: FeatureToEstimate): number;
  actual(finished: FinishedFeature): number;
  /** The guess for a finished feature, where it differs from that for one to come. */
  priorOf(finished: FinishedFeature): number;
}

export function measureOf(
  quantity: Quantity,
  feature: FeatureToEstimate,
  basis: EstimateBasis,
): Measure {
  const { offer } = basis;
  switch (quantity) {
    case "tokens": {
      const prior = (of: FeatureToEstimate) => totalOf(priorMix(of));
      return { prior, priorOf: prior, actual: ({ tokens }) => totalOf(tokens) };
    }
    case "microUsd": {
      // Finished features count at today's prices of the model asked for, class by class.
      const cost = (mix: TokenMix) =>
        feature.model !== undefined && offer.costOfModelMicroUsd !== undefined
          ? offer.costOfModelMicroUsd(feature.model, mix)
          : offer.costMicroUsd(feature.tier, mix);
      const prior = (of: FeatureToEstimate) => cost(priorMix(of));
      return { prior, priorOf: prior, actual: ({ tokens }) => cost(tokens) };
    }
    case "activeMs":
      return {
        prior: (of) => priorActiveMs(of, offer.local),
        priorOf: (finished) => priorActiveMs(finished, wasLocal(finished)),
        actual: ({ activeMs }) => activeMs,
      };
  }
}

/** Only a model of one's own has a price of 0. */
const wasLocal = ({ microUsd }: FinishedFeature) => microUsd === 0;

export function predict(
  quantity: Quantity,
  feature: FeatureToEstimate,
  basis: EstimateBasis,
): Prediction {
  const measure = measureOf(quantity, feature, basis);
  const observed = basis.history.flatMap((finished) => observe(measure, finished));
  const { kind, size, tier } = feature;
  const belief = believe(observed, [kind, size, tier], Object.values(SPREADS));
  const freedom = NOISE_FREEDOM + observed.length;
  const variance = (NOISE_FREEDOM * NOISE ** 2 + belief.misfit) / freedom;
  const unknown = 1 / belief.weight;
  return {
    location: Math.log(positive(measure.prior(feature))) + belief.mean,
    scale: Math.sqrt(variance * (1 + unknown)),
    freedom,
    shared: unknown / (1 + unknown),
    n: observed.length,
  };
}

/** How far a finished feature lay from the guess; none where a value makes no sense. */
function observe(measure: Measure, finished: FinishedFeature): Observed[] {
  const value = Math.log(measure.actual(finished)) - Math.log(measure.priorOf(finished));
  const { kind, size, tier } = finished;
  return Number.isFinite(value) ? [{ path: [kind, size, tier], value }] : [];
}

const positive = (value: number) => (value > 0 ? Math.min(value, CEILING) : 0);

/** In whole units, rounded up. */
export function rangeOf({ location, scale, freedom }: Prediction): Range {
  const reach = studentQuantile(HIGH, freedom) * scale;
  return {
    low: whole(Math.exp(location - reach)),
    likely: whole(Math.exp(location)),
    high: whole(Math.exp(location + reach)),
  };
}

/** Rounded up; a hair above a whole number, left by a logarithm, is not a unit. */
export const whole = (value: number) =>
  Math.ceil(Math.min(CEILING, Math.max(0, value)) * (1 - 1e-12));

/** Shares of input, cache and output: the guess, moved towards finished features of the same kind. */
export function sharesOf(
  feature: FeatureToEstimate,
  history: readonly FinishedFeature[],
): TokenMix {
  const prior = priorMix(feature);
  const all = totalOf(prior);
  const sums = { input: 0, cacheRead: 0, output: 0 };
  const add = (mix: TokenMix, weight: number, total: number) => {
    for (const name of ["input", "cacheRead", "output"] as const) {
      sums[name] += (weight * mix[name]) / total;
    }
  };
  add(prior, SHARES_WEIGHT, all);
  for (const { kind, tokens } of history) {
    const total = totalOf(tokens);
    if (kind === feature.kind && total > 0 && Number.isFinite(total)) add(tokens, 1, total);
  }
  const weight = totalOf(sums);
  return {
    input: sums.input / weight,
    cacheRead: sums.cacheRead / weight,
    output: sums.output / weight,
  };
}
