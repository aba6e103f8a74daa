import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { believe, type Observed } from "../../../domain/estimates/belief.js";

const SPREADS = [1, 0.5, 0.25];
const names = fc.constantFrom("a", "b", "c");
const observed: fc.Arbitrary<Observed> = fc.record({
  path: fc.tuple(names, names),
  value: fc.double({ min: -5, max: 5, noNaN: true }),
});
const path = fc.tuple(names, names);

/** The same posterior by linear algebra: a Gaussian vector with a covariance for each shared level. */
function byMatrices(list: readonly Observed[], target: readonly string[]) {
  const [home = 0, ...levels] = SPREADS;
  const covariance = (some: readonly string[], other: readonly string[]) => {
    let sum = home;
    for (const [at, spread] of levels.entries()) {
      if (some[at] !== other[at]) break;
      sum += spread;
    }
    return sum;
  };
  const rows = list.map((one, i) => [
    ...list.map((other, j) => covariance(one.path, other.path) + (i === j ? 1 : 0)),
    one.value,
    covariance(one.path, target),
  ]);
  const count = list.length;
  for (let pivot = 0; pivot < count; pivot += 1) {
    const row = rows[pivot] ?? [];
    for (let below = 0; below < count; below += 1) {
      if (below === pivot) continue;
      const factor = (rows[below]?.[pivot] ?? 0) / (row[pivot] ?? 1);
      rows[below] = (rows[below] ?? []).map((value, at) => value - factor * (row[at] ?? 0));
    }
  }
  const solved = (column: number) => rows.map((row, at) => (row[column] ?? 0) / (row[at] ?? 1));
  const dot = (some: number[], other: number[]) =>
    some.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
  const toTarget = list.map((one) => covariance(one.path, target));
  const values = list.map(({ value }) => value);
  return {
    mean: dot(toTarget, solved(count)),
    variance: covariance(target, target) - dot(toTarget, solved(count + 1)),
    misfit: dot(values, solved(count)),
  };
}

describe("what is believed of a group", () => {
  it("is the exact posterior of the model, mean, variance and misfit", () => {
    fc.assert(
      fc.property(fc.array(observed, { maxLength: 12 }), path, (list, target) => {
        const belief = believe(list, target, SPREADS);
        const exact = byMatrices(list, target);
        expect(belief.mean).toBeCloseTo(exact.mean, 6);
        expect(1 / belief.weight).toBeCloseTo(exact.variance, 6);
        expect(belief.misfit).toBeCloseTo(exact.misfit, 6);
      }),
    );
  });

  it("rises with every observation that rises, in whatever group", () => {
    fc.assert(
      fc.property(
        fc.array(observed, { minLength: 1, maxLength: 12 }),
        path,
        fc.nat(),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (list, target, which, more) => {
          const raised = list.map((one, at) =>
            at === which % list.length ? { ...one, value: one.value + more } : one,
          );
          const before = believe(list, target, SPREADS).mean;
          expect(believe(raised, target, SPREADS).mean).toBeGreaterThanOrEqual(before - 1e-9);
        },
      ),
    );
  });

  it("is the prior where nothing was observed", () => {
    expect(believe([], ["a", "b"], SPREADS)).toEqual({
      weight: expect.closeTo(1 / 1.75, 9),
      mean: 0,
      misfit: 0,
    });
  });
});
