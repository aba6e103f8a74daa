/** When a mission that runs is likely to finish and what it will have cost: from its own burn, and what is left of its plan. */
import type { AtOnce, Caps, Tier } from "../mission.js";
import type { Plan, PlanFeature } from "../plan.js";
import { believe } from "./belief.js";
import { bindingOf, fitsBudget } from "./binding.js";
import type { Binding, EstimateBasis, FinishedFeature, Range, TotalEstimate } from "./estimate.js";
import {
  drawer,
  predictor,
  totalOfPlan,
  USUAL_AT_ONCE,
  type DrawFeature,
} from "./estimate-plan.js";
import { measureOf, predict, QUANTITIES, type Prediction, type Quantity } from "./predict.js";
import { MISSION_SPREAD } from "./priors.js";

export interface ForecastInput {
  plan: Plan;
  /** Ids of features that are done, skipped or cancelled: nothing of them is left. */
  ended: ReadonlySet<string>;
  /** What features that have begun have used so far, by id. */
  used: ReadonlyMap<string, Caps>;
  /** Finished features of this mission. */
  own: readonly FinishedFeature[];
  /** Its history holds finished features of other missions. */
  basis: EstimateBasis;
  spent: Caps;
  caps: Caps;
  startedAtMs: number;
  nowMs: number;
  atOnce?: AtOnce | undefined;
}

/** Changes to try; nothing is sent to the mission. */
export interface WhatIf {
  without?: readonly string[] | undefined;
  /** For every feature that is left. */
  tier?: Tier | undefined;
  /** `provider/model` of that tier, where it is not the offer's. */
  model?: string | undefined;
  microUsd?: number | undefined;
  activeMs?: number | undefined;
  tokens?: number | undefined;
}

export interface Forecast {
  left: TotalEstimate;
  /** Spent and left together. */
  total: Record<Quantity, Range>;
  /** UTC, ISO 8601. */
  finish: { low: string; likely: string; high: string };
  /** Share of the time since the start in which the mission worked; the finish assumes that it goes on so. */
  workShare: number;
  caps: Caps;
  fits: boolean;
  binding: Binding;
  /** Finished features that this rests on, and how many of them are the mission's own. */
  n: number;
  own: number;
}

/** Less work than this says nothing about how much a mission rests. */
const LEAST_WORK_MS = 600_000;
const LEAST_SHARE = 0.02;
/** A finish beyond this is no date. */
const LAST_MS = Date.UTC(9999, 0, 1);

export function forecast(input: ForecastInput, whatIf: WhatIf = {}): Forecast {
  const { plan, ended, own, spent, nowMs } = input;
  const dropped = new Set([...ended, ...(whatIf.without ?? [])]);
  const left = {
    mode: plan.mode,
    workspace: plan.workspace,
    milestones: plan.milestones.map((milestone) => ({
      ...milestone,
      features: milestone.features
        .filter(({ id }) => !dropped.has(id))
        .map((feature) => atTier(feature, whatIf)),
    })),
  };
  const predictFeature = missionPredictor(input);
  const total = totalOfPlan(
    left,
    lessUsed(drawer(predictFeature), input.used),
    predictFeature,
    input.atOnce ?? USUAL_AT_ONCE,
  );
  const sums = {
    tokens: plus(total.tokens, spent.tokens),
    microUsd: plus(total.microUsd, spent.microUsd),
    activeMs: plus(total.activeMs, spent.activeMs),
  };
  const caps = {
    microUsd: whatIf.microUsd ?? input.caps.microUsd,
    tokens: whatIf.tokens ?? input.caps.tokens,
    activeMs: whatIf.activeMs ?? input.caps.activeMs,
  };
  const binding = bindingOf(sums, {
    money_usd: caps.microUsd / 1_000_000,
    time_hours: caps.activeMs / 3_600_000,
    token_limit: caps.tokens,
  });
  const workShare = workShareOf(input);
  const at = (ms: number) => new Date(Math.min(LAST_MS, nowMs + ms / workShare)).toISOString();
  const { low, likely, high } = total.activeMs;
  return {
    left: total,
    total: sums,
    finish: { low: at(low), likely: at(likely), high: at(high) },
    workShare,
    caps,
    fits: fitsBudget(binding),
    binding,
    n: input.basis.history.length + own.length,
    own: own.length,
  };
}

const plus = ({ low, likely, high }: Range, spent: number): Range => ({
  low: low + spent,
  likely: likely + spent,
  high: high + spent,
});

/** Another tier is another model: one that the feature names itself gives way. */
function atTier(feature: PlanFeature, { tier, model }: WhatIf): PlanFeature {
  if (tier === undefined) return feature;
  const { model: _, ...rest } = feature;
  return { ...rest, tier, ...(model === undefined ? {} : { model }) };
}

/**
 * The mission's own finished features join the history, and how far they lie from what the home then says moves
 * everything that is left: a mission that burns twice as much as others goes on doing so.
 */
function missionPredictor({ basis, own }: ForecastInput): ReturnType<typeof predictor> {
  const joined = { ...basis, history: [...basis.history, ...own] };
  const ofHome = predictor(joined);
  const offsets = new Map(
    QUANTITIES.map((quantity) => [quantity, offsetOf(quantity, own, joined)] as const),
  );
  return (quantity, feature): Prediction => {
    const prediction = ofHome(quantity, feature);
    const offset = offsets.get(quantity);
    return offset === undefined ? prediction : withOffset(prediction, offset);
  };
}

interface Offset {
  mean: number;
  /** As a share of the noise's variance. */
  unknown: number;
}

function offsetOf(
  quantity: Quantity,
  own: readonly FinishedFeature[],
  joined: EstimateBasis,
): Offset | undefined {
  const values = own.flatMap((finished) => {
    const { kind, size, tier } = finished;
    const { location } = predict(quantity, { kind, size, tier }, joined);
    const measure = measureOf(quantity, { kind, size, tier }, joined);
    const value = Math.log(measure.actual(finished)) - location;
    return Number.isFinite(value) ? [{ path: [], value }] : [];
  });
  if (values.length === 0) return undefined;
  const { mean, weight } = believe(values, [], [MISSION_SPREAD]);
  return { mean, unknown: 1 / weight };
}

function withOffset(prediction: Prediction, { mean, unknown }: Offset): Prediction {
  const { location, scale, shared } = prediction;
  const noise = scale * scale * (1 - shared);
  const common = scale * scale * shared + noise * unknown;
  return {
    ...prediction,
    location: location + mean,
    scale: Math.sqrt(noise + common),
    shared: common / (noise + common),
  };
}

/** What a feature that has begun has used is spent already; it may not need more. */
function lessUsed(drawFeature: DrawFeature, used: ForecastInput["used"]): DrawFeature {
  return (quantity, feature) => {
    const draws = drawFeature(quantity, feature);
    const gone = used.get(feature.id)?.[quantity] ?? 0;
    return gone > 0 ? draws.map((value) => Math.max(0, value - gone)) : draws;
  };
}

function workShareOf({ spent, startedAtMs, nowMs }: ForecastInput): number {
  const sinceMs = nowMs - startedAtMs;
  if (!(spent.activeMs >= LEAST_WORK_MS) || !(sinceMs > spent.activeMs)) return 1;
  return Math.max(LEAST_SHARE, spent.activeMs / sinceMs);
}
