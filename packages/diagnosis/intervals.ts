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

/** A root mean squared error over `n` examples; the errors are taken to be about normal. */
export function rmseEstimate(rmse: number, n: number): Estimate {
  const half = (Z * rmse) / Math.sqrt(2 * n);
  return { value: rmse, low: Math.max(0, rmse - half), high: rmse + half };
}

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
