/** What a whole plan is likely to take: sums of money and tokens, and hours by what waits for what. */
import type { AtOnce } from "../mission.js";
import { isHours } from "../money.js";
import type { Plan, PlanFeature } from "../plan.js";
import { addDraws, draw, nothingDrawn, rangeOfDraws } from "./draws.js";
import type { EstimateBasis, FeatureToEstimate, TotalEstimate } from "./estimate.js";
import { estimateFeature } from "./estimate-feature.js";
import { predict, type Prediction, type Quantity } from "./predict.js";
import { runOrder } from "./run-order.js";
import { sizeOf } from "./size-of.js";

/** As many features as a mission runs at once when nothing else is said. */
export const USUAL_AT_ONCE: AtOnce = { code: 3, other: 10 };

/** Scripts and people cost no tokens; hours of theirs are what the plan says. */
export const thinks = ({ agent }: PlanFeature) => agent !== "script" && agent !== "manual";

export function featureToEstimate(feature: PlanFeature): FeatureToEstimate {
  const { kind, title, brief = "", size, tier = "standard", model } = feature;
  return {
    kind,
    size: size ?? sizeOf(`${title}\n${brief}`).size,
    tier,
    ...(model === undefined ? {} : { model }),
  };
}

/** Predictions by feature, each class of features asked once. */
export function predictor(basis: EstimateBasis) {
  const known = new Map<string, Prediction>();
  return (quantity: Quantity, feature: PlanFeature): Prediction => {
    const asked = featureToEstimate(feature);
    const { kind, size, tier, model = "" } = asked;
    const key = [quantity, kind, size, tier, model].join("|");
    const prediction = known.get(key) ?? predict(quantity, asked, basis);
    known.set(key, prediction);
    return prediction;
  };
}

/** Outcomes of one feature in one quantity. */
export type DrawFeature = (quantity: Quantity, feature: PlanFeature) => number[];

/** More than this is drawn anew each time instead of kept. */
const KEPT = 2_000;

/** Hours of script features are the plan's own; whatever waits for a person takes no active time. */
export function drawer(predictFeature: ReturnType<typeof predictor>): DrawFeature {
  const kept = new Map<PlanFeature, Partial<Record<Quantity, number[]>>>();
  return (quantity, feature) => {
    const drawn = kept.get(feature) ?? {};
    if (kept.size < KEPT) kept.set(feature, drawn);
    return (drawn[quantity] ??= thinks(feature)
      ? draw(predictFeature(quantity, feature), `${quantity} ${feature.id}`)
      : nothingDrawn().fill(quantity === "activeMs" ? writtenMs(feature) : 0));
  };
}

const writtenMs = ({ agent, estimate: { hours } }: PlanFeature) =>
  agent === "script" && isHours(hours) ? hours * 3_600_000 : 0;

/**
 * Totals of a plan, as ranges that hold 80 %: the middle of a total lies above the sum of the middles, because a feature can
 * take much more than is likely but not much less.
 * @throws Problem for a price that nobody knows.
 */
export function estimatePlan(
  plan: Plan,
  basis: EstimateBasis,
  atOnce: AtOnce = USUAL_AT_ONCE,
): TotalEstimate {
  const predictFeature = predictor(basis);
  return totalOfPlan(plan, drawer(predictFeature), predictFeature, atOnce);
}

export function totalOfPlan(
  plan: Pick<Plan, "milestones" | "mode" | "workspace">,
  drawFeature: DrawFeature,
  predictFeature: ReturnType<typeof predictor>,
  atOnce: AtOnce,
): TotalEstimate {
  const features = plan.milestones.flatMap((milestone) => milestone.features);
  const sumOf = (quantity: Quantity) => {
    const sum = nothingDrawn();
    for (const feature of features) addDraws(sum, drawFeature(quantity, feature));
    return rangeOfDraws(sum);
  };
  const thinking = features.filter(thinks);
  const n = thinking.reduce((most, each) => Math.max(most, predictFeature("tokens", each).n), 0);
  return {
    features: features.length,
    tokens: sumOf("tokens"),
    microUsd: sumOf("microUsd"),
    activeMs: rangeOfDraws(drawActiveMs(plan, drawFeature, atOnce)),
    n,
  };
}

/** Milestones one after the other, each as long as its longest chain of features that wait for each other. */
function drawActiveMs(
  plan: Pick<Plan, "milestones" | "mode" | "workspace">,
  drawFeature: DrawFeature,
  atOnce: AtOnce,
): number[] {
  const total = nothingDrawn();
  for (const milestone of plan.milestones) {
    const lasts = new Map(
      milestone.features.map((feature) => [feature.id, drawFeature("activeMs", feature)]),
    );
    const ends = new Map<string, number[]>();
    const longest = nothingDrawn();
    for (const { id, after } of runOrder(milestone, plan, atOnce, (each) =>
      meanOf(lasts.get(each) ?? []),
    )) {
      const begins = nothingDrawn();
      for (const before of after) raise(begins, ends.get(before) ?? []);
      addDraws(begins, lasts.get(id) ?? []);
      ends.set(id, begins);
      raise(longest, begins);
    }
    addDraws(total, longest);
  }
  return total;
}

const meanOf = (draws: readonly number[]) =>
  draws.reduce((sum, value) => sum + value, 0) / Math.max(1, draws.length);

/** The later of two moments, draw by draw, in place. */
function raise(moments: number[], others: readonly number[]): void {
  for (const [at, other] of others.entries()) moments[at] = Math.max(moments[at] ?? 0, other);
}

/**
 * Fills in what each feature of a thinking agent is likely to take, and its size where it has none; what scripts and people
 * do stays as it is written.
 */
export function withEstimates(plan: Plan, basis: EstimateBasis): Plan {
  return {
    ...plan,
    milestones: plan.milestones.map((milestone) => ({
      ...milestone,
      features: milestone.features.map((feature) => withEstimate(feature, basis)),
    })),
  };
}

function withEstimate(feature: PlanFeature, basis: EstimateBasis): PlanFeature {
  if (!thinks(feature)) return feature;
  const asked = featureToEstimate(feature);
  const { microUsd, activeMs, tokens } = estimateFeature(asked, basis);
  const estimate = {
    usd: microUsd.likely / 1_000_000,
    // Hundredths of an hour, so that a person can read and change them.
    hours: Math.ceil(activeMs.likely / 36_000) / 100,
    tokens: tokens.likely,
  };
  return { ...feature, size: asked.size, estimate };
}
