/** What a budget buys: the three outcome levels of a goal or of a plan, each with its figures and whether it fits. */
import { OUTCOME_LEVELS, type GoalType, type OutcomeLevel, type Size } from "../mission.js";
import type { Plan, PlanBudget, PlanFeature, PlanMilestone } from "../plan.js";
import type { Blueprint, BlueprintFeature } from "../planning/blueprint.js";
import { bindingOf, fitsBudget } from "./binding.js";
import type { Binding, EstimateBasis, Range, TotalEstimate } from "./estimate.js";
import {
  drawer,
  featureToEstimate,
  predictor,
  thinks,
  totalOfPlan,
  USUAL_AT_ONCE,
} from "./estimate-plan.js";
import { goalScale, shifted } from "./goal-scale.js";

export { LEVEL_NAMES, levelLines, levelSentence } from "./level-lines.js";

export type Confidence = "low" | "medium" | "high";

export interface LevelEstimate {
  level: OutcomeLevel;
  /** Titles of the features that it has. */
  in: string[];
  /** Titles of those that only a higher level has. */
  out: string[];
  total: TotalEstimate;
  /** What is likely lies within every limit of the budget. */
  fits: boolean;
  binding: Binding;
  confidence: Confidence;
  /** One sentence. */
  restsOn: string;
}

export interface LevelTable {
  provider: string;
  local: boolean;
  /** From MVP to polished; each has what the one before it has. */
  levels: LevelEstimate[];
  /** The largest level that fits. */
  bought?: OutcomeLevel;
}

type Sized = Pick<Plan, "milestones" | "mode" | "workspace">;

/** Levels before anyone has planned: the features that a goal of this sort usually needs. @throws Problem for an unknown price. */
export function levelsForGoal(
  goal: { goal: string; type: GoalType },
  blueprint: Blueprint,
  basis: EstimateBasis,
  budget: PlanBudget,
): LevelTable {
  const scale = goalScale(goal.goal);
  // Made once, so that each feature is drawn once for all levels.
  const milestones = blueprint.milestones.map(({ key, title, features }) => ({
    id: key,
    title,
    features: features.map((feature) => ({
      level: feature.level,
      feature: planFeature(feature, shifted(feature.size, scale)),
    })),
  }));
  const upTo = (level: OutcomeLevel): Sized => ({
    mode: "full",
    workspace: "git",
    milestones: milestones.map(({ id, title, features }): PlanMilestone => ({
      id,
      title,
      checks: [],
      features: features
        .filter((each) => includes(level, each.level))
        .map(({ feature }) => feature),
    })),
  });
  const usual = `what a goal of the sort ${goal.type} usually needs`;
  const sized =
    scale.because === undefined
      ? usual
      : `${usual}, one size ${scale.shift > 0 ? "larger" : "smaller"} for ${scale.because}`;
  return tableOf(upTo, basis, budget, sized);
}

const planFeature = (
  { key, title, kind, brief, dependsOn, touches }: BlueprintFeature,
  size: Size,
): PlanFeature => ({
  id: key,
  title,
  kind,
  agent: "builtin",
  brief,
  dependsOn,
  touches,
  checks: [],
  size,
  estimate: { usd: 0, hours: 0, tokens: 0 },
});

/** MVP is the first milestone, production-ready all but the last, polished all of them. @throws Problem for an unknown price. */
export function levelsForPlan(plan: Plan, basis: EstimateBasis): LevelTable {
  const count = { mvp: 1, production: Math.max(1, plan.milestones.length - 1), polished: Infinity };
  const upTo = (level: OutcomeLevel): Sized => ({
    mode: plan.mode,
    workspace: plan.workspace,
    milestones: plan.milestones.slice(0, count[level]),
  });
  return tableOf(upTo, basis, plan.budget, "the features of the plan");
}

const includes = (level: OutcomeLevel, other: OutcomeLevel) =>
  OUTCOME_LEVELS.indexOf(other) <= OUTCOME_LEVELS.indexOf(level);

function tableOf(
  upTo: (level: OutcomeLevel) => Sized,
  basis: EstimateBasis,
  budget: PlanBudget,
  source: string,
): LevelTable {
  const predictFeature = predictor(basis);
  const drawFeature = drawer(predictFeature);
  const all = titlesOf(upTo("polished"));
  let before: TotalEstimate | undefined;
  const levels = OUTCOME_LEVELS.map((level): LevelEstimate => {
    const plan = upTo(level);
    const own = totalOfPlan(plan, drawFeature, predictFeature, USUAL_AT_ONCE);
    const total = before === undefined ? own : atLeast(own, before);
    before = total;
    const titles = titlesOf(plan);
    const binding = bindingOf(total, budget);
    return {
      level,
      in: [...titles.values()],
      out: [...all].filter(([id]) => !titles.has(id)).map(([, title]) => title),
      total,
      fits: fitsBudget(binding),
      binding,
      confidence: confidenceIn(total),
      restsOn: restsOn(plan, basis, total, source),
    };
  });
  const bought = levels.findLast(({ fits }) => fits)?.level;
  const { provider, local } = basis.offer;
  return { provider, local, levels, ...(bought === undefined ? {} : { bought }) };
}

const titlesOf = ({ milestones }: Sized) =>
  new Map(milestones.flatMap(({ features }) => features.map(({ id, title }) => [id, title])));

/** A scheduler may happen to finish more work a little sooner; a level is never said to take less than what it holds. */
function atLeast(total: TotalEstimate, before: TotalEstimate): TotalEstimate {
  const higher = (some: Range, other: Range): Range => ({
    low: Math.max(some.low, other.low),
    likely: Math.max(some.likely, other.likely),
    high: Math.max(some.high, other.high),
  });
  return {
    ...total,
    tokens: higher(total.tokens, before.tokens),
    microUsd: higher(total.microUsd, before.microUsd),
    activeMs: higher(total.activeMs, before.activeMs),
  };
}

const SOME = 5;
const MANY = 20;
/** From the low to the high end of the hours. */
const NARROW = 4;

function confidenceIn({ n, activeMs, features }: TotalEstimate): Confidence {
  if (features === 0 || n < SOME) return "low";
  return n >= MANY && activeMs.high <= NARROW * Math.max(1, activeMs.low) ? "high" : "medium";
}

function restsOn(
  { milestones }: Sized,
  { history }: EstimateBasis,
  { n }: TotalEstimate,
  source: string,
) {
  if (n === 0) return `${source}, and documented guesses: n = 0 finished features`;
  const classes = new Set(
    milestones
      .flatMap(({ features }) => features.filter(thinks).map(featureToEstimate))
      .map(({ kind, size }) => `${kind}/${size}`),
  );
  const alike = history.filter(({ kind, size }) => classes.has(`${kind}/${size}`)).length;
  return `${source}, and n = ${n} finished features, ${alike} of these kinds and sizes`;
}
