/**
 * Possible outcomes of many features together, so that totals and finish times come with a range. Latin hypercube sampling
 * with a fixed seed for each feature: the same question always gets the same answer, and a feature more never makes a
 * total smaller.
 */
import type { Range } from "./estimate.js";
import { CEILING, HIGH, LOW, whole, type Prediction } from "./predict.js";
import { chiSquareAt, normalQuantile } from "./quantiles.js";
import { seededNumbers } from "./seeded.js";

const SIDE = 32;
/** Outcomes drawn, a power of 2; quantiles of totals are then good to a few percent. */
export const DRAWS = SIDE * SIDE;

const NORMAL = Array.from({ length: DRAWS }, (_, at) => normalQuantile((at + 0.5) / DRAWS));
/**
 * The same in every draw for all features: how far the home lies off (`NORMAL` itself), and how noisy it is, spread evenly
 * over it (van der Corput's order).
 */
const HOME = NORMAL;
const NOISINESS = NORMAL.map((_, at) => NORMAL[reversedBits(at)] ?? 0);

/** @param seed names the feature and the quantity. @returns one value for each draw, as `prediction` has them. */
export function draw({ location, scale, freedom, shared }: Prediction, seed: string): number[] {
  const own = spreadOut(seed);
  const ofHome = Math.sqrt(shared);
  const ofFeature = Math.sqrt(1 - shared);
  return own.map((mine, at) => {
    const width = scale * Math.sqrt(freedom / chiSquareAt(NOISINESS[at] ?? 0, freedom));
    const z = ofHome * (HOME[at] ?? 0) + ofFeature * mine;
    return Math.min(CEILING, Math.exp(location + width * z));
  });
}

export const nothingDrawn = (): number[] => Array.from({ length: DRAWS }, () => 0);

/** Adds to `sum` in place. */
export function addDraws(sum: number[], more: readonly number[]): void {
  for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + (more[at] ?? 0);
}

/** In whole units, rounded up. */
export function rangeOfDraws(draws: readonly number[]): Range {
  const sorted = [...draws].sort((a, b) => a - b);
  const at = (p: number) => {
    const place = p * (sorted.length - 1);
    const below = Math.floor(place);
    const [low = 0, high = low] = sorted.slice(below, below + 2);
    return whole(low + (high - low) * (place - below));
  };
  return { low: at(LOW), likely: at(0.5), high: at(HIGH) };
}

function reversedBits(at: number): number {
  let reversed = 0;
  for (let bit = 1; bit < DRAWS; bit *= 2) reversed = reversed * 2 + ((at & bit) === 0 ? 0 : 1);
  return reversed;
}

/** Every normal value once, and of each 32 draws in a row one from each 32nd part of them: spread evenly over HOME too. */
function spreadOut(seed: string): number[] {
  const next = seededNumbers(seed);
  const side = Array.from({ length: SIDE }, (_, at) => at);
  const parts = side.map((part) => shuffled(NORMAL.slice(part * SIDE, (part + 1) * SIDE), next));
  return side.flatMap((block) => shuffled(side, next).map((part) => parts[part]?.[block] ?? 0));
}

/** Fisher and Yates. */
function shuffled(values: readonly number[], next: () => number): number[] {
  const list = [...values];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(next() * (at + 1));
    [list[at], list[other]] = [list[other] ?? 0, list[at] ?? 0];
  }
  return list;
}
