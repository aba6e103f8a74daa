import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { estimateFeature } from "../../../domain/estimates/estimate-feature.js";
import { estimatePlan, withEstimates } from "../../../domain/estimates/estimate-plan.js";
import type { Range } from "../../../domain/estimates/estimate.js";
import { SIZES, TIERS } from "../../../domain/mission.js";
import type { PlanFeature } from "../../../domain/plan.js";
import { aBasis, aFinished, aPlan, aPlanFeature } from "./builders.js";

const script: Partial<PlanFeature> = { agent: "script", commands: ["true"] };
/** Features of this home vary as much as anywhere. */
const varied = aBasis(Array.from({ length: 400 }, (_, at) => aFinished(at % 2 === 0 ? 1.7 : 0.6)));
const sure = aBasis(Array.from({ length: 400 }, () => aFinished()));
const hoursOf = (features: PlanFeature[][], fields: Parameters<typeof aPlan>[1] = {}) =>
  estimatePlan(aPlan(features, fields), sure).activeMs.likely / 3_600_000;
const four = (fields: (at: number) => Partial<PlanFeature>) =>
  Array.from({ length: 4 }, (_, at) => aPlanFeature(`1.${at + 1}`, fields(at)));

const someFeatures = fc
  .array(
    fc.record({
      size: fc.constantFrom(...SIZES),
      tier: fc.constantFrom(...TIERS),
      agent: fc.constantFrom("builtin" as const, "manual" as const, "script" as const),
      needs: fc.array(fc.nat(), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) =>
    list.map(({ needs, ...fields }, at) => {
      const dependsOn = at === 0 ? [] : needs.map((n) => `1.${(n % at) + 1}`);
      return aPlanFeature(`1.${at + 1}`, { ...fields, dependsOn });
    }),
  );

describe("an estimate of a plan", () => {
  it("takes for one feature what the feature takes", () => {
    const total = estimatePlan(aPlan([[aPlanFeature("1.1")]]), aBasis());
    const one = estimateFeature({ kind: "code", size: "medium", tier: "standard" }, aBasis());
    for (const quantity of ["tokens", "microUsd", "activeMs"] as const) {
      for (const end of ["low", "likely", "high"] as const) {
        expect(Math.abs(Math.log(total[quantity][end] / one[quantity][end]))).toBeLessThan(0.1);
      }
    }
    expect(total).toMatchObject({ features: 1, n: 0 });
  });

  it("adds up the tokens, and the hours only of what waits for each other", () => {
    const apart = aPlan([four(() => ({}))]);
    const chain = four((at) => ({ dependsOn: at === 0 ? [] : [`1.${at}`] }));
    const one = hoursOf([[aPlanFeature("1.1")]]);
    expect(estimatePlan(apart, sure).tokens.likely / 400_000 / 4).toBeGreaterThan(0.95);
    // Three at once: the fourth waits for the first that ends.
    expect(hoursOf([four(() => ({}))])).toBeGreaterThan(1.2 * one);
    expect(hoursOf([four(() => ({}))])).toBeLessThan(2.6 * one);
    expect(hoursOf([chain])).toBeGreaterThan(3.5 * one);
  });

  it("lets one code feature after the other run where they touch the same files, or share one branch", () => {
    const apart = hoursOf([four(() => ({}))]);
    expect(hoursOf([four(() => ({ touches: ["src"] }))])).toBeGreaterThan(1.5 * apart);
    expect(hoursOf([four(() => ({ touches: [] }))])).toBeGreaterThan(1.5 * apart);
    expect(hoursOf([four(() => ({}))], { mode: "poc" })).toBeGreaterThan(1.5 * apart);
    const folders = hoursOf([four(() => ({ touches: [] }))], { workspace: "folder" });
    expect(folders).toBeCloseTo(apart, 1);
  });

  it("runs milestones one after the other", () => {
    const one = hoursOf([[aPlanFeature("1.1")]]);
    const two = hoursOf([[aPlanFeature("1.1")], [aPlanFeature("2.1")]]);
    expect(two).toBeGreaterThan(1.7 * one);
  });

  it("costs nothing for scripts and people; a script takes the hours that the plan says", () => {
    const estimate = { usd: 5, hours: 2, tokens: 1_000 };
    const plan = aPlan([
      [aPlanFeature("1.1", { ...script, estimate })],
      [aPlanFeature("2.1", { agent: "manual", estimate })],
    ]);
    const nothing = { low: 0, likely: 0, high: 0 };
    const two = 2 * 3_600_000;
    expect(estimatePlan(plan, aBasis())).toEqual({
      features: 2,
      tokens: nothing,
      microUsd: nothing,
      activeMs: { low: two, likely: two, high: two },
      n: 0,
    });
  });

  it("never shrinks in tokens and money when a feature is added", () => {
    fc.assert(
      fc.property(someFeatures, (features) => {
        const total = (count: number) => estimatePlan(aPlan([features.slice(0, count)]), aBasis());
        const [less, more] = [total(features.length - 1), total(features.length)];
        for (const quantity of ["tokens", "microUsd"] as const) {
          expectNotBelow(more[quantity], less[quantity]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("gives the same figures each time, and finite ones for plans that break the rules", () => {
    const cycle = [
      aPlanFeature("1.1", { dependsOn: ["1.2"] }),
      aPlanFeature("1.2", { dependsOn: ["1.1"] }),
      aPlanFeature("1.3", { ...script, estimate: { usd: 0, hours: Number.NaN, tokens: 0 } }),
    ];
    const total = estimatePlan(aPlan([cycle, []]), aBasis());
    expect(total).toEqual(estimatePlan(aPlan([cycle, []]), aBasis()));
    expect(total.activeMs.likely).toBeGreaterThan(5 * 3_600_000);
    expect(Number.isSafeInteger(total.activeMs.high)).toBe(true);
    expect(estimatePlan(aPlan([]), aBasis()).tokens.high).toBe(0);
  });

  it("narrows with the number of features, because they do not all turn out dear at once", () => {
    const width = (count: number) => {
      const features = Array.from({ length: count }, (_, at) => aPlanFeature(`1.${at + 1}`));
      const { low, high } = estimatePlan(aPlan([features]), varied).tokens;
      return high / low;
    };
    expect(width(40)).toBeLessThan(width(1) / 2);
  });
});

describe("a plan with estimates", () => {
  it("has them for thinking agents, by size, kind and tier", () => {
    const plan = withEstimates(aPlan([[aPlanFeature("1.1", { size: "large" })]]), aBasis());
    const [feature] = plan.milestones[0]?.features ?? [];
    expect(feature?.estimate).toEqual({ usd: expect.any(Number), hours: 8, tokens: 1_000_000 });
    expect(Math.round((feature?.estimate.usd ?? 0) * 1_000_000)).toBe(
      estimateFeature({ kind: "code", size: "large", tier: "standard" }, aBasis()).microUsd.likely,
    );
  });

  it("gets a size by the texts of a feature that has none", () => {
    const unsized = (title: string) => aPlanFeature("1.1", { title, brief: "", size: undefined });
    const sizeFor = (title: string) =>
      withEstimates(aPlan([[unsized(title)]]), aBasis()).milestones[0]?.features[0]?.size;
    expect(sizeFor("Fix a typo")).toBe("trivial");
    expect(sizeFor("Migrate the storage to Postgres")).toBe("large");
  });

  it("leaves what scripts and people do as it is written", () => {
    const plan = aPlan([[aPlanFeature("1.1", script), aPlanFeature("1.2", { agent: "manual" })]]);
    expect(withEstimates(plan, aBasis())).toEqual(plan);
  });
});

function expectNotBelow(more: Range, less: Range) {
  for (const end of ["low", "likely", "high"] as const) {
    expect(more[end]).toBeGreaterThanOrEqual(less[end]);
  }
}
