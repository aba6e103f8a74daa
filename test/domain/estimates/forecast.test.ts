import { describe, expect, it } from "@jest/globals";
import { estimatePlan } from "../../../domain/estimates/estimate-plan.js";
import { forecast, type ForecastInput } from "../../../domain/estimates/forecast.js";
import { aBasis, aFinished, aPlan, aPlanFeature, anOffer } from "./builders.js";

const HOUR = 3_600_000;
const startedAtMs = Date.UTC(2026, 0, 5, 8);
const ids = Array.from({ length: 10 }, (_, at) => `1.${at + 1}`);
const plan = aPlan([ids.map((id) => aPlanFeature(id))]);
const home = (times: number, n = 100) => Array.from({ length: n }, () => aFinished(times));
const own = (times: number, n: number) =>
  ids.slice(0, n).map((featureId) => aFinished(times, { missionId: "m-own", featureId }));
const input = (fields: Partial<ForecastInput> = {}): ForecastInput => ({
  plan,
  ended: new Set(),
  used: new Map(),
  own: [],
  basis: aBasis(home(1)),
  spent: { microUsd: 0, tokens: 0, activeMs: 0 },
  caps: { microUsd: 100_000_000, tokens: 100_000_000, activeMs: 100 * HOUR },
  startedAtMs,
  nowMs: startedAtMs,
  ...fields,
});
/** Five of ten features done, each of which took `times` what the home says. */
const halfDone = (times: number, fields: Partial<ForecastInput> = {}) => {
  const done = own(times, 5);
  const sum = (of: (feature: (typeof done)[number]) => number) =>
    done.reduce((total, each) => total + of(each), 0);
  return input({
    own: done,
    ended: new Set(ids.slice(0, 5)),
    spent: {
      microUsd: sum(({ microUsd }) => microUsd),
      tokens: sum(({ tokens }) => tokens.input + tokens.cacheRead + tokens.output),
      activeMs: 6 * HOUR,
    },
    nowMs: startedAtMs + 6 * HOUR,
    ...fields,
  });
};

describe("a forecast", () => {
  it("is the plan's estimate before anything is done", () => {
    const before = forecast(input());
    expect(before.left).toEqual(estimatePlan(plan, aBasis(home(1))));
    expect(before.total.tokens).toEqual(before.left.tokens);
    expect(before).toMatchObject({ n: 100, own: 0, workShare: 1, fits: true });
    expect(Date.parse(before.finish.likely) - startedAtMs).toBe(before.left.activeMs.likely);
  });

  it("follows the mission's own burn, also against a home that says otherwise", () => {
    const usual = forecast(halfDone(1)).left.tokens.likely;
    for (const times of [3, 1 / 3]) {
      const moved = forecast(halfDone(times)).left.tokens.likely / usual;
      expect(Math.abs(Math.log(moved))).toBeGreaterThan(0.6 * Math.log(3));
      expect(Math.sign(Math.log(moved))).toBe(Math.sign(Math.log(times)));
    }
    expect(forecast(halfDone(3)).own).toBe(5);
  });

  it("counts what is spent, and of what has begun only what is left", () => {
    const { total, left } = forecast(halfDone(1));
    expect(total.tokens.likely).toBe(left.tokens.likely + 5 * 400_000);
    const begun = halfDone(1, {
      used: new Map([["1.6", { microUsd: 100_000, tokens: 300_000, activeMs: HOUR }]]),
    });
    const saved = left.tokens.likely - forecast(begun).left.tokens.likely;
    expect(saved).toBeGreaterThan(100_000);
    expect(saved).toBeLessThanOrEqual(310_000);
    const over = new Map([["1.6", { microUsd: 1e12, tokens: 1e12, activeMs: 1e12 }]]);
    expect(forecast(halfDone(1, { used: over })).left.tokens.low).toBeGreaterThan(0);
  });

  it("grows narrower as features finish", () => {
    const width = (seen: ReturnType<typeof forecast>) =>
      seen.total.tokens.high / seen.total.tokens.low;
    const blank = input({ basis: aBasis() });
    expect(width(forecast(halfDone(1, { basis: aBasis() })))).toBeLessThan(
      width(forecast(blank)) / 1.3,
    );
  });

  it("expects a mission that worked a quarter of the time to go on so", () => {
    const slow = halfDone(1, { nowMs: startedAtMs + 24 * HOUR });
    const seen = forecast(slow);
    expect(seen.workShare).toBeCloseTo(0.25, 5);
    const aheadMs = Date.parse(seen.finish.likely) - slow.nowMs;
    expect(aheadMs / seen.left.activeMs.likely).toBeCloseTo(4, 3);
    expect(seen.finish.low <= seen.finish.likely && seen.finish.likely <= seen.finish.high).toBe(
      true,
    );
  });

  it("says whether the limits hold, and which one does not", () => {
    expect(forecast(halfDone(1)).fits).toBe(true);
    const poor = forecast(halfDone(1), { microUsd: 1_000_000 });
    expect(poor).toMatchObject({ fits: false, binding: { currency: "money" } });
    expect(poor.caps.microUsd).toBe(1_000_000);
  });

  it("tries what it would be without a feature, or by another tier", () => {
    const asItIs = forecast(halfDone(1));
    const without = forecast(halfDone(1), { without: ["1.9", "1.10"] });
    expect(without.left.features).toBe(3);
    expect(without.total.microUsd.likely).toBeLessThan(asItIs.total.microUsd.likely);
    const simple = forecast(halfDone(1), { tier: "simple" });
    expect(simple.left.microUsd.likely).toBeLessThan(0.7 * asItIs.left.microUsd.likely);
    expect(simple.total.microUsd.likely).toBeGreaterThan(halfDone(1).spent.microUsd);
  });

  it("prices a feature by the model that it names, until another tier is tried", () => {
    const offer = anOffer({
      costOfModelMicroUsd: (_, mix) => 1_000 * (mix.input + mix.cacheRead + mix.output),
    });
    const dear = aPlan([[aPlanFeature("1.1", { model: "acme/gold" })]]);
    const fields = { plan: dear, basis: aBasis([], offer) };
    const named = forecast(input(fields)).left.microUsd.likely;
    expect(named).toBeGreaterThan(100_000_000);
    expect(forecast(input(fields), { tier: "standard" }).left.microUsd.likely).toBeLessThan(
      named / 50,
    );
    const cheaper = forecast(input(fields), { tier: "standard", model: "acme/gold" });
    expect(cheaper.left.microUsd.likely).toBe(named);
  });

  it("stays a date for a mission that can never end", () => {
    const never = forecast(
      input({ spent: { microUsd: 0, tokens: 0, activeMs: HOUR }, startedAtMs: 0, nowMs: 9e15 }),
    );
    expect(Number.isNaN(Date.parse(never.finish.high))).toBe(false);
  });
});
