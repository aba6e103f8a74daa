/** A home with a history of its own: features around the guesses, off by amounts that are known. */
import type { FinishedFeature, TokenMix } from "../domain/estimates/estimate.js";
import { priorActiveMs, priorMix } from "../domain/estimates/priors.js";
import { seededNumbers } from "../domain/estimates/seeded.js";
import { SIZES, TIERS } from "../domain/mission.js";

/** Standard deviations in log space. */
export interface Spread {
  noise: number;
  home: number;
  /** Of each kind, of each size of a kind and of each tier of that. */
  group: number;
}

export interface Home {
  finished(n: number): FinishedFeature[];
  /** Others than the finished ones. */
  outcomes(count: number): FinishedFeature[];
}

/** Kinds as they occur: most features are code. */
const KINDS = ["code", "code", "code", "code", "research", "browser-qa"] as const;
const MOST_FINISHED = 300;
const QUANTITIES = ["tokens", "time"] as const;

export function generateHome(seed: string, spread: Spread): Home {
  const offsets = new Map<string, number>();
  const offset = (name: string, deviation: number) => {
    const known = offsets.get(name) ?? normal(seededNumbers(`${seed}/${name}`)) * deviation;
    offsets.set(name, known);
    return known;
  };
  const make = (at: number): FinishedFeature => {
    const next = seededNumbers(`${seed}/feature ${at}`);
    const feature = { kind: pick(KINDS, next), size: pick(SIZES, next), tier: pick(TIERS, next) };
    const { kind, size, tier } = feature;
    const [tokens, time] = QUANTITIES.map((quantity) =>
      Math.exp(
        offset(quantity, spread.home) +
          offset(`${quantity}/${kind}`, spread.group) +
          offset(`${quantity}/${kind}/${size}`, spread.group) +
          offset(`${quantity}/${kind}/${size}/${tier}`, spread.group) +
          normal(next) * spread.noise,
      ),
    );
    const mix = mixOf(priorMix(feature), tokens ?? 1, next);
    return {
      missionId: "m-20260101-000000",
      featureId: `1.${at}`,
      title: "",
      ...feature,
      model: "a/b",
      tokens: mix,
      microUsd: Math.ceil(mix.input * 3 + mix.cacheRead * 0.3 + mix.output * 15),
      activeMs: Math.max(1, Math.round(priorActiveMs(feature, false) * (time ?? 1))),
      endedAt: "2026-01-01T00:00:00.000Z",
    };
  };
  const all = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => make(from + at));
  return { finished: (n) => all(0, n), outcomes: (count) => all(MOST_FINISHED, count) };
}

/** The shares of the classes vary from feature to feature too. */
function mixOf(prior: TokenMix, factor: number, next: () => number): TokenMix {
  const varied = (tokens: number) => tokens * Math.exp(normal(next) * 0.2);
  const raw = {
    input: varied(prior.input),
    cacheRead: varied(prior.cacheRead),
    output: varied(prior.output),
  };
  const scale =
    (factor * (prior.input + prior.cacheRead + prior.output)) /
    (raw.input + raw.cacheRead + raw.output);
  return {
    input: Math.round(raw.input * scale),
    cacheRead: Math.round(raw.cacheRead * scale),
    output: Math.round(raw.output * scale),
  };
}

const pick = <T>(from: readonly T[], next: () => number): T =>
  from[Math.floor(next() * from.length)] as T;

/** Box and Muller. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
