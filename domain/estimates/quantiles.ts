/** Quantiles of the normal, Student's t and chi-square distribution. */

/** Coefficients of Acklam's rational approximation, whose relative error is below 1.2e-9. */
const CENTRE = {
  above: [
    -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
    -3.066479806614716e1, 2.506628277459239,
  ],
  below: [
    -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
    -1.328068155288572e1, 1,
  ],
};
const TAIL = {
  above: [
    -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
    4.374664141464968, 2.938163982698783,
  ],
  below: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
};
const TAIL_BEGINS = 0.02425;

/** @param p between 0 and 1, both excluded. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < TAIL_BEGINS) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(TAIL.above, q) / polynomial(TAIL.below, q);
  }
  const q = p - 0.5;
  const square = q * q;
  return (polynomial(CENTRE.above, square) * q) / polynomial(CENTRE.below, square);
}

/** Fisher's expansion around the normal quantile: within 0.1 % for 6 degrees of freedom and more. */
export function studentQuantile(p: number, freedom: number): number {
  const z = normalQuantile(p);
  const square = z * z;
  return (
    z *
    (1 +
      polynomial([1, 1], square) / (4 * freedom) +
      polynomial([5, 16, 3], square) / (96 * freedom ** 2) +
      polynomial([3, 19, 17, -15], square) / (384 * freedom ** 3))
  );
}

/** Wilson and Hilferty's approximation: within 1 % for 6 degrees of freedom and more. @param z the normal quantile of p. */
export function chiSquareAt(z: number, freedom: number): number {
  const share = 2 / (9 * freedom);
  return freedom * Math.max(0, 1 - share + z * Math.sqrt(share)) ** 3;
}

/** Coefficients from the highest power down. */
const polynomial = (coefficients: readonly number[], x: number) =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
