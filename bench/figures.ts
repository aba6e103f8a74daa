/** The few statistics that the benches print. */

/** Nearest rank: the smallest value that at least `pct` percent of the values do not exceed. NaN without values. */
export function percentile(values: readonly number[], pct: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((pct / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}

/** p50, p95 and the extremes of a list of ms, rounded. */
export const spread = (values: readonly number[]) => ({
  p50Ms: round(percentile(values, 50)),
  p95Ms: round(percentile(values, 95)),
  leastMs: round(Math.min(...values)),
  mostMs: round(Math.max(...values)),
});
