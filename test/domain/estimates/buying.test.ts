import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MOST_FEATURES, whatBuys } from "../../../domain/estimates/buying.js";
import { SIZES, TIERS } from "../../../domain/mission.js";
import { aBasis, aLocalOffer } from "./builders.js";

const usd = (amount: number) => amount * 1_000_000;
const hours = (amount: number) => amount * 3_600_000;

describe("what a budget buys", () => {
  it("is counted for each tier with its model, fewer of each larger size", () => {
    const tiers = whatBuys({ microUsd: usd(200), activeMs: hours(40) }, aBasis());
    expect(tiers.map(({ tier, model }) => [tier, model])).toEqual([
      ["simple", "acme/small"],
      ["standard", "acme/middle"],
      ["thinking", "acme/large"],
    ]);
    for (const { sizes } of tiers) {
      expect(sizes.map(({ size }) => size)).toEqual([...SIZES]);
      const counts = sizes.map(({ features }) => features.likely);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
      for (const { features } of sizes) {
        expect(features.low <= features.likely && features.likely <= features.high).toBe(true);
      }
    }
  });

  it("never costs more than there is", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e10 }),
        fc.integer({ min: 1, max: 1e10 }),
        (money, tokens) => {
          for (const { sizes, tokens: bought } of whatBuys({ microUsd: money, tokens }, aBasis())) {
            expect(bought).toBeLessThanOrEqual(tokens);
            for (const { each, features } of sizes) {
              expect(features.likely * each.microUsd.likely).toBeLessThanOrEqual(money);
              expect(features.likely * each.tokens.likely).toBeLessThanOrEqual(tokens);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("names what runs out first", () => {
    const bindingOf = (purse: Parameters<typeof whatBuys>[0]) =>
      whatBuys(purse, aBasis())[1]?.binding;
    expect(bindingOf({ microUsd: usd(1), activeMs: hours(1_000) })).toBe("money");
    expect(bindingOf({ microUsd: usd(1_000), activeMs: hours(10) })).toBe("time");
    expect(bindingOf({ microUsd: usd(1_000), tokens: 1_000_000 })).toBe("tokens");
  });

  it("lets three features run at once through the hours", () => {
    const medium = whatBuys({ activeMs: hours(9) }, aBasis())[1]?.sizes[2];
    expect(medium).toMatchObject({ size: "medium", features: { likely: 9 }, binding: "time" });
  });

  it("is not limited by money where a model costs none", () => {
    const [tier] = whatBuys({ microUsd: usd(1) }, aBasis([], aLocalOffer()));
    expect(tier?.tokens).toBeUndefined();
    expect(tier?.sizes[0]?.features.likely).toBe(MOST_FEATURES);
    expect(TIERS).toHaveLength(3);
  });
});
