/** What a budget buys of one provider's models: tokens, and features of each size, tier by tier. */
import { SIZES, TIERS, type AtOnce, type Currency, type Size, type Tier } from "../mission.js";
import type { EstimateBasis, FeatureEstimate, Range } from "./estimate.js";
import { estimateFeature } from "./estimate-feature.js";
import { USUAL_AT_ONCE } from "./estimate-plan.js";
import { totalOf } from "./predict.js";

/** An amount that is absent does not limit. */
export interface Purse {
  microUsd?: number | undefined;
  activeMs?: number | undefined;
  tokens?: number | undefined;
}

export interface SizeBought {
  size: Size;
  /** One feature. */
  each: FeatureEstimate;
  /** Whole features; the low end if each turns out dear, the high end if cheap. */
  features: Range;
  /** What runs out first. */
  binding: Currency;
}

export interface TierBought {
  tier: Tier;
  model: string;
  /** Tokens that the whole budget comes to, at the mix of a medium feature; absent where nothing limits them. */
  tokens?: number;
  sizes: SizeBought[];
  /** What runs out first with medium features. */
  binding: Currency;
}

/** More features than this are "as many as you like". */
export const MOST_FEATURES = 1_000_000;

/** For features of kind `code`, as many at once as a mission runs. @throws Problem for an unknown price. */
export function whatBuys(
  purse: Purse,
  basis: EstimateBasis,
  atOnce: AtOnce = USUAL_AT_ONCE,
): TierBought[] {
  return TIERS.map((tier) => {
    const sizes = SIZES.map((size): SizeBought => {
      const each = estimateFeature({ kind: "code", size, tier }, basis);
      const by = (end: keyof Range) => affordable(purse, each, end, atOnce.code);
      const likely = by("likely");
      const features = { low: by("high").count, likely: likely.count, high: by("low").count };
      return { size, each, features, binding: likely.binding };
    });
    const medium = sizes.find(({ size }) => size === "medium");
    const tokens = medium === undefined ? undefined : tokensOf(purse, medium.each);
    return {
      tier,
      model: basis.offer.models[tier],
      ...(tokens === undefined ? {} : { tokens }),
      sizes,
      binding: medium?.binding ?? "money",
    };
  });
}

/** Each of the places runs one feature after the other, for as long as there are hours. */
function affordable(
  { microUsd, activeMs, tokens }: Purse,
  each: FeatureEstimate,
  end: keyof Range,
  places: number,
): { count: number; binding: Currency } {
  const limits: [Currency, number][] = [
    ["money", countOf(microUsd, each.microUsd[end])],
    ["time", places * countOf(activeMs, each.activeMs[end])],
    ["tokens", countOf(tokens, each.tokens[end])],
  ];
  const [binding, count] = limits.reduce((least, limit) => (limit[1] < least[1] ? limit : least));
  return { count: Math.min(MOST_FEATURES, count), binding };
}

const countOf = (limit: number | undefined, each: number) =>
  limit === undefined || each <= 0 ? Infinity : Math.floor(limit / each);

function tokensOf({ microUsd, tokens }: Purse, { mix, microUsd: price }: FeatureEstimate) {
  const byMoney =
    microUsd === undefined || price.likely <= 0
      ? Infinity
      : Math.floor((microUsd / price.likely) * totalOf(mix));
  const least = Math.min(byMoney, tokens ?? Infinity);
  return Number.isFinite(least) ? least : undefined;
}
