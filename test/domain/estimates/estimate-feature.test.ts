import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { generateHome } from "../../../bench/generated-home.js";
import { estimateFeature } from "../../../domain/estimates/estimate-feature.js";
import { LOCAL_HOURS_FACTOR, SIZE_PRIORS } from "../../../domain/estimates/priors.js";
import { SIZES } from "../../../domain/mission.js";
import {
  aBasis,
  aFinished,
  aLocalOffer,
  anOffer,
  featuresToEstimate,
  finishedFeatures,
} from "./builders.js";

const medium = { kind: "code", size: "medium", tier: "standard" } as const;
const histories = fc.array(finishedFeatures, { maxLength: 30 });

describe("an estimate of a feature", () => {
  it("rests on the documented guesses alone while nothing is finished, and says so", () => {
    for (const size of SIZES) {
      const estimate = estimateFeature({ ...medium, size }, aBasis());
      expect(estimate.n).toBe(0);
      expect(estimate.tokens.likely).toBe(SIZE_PRIORS[size].tokens);
      expect(estimate.activeMs.likely).toBe(SIZE_PRIORS[size].hours * 3_600_000);
      expect(estimate.microUsd.likely).toBe(anOffer().costMicroUsd("standard", estimate.mix));
    }
  });

  it("reaches from 0.29 to 3.5 times the middle while nothing is finished, as documented", () => {
    const { low, likely, high } = estimateFeature(medium, aBasis()).tokens;
    expect(low / likely).toBeCloseTo(0.29, 2);
    expect(high / likely).toBeCloseTo(3.48, 2);
  });

  it.each([1, 10, 40])("holds about 80 % of outcomes with %d features finished", (n) => {
    const held = Array.from({ length: 60 }, (_, at) => {
      const home = generateHome(`test/${at}`, { noise: 0.5, home: 0.5, group: 0.3 });
      const basis = aBasis(home.finished(n));
      return home.outcomes(10).map((outcome) => {
        const { low, high } = estimateFeature(outcome, basis).activeMs;
        return outcome.activeMs >= low && outcome.activeMs <= high;
      });
    }).flat();
    const share = held.filter(Boolean).length / held.length;
    expect(share).toBeGreaterThan(0.75);
    expect(share).toBeLessThan(0.85);
  });

  it("is a finite range of whole numbers from low over likely to high, whatever the history says", () => {
    fc.assert(
      fc.property(histories, featuresToEstimate, fc.boolean(), (history, feature, local) => {
        const estimate = estimateFeature(
          feature,
          aBasis(history, local ? aLocalOffer() : anOffer()),
        );
        for (const { low, likely, high } of [
          estimate.tokens,
          estimate.microUsd,
          estimate.activeMs,
        ]) {
          for (const value of [low, likely, high]) expect(Number.isSafeInteger(value)).toBe(true);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(likely).toBeGreaterThanOrEqual(low);
          expect(high).toBeGreaterThanOrEqual(likely);
        }
        const { input, cacheRead, output } = estimate.mix;
        expect(input + cacheRead + output).toBe(estimate.tokens.likely);
        expect(Math.min(input, cacheRead, output)).toBeGreaterThanOrEqual(0);
        expect(estimate.n).toBeLessThanOrEqual(history.length);
      }),
    );
  });

  it("moves further towards the home's history with each feature that confirms it", () => {
    for (const times of [4, 1 / 4]) {
      const { tokens: guess } = estimateFeature(medium, aBasis());
      let distance = Infinity;
      for (const n of [0, 1, 3, 10, 30, 100]) {
        const history = Array.from({ length: n }, () => aFinished(times));
        const estimate = estimateFeature(medium, aBasis(history));
        expect(estimate.n).toBe(n);
        const left = Math.abs(Math.log(estimate.tokens.likely / (guess.likely * times)));
        expect(left).toBeLessThan(distance);
        distance = left;
      }
      expect(distance).toBeLessThan(0.02);
    }
  });

  it("lies between the guess and what was seen, where all features tell the same", () => {
    fc.assert(
      fc.property(
        featuresToEstimate,
        featuresToEstimate,
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        (asked, seen, n, times) => {
          const guess = estimateFeature(asked, aBasis()).tokens.likely;
          const history = Array.from({ length: n }, () => aFinished(times, seen));
          const { likely } = estimateFeature(asked, aBasis(history)).tokens;
          const [least, most] = times < 1 ? [guess * times, guess] : [guess, guess * times];
          expect(likely).toBeGreaterThanOrEqual(Math.floor(least * 0.999) - 1);
          expect(likely).toBeLessThanOrEqual(Math.ceil(most * 1.001) + 1);
        },
      ),
    );
  });

  it("learns most from features of the same kind, size and tier, and something from all others", () => {
    const after = (fields: Parameters<typeof aFinished>[1]) =>
      estimateFeature(medium, aBasis([aFinished(5, fields)])).tokens.likely;
    const steps = [
      after({ kind: "research", size: "huge", tier: "simple" }),
      after({ size: "huge", tier: "simple" }),
      after({ tier: "simple" }),
      after({}),
    ];
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBe(4);
    expect(steps[0]).toBeGreaterThan(SIZE_PRIORS.medium.tokens);
  });

  it("grows narrower with features that agree, and wider with features that do not", () => {
    const width = (values: number[]) => {
      const history = values.map((times) => aFinished(times));
      const { low, high } = estimateFeature(medium, aBasis(history)).tokens;
      return high / low;
    };
    const agreeing = Array.from({ length: 20 }, () => 1);
    const apart = agreeing.map((_, at) => (at % 2 === 0 ? 6 : 1 / 6));
    expect(width(agreeing)).toBeLessThan(width([]));
    expect(width(apart)).toBeGreaterThan(width(agreeing));
  });

  it("prices each class of tokens, as the home's features share them out", () => {
    const cached = aFinished();
    const total = 400_000;
    const mix = { input: total * 0.02, cacheRead: total * 0.97, output: total * 0.01 };
    const many = Array.from({ length: 30 }, () => ({ ...cached, tokens: mix }));
    const [before, after] = [aBasis(), aBasis(many)].map((basis) => estimateFeature(medium, basis));
    expect(after?.tokens.likely).toBe(before?.tokens.likely);
    expect(after?.microUsd.likely).toBeLessThan((before?.microUsd.likely ?? 0) / 3);
    expect(after?.mix.cacheRead).toBeGreaterThan(0.9 * total);
  });

  it("costs nothing with a model of one's own, and takes more hours", () => {
    const hosted = estimateFeature(medium, aBasis());
    const local = estimateFeature(medium, aBasis([], aLocalOffer()));
    expect(local.microUsd).toEqual({ low: 0, likely: 0, high: 0 });
    expect(local.activeMs.likely).toBe(LOCAL_HOURS_FACTOR * hosted.activeMs.likely);
  });

  it("does not take the hours of hosted models for those of a local one", () => {
    const hosted = Array.from({ length: 30 }, () => aFinished());
    const { activeMs } = estimateFeature(medium, aBasis(hosted, aLocalOffer()));
    expect(activeMs.likely / 3_600_000).toBeCloseTo(3 * LOCAL_HOURS_FACTOR, 1);
  });

  it("is an error where nobody knows the price", () => {
    const offer = anOffer({
      costMicroUsd: () => {
        throw new Error("No price is known for the model acme/middle.");
      },
    });
    expect(() => estimateFeature(medium, aBasis([], offer))).toThrow("acme/middle");
  });
});
