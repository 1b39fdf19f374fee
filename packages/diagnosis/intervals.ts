/** An estimate with a 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const Z = 1.959963984540054;

/** A share `k / n` with Wilson's score interval, which is right for shares near 0 too (Wilson 1927). */
export function shareEstimate(share: number, n: number): Estimate {
  const z2 = Z * Z;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  // Exact at the ends, where rounding would leave a trace.
  return { value: share, low: share === 0 ? 0 : centre - half, high: share === 1 ? 1 : centre + half };
}

/**
 * A root mean squared error over `n` examples; the errors are taken to be about normal. n rmse^2 / sigma^2 is then chi-squared with n
 * degrees of freedom, whose quantiles are those of a normal distribution of its cube root (Wilson and Hilferty 1931): unlike a
 * half-width on either side, that is right for few examples too.
 */
export function rmseEstimate(rmse: number, n: number): Estimate {
  const spread = 2 / (9 * n);
  const bound = (z: number) => rmse / Math.max(LEAST_ROOT, 1 - spread + z * Math.sqrt(spread)) ** 1.5;
  return { value: rmse, low: bound(Z), high: bound(-Z) };
}

/** Of one example the approximation gives no upper bound: the cube root of the chi-squared quantile itself. */
const LEAST_ROOT = 0.0994;

/** a - b of independent estimates, from the intervals of each (Newcombe 1998, method 10). */
export function difference(a: Estimate, b: Estimate): Estimate {
  const value = a.value - b.value;
  const length = (x: number, y: number) => Math.sqrt(x * x + y * y);
  const down = length(a.value - a.low, b.high - b.value);
  const up = length(a.high - a.value, b.value - b.low);
  return { value, low: value - down, high: value + up };
}

/** A known number. */
export function exactly(value: number): Estimate {
  return { value, low: value, high: value };
}
