/** Back-test of the estimator on generated homes: how far off it is, and how often the 80 % interval holds, by features finished. */
import type {
  EstimateBasis,
  FinishedFeature,
  ProviderOffer,
  Range,
  TokenMix,
} from "../domain/estimates/estimate.js";
import { estimateFeature } from "../domain/estimates/estimate-feature.js";
import { estimatePlan } from "../domain/estimates/estimate-plan.js";
import type { PlanFeature } from "../domain/plan.js";
import type { CalculatedBenchmark } from "./benchmark.js";
import { median, round } from "./figures.js";
import { generateHome, type Home } from "./generated-home.js";
import { printTable, say } from "./print.js";

const sizes = {
  seed: 1,
  homes: 150,
  outcomes: 30,
  /** Features in a plan whose total is checked. */
  planned: 12,
  /** Standard deviation of one feature around its class, in log space, times 100. */
  noisePct: 50,
  /** The same of the home around the guesses, and of kinds, sizes and tiers around the home. */
  homePct: 50,
  groupPct: 30,
};
type EstimateSizes = typeof sizes;

const HISTORY = [0, 1, 3, 10, 30, 100, 300];
const QUANTITIES = ["tokens", "microUsd", "activeMs"] as const;

export const bench: CalculatedBenchmark<EstimateSizes> = {
  about: "error and coverage of estimates against the number of finished features",
  full: sizes,
  quick: { ...sizes, homes: 8, outcomes: 10 },
  calculate: (given) => {
    const homes = Array.from({ length: given.homes }, (_, at) =>
      generateHome(`${given.seed}/${at}`, {
        noise: given.noisePct / 100,
        home: given.homePct / 100,
        group: given.groupPct / 100,
      }),
    );
    const rows = HISTORY.map((n) => measure(homes, n, given));
    printTable(
      [
        "n",
        "median error, tokens",
        "money",
        "hours",
        "80 % holds, tokens",
        "money",
        "hours",
        "plans",
      ],
      rows.map(({ n, error, inside, plansInside }) => [
        n,
        ...QUANTITIES.map((quantity) => `x${error[quantity].toFixed(2)}`),
        ...QUANTITIES.map((quantity) => `${inside[quantity]} %`),
        `${plansInside} %`,
      ]),
    );
    const all = round(mean(rows.flatMap(({ inside }) => Object.values(inside))), 1);
    const holds = all >= 75 && all <= 85;
    say(
      `The 80 % interval holds ${all} % of outcomes: ${holds ? "within" : "OUTSIDE"} 75 to 85 %.`,
    );
    return { rows, insidePct: all, holds };
  },
};

function measure(homes: readonly Home[], n: number, given: EstimateSizes) {
  const misses = { tokens: [] as number[], microUsd: [] as number[], activeMs: [] as number[] };
  const held = { tokens: 0, microUsd: 0, activeMs: 0 };
  let plansHeld = 0;
  for (const home of homes) {
    const basis: EstimateBasis = { offer: OFFER, history: home.finished(n) };
    const outcomes = home.outcomes(given.outcomes);
    for (const outcome of outcomes) {
      const estimate = estimateFeature(outcome, basis);
      for (const quantity of QUANTITIES) {
        const actual = actualOf(outcome, quantity);
        misses[quantity].push(Math.abs(Math.log(actual / estimate[quantity].likely)));
        if (holdsIn(estimate[quantity], actual)) held[quantity] += 1;
      }
    }
    const planned = outcomes.slice(0, given.planned);
    const sum = planned.reduce((total, each) => total + actualOf(each, "tokens"), 0);
    if (holdsIn(totalOfPlanned(planned, basis), sum)) plansHeld += 1;
  }
  const count = homes.length * given.outcomes;
  const by = (value: (quantity: (typeof QUANTITIES)[number]) => number) => ({
    tokens: value("tokens"),
    microUsd: value("microUsd"),
    activeMs: value("activeMs"),
  });
  return {
    n,
    /** The factor by which half of the outcomes lie further off, either way. */
    error: by((quantity) => round(Math.exp(median(misses[quantity])), 3)),
    inside: by((quantity) => round((100 * held[quantity]) / count, 1)),
    plansInside: round((100 * plansHeld) / homes.length, 1),
  };
}

const holdsIn = ({ low, high }: Range, actual: number) => actual >= low && actual <= high;
const mean = (values: readonly number[]) =>
  values.reduce((total, value) => total + value, 0) / values.length;

function actualOf(outcome: FinishedFeature, quantity: (typeof QUANTITIES)[number]): number {
  const { input, cacheRead, output } = outcome.tokens;
  return quantity === "tokens" ? input + cacheRead + output : outcome[quantity];
}

function totalOfPlanned(planned: readonly FinishedFeature[], basis: EstimateBasis): Range {
  const features = planned.map(({ kind, size, tier }, at): PlanFeature => ({
    id: `1.${at + 1}`,
    title: "",
    kind,
    size,
    tier,
    agent: "builtin",
    dependsOn: [],
    touches: [],
    checks: [],
    estimate: { usd: 0, hours: 0, tokens: 0 },
  }));
  return estimatePlan(
    {
      version: 1,
      title: "",
      goal: "",
      mode: "full",
      workspace: "folder",
      scope: { non_goals: [], constraints: [] },
      budget: {
        money_usd: 1,
        time_hours: 1,
        token_limit: 1,
        alert_threshold_pct: 80,
        on_alert: "ask",
      },
      model_routing: {},
      preferences: {},
      milestones: [{ id: "1", title: "", checks: [], features }],
    },
    basis,
  ).tokens;
}

/** A price for each class; which ones does not matter here. */
const costMicroUsd = ({ input, cacheRead, output }: TokenMix) =>
  Math.ceil(input * 3 + cacheRead * 0.3 + output * 15);
const OFFER: ProviderOffer = {
  provider: "generated",
  models: { simple: "a/b", standard: "a/b", thinking: "a/b" },
  local: false,
  costMicroUsd: (_, mix) => costMicroUsd(mix),
};
