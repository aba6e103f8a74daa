/** Bases for estimates: an offer with prices by class, finished features, and arbitrary ones. */
import fc from "fast-check";
import type {
  EstimateBasis,
  FeatureToEstimate,
  FinishedFeature,
  ProviderOffer,
  TokenMix,
} from "../../../domain/estimates/estimate.js";
import { priorMix } from "../../../domain/estimates/priors.js";
import { FEATURE_KINDS, SIZES, TIERS } from "../../../domain/mission.js";
import type { Plan, PlanFeature } from "../../../domain/plan.js";

export const costMicroUsd = ({ input, cacheRead, output }: TokenMix) =>
  Math.ceil(input * 3 + cacheRead * 0.3 + output * 15);

export const anOffer = (fields: Partial<ProviderOffer> = {}): ProviderOffer => ({
  provider: "acme",
  models: { simple: "acme/small", standard: "acme/middle", thinking: "acme/large" },
  local: false,
  costMicroUsd: (tier, mix) =>
    costMicroUsd(mix) * (tier === "thinking" ? 5 : tier === "standard" ? 2 : 1),
  ...fields,
});

export const aLocalOffer = () =>
  anOffer({ provider: "compatible", local: true, costMicroUsd: () => 0 });

export const aBasis = (
  history: readonly FinishedFeature[] = [],
  offer = anOffer(),
): EstimateBasis => ({
  history,
  offer,
});

/** A finished feature that took `times` what is guessed. */
export function aFinished(times = 1, fields: Partial<FinishedFeature> = {}): FinishedFeature {
  const feature = { kind: "code", size: "medium", tier: "standard", ...fields } as const;
  const mix = priorMix(feature);
  const tokens = {
    input: Math.round(mix.input * times),
    cacheRead: Math.round(mix.cacheRead * times),
    output: Math.round(mix.output * times),
  };
  return {
    missionId: "m-20260101-abc123",
    featureId: "1.1",
    title: "Add a list",
    model: "acme/middle",
    tokens,
    microUsd: costMicroUsd(tokens),
    activeMs: 3 * 3_600_000 * times,
    endedAt: "2026-01-01T00:00:00.000Z",
    ...feature,
  };
}

export const featuresToEstimate: fc.Arbitrary<Pick<FeatureToEstimate, "kind" | "size" | "tier">> =
  fc.record({
    kind: fc.constantFrom(...FEATURE_KINDS),
    size: fc.constantFrom(...SIZES),
    tier: fc.constantFrom(...TIERS),
  });

const absurd = fc.oneof(
  fc.integer({ min: 0, max: 10_000_000 }),
  fc.constantFrom(0, -1, Number.NaN, Infinity, -Infinity, 1e308, 5e-324, Number.MAX_SAFE_INTEGER),
);

/** Believable ones and nonsense. */
export const finishedFeatures: fc.Arbitrary<FinishedFeature> = fc
  .record({
    feature: featuresToEstimate,
    tokens: fc.record({ input: absurd, cacheRead: absurd, output: absurd }),
    microUsd: absurd,
    activeMs: absurd,
  })
  .map(({ feature, ...rest }) => ({ ...aFinished(), ...feature, model: "acme/middle", ...rest }));

export const aPlanFeature = (id: string, fields: Partial<PlanFeature> = {}): PlanFeature => ({
  id,
  title: `Feature ${id}`,
  kind: "code",
  agent: "builtin",
  brief: "Do it.",
  dependsOn: [],
  touches: [`src/${id}`],
  checks: [],
  estimate: { usd: 0, hours: 0, tokens: 0 },
  size: "medium",
  ...fields,
});

/** One milestone for each list of features. */
export const aPlan = (milestones: PlanFeature[][], fields: Partial<Plan> = {}): Plan => ({
  version: 1,
  title: "Build a CRM",
  goal: "Build a CRM",
  mode: "full",
  workspace: "git",
  scope: { non_goals: [], constraints: [] },
  budget: {
    money_usd: 100,
    time_hours: 40,
    token_limit: 100_000_000,
    alert_threshold_pct: 80,
    on_alert: "ask",
  },
  model_routing: {},
  preferences: {},
  milestones: milestones.map((features, at) => ({
    id: String(at + 1),
    title: `Milestone ${at + 1}`,
    checks: [],
    features,
  })),
  ...fields,
});
