/** The units people write (USD, hours, tokens) and the integers we count in (micro-USD, ms, tokens). */
import { EXIT, Problem } from "./problem.js";

/** Above these a number is a slip of the hand, not a budget. 8,760 hours are a year. */
export const MAXIMA = { usd: 1_000_000, hours: 8_760, tokens: 1_000_000_000_000 } as const;

const within = (value: unknown, max: number): value is number =>
  typeof value === "number" && value >= 0 && value <= max; // false for NaN

/** Finite, not negative, at most the sane maximum. Never throws, so that workflow handlers may ask. */
export const isUsd = (value: unknown): value is number => within(value, MAXIMA.usd);
export const isHours = (value: unknown): value is number => within(value, MAXIMA.hours);
export const isTokens = (value: unknown): value is number =>
  within(value, MAXIMA.tokens) && Number.isInteger(value);

/** USD to micro-USD: exact for six decimals, further ones are rounded to the nearest. @throws Problem for NaN, infinite, negative or absurd amounts. */
export function microUsdFromUsd(usd: number): number {
  if (!isUsd(usd)) throw notAnAmount(`${String(usd)} USD`, `0 to ${group(MAXIMA.usd)} USD`);
  return Math.round(usd * 1_000_000);
}

/** Hours to whole ms. @throws Problem for NaN, infinite, negative or absurd times. */
export function hoursToMs(hours: number): number {
  if (!isHours(hours))
    throw notAnAmount(`${String(hours)} hours`, `0 to ${group(MAXIMA.hours)} hours`);
  return Math.round(hours * 3_600_000);
}

/** Checks a number of tokens and returns it. @throws Problem unless it is a whole number in range. */
export function tokensFrom(tokens: number): number {
  if (!isTokens(tokens)) {
    throw notAnAmount(
      `${String(tokens)} tokens`,
      `a whole number from 0 to ${group(MAXIMA.tokens)}`,
    );
  }
  return tokens;
}

/** Micro-USD to USD, for files, search attributes and JSON; never for sums. */
export const usdFromMicroUsd = (microUsd: number) => microUsd / 1_000_000;
export const hoursFromMs = (ms: number) => ms / 3_600_000;

/** `$1,234.50`; below one cent all six decimals that matter: `$0.0042`. */
export function formatUsd(microUsd: number): string {
  const sign = microUsd < 0 ? "-" : "";
  const size = Math.abs(microUsd);
  if (size === 0) return "$0.00";
  if (size < 10_000) return `${sign}$${(size / 1_000_000).toFixed(6).replace(/0+$/, "")}`;
  const cents = Math.round(size / 10_000);
  return `${sign}$${group(Math.floor(cents / 100))}.${String(cents % 100).padStart(2, "0")}`;
}

/** The two largest units that matter: `350 ms`, `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.floor(ms / 1_000);
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = units.findIndex(([count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** `950`, `12.3k`, `1.2M`, `3B`. */
export function formatTokens(tokens: number): string {
  if (tokens < 0) return `-${formatTokens(-tokens)}`;
  for (const [size, unit] of [
    [999_950_000, "B"],
    [999_950, "M"],
    [1_000, "k"],
  ] as const) {
    const divisor = unit === "B" ? 1_000_000_000 : unit === "M" ? 1_000_000 : 1_000;
    if (tokens >= size) return `${(tokens / divisor).toFixed(1).replace(/\.0$/, "")}${unit}`;
  }
  return String(tokens);
}

function notAnAmount(found: string, range: string): Problem {
  return new Problem(EXIT.badInput, `${found} is not an amount we can work with.`, `Use ${range}.`);
}

function group(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
}
