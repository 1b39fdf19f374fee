import { exp } from './elementary.js';

/** Mean and spread of numbers taken one at a time (Welford 1962): no cancellation, no second pass. */
export class RunningMoments {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(x: number): void {
    this.#count++;
    const delta = x - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (x - this.#mean);
  }

  get count(): number {
    return this.#count;
  }

  /** NaN while there are no numbers. */
  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#mean;
  }

  /** Sample variance (divisor n - 1); NaN for fewer than two numbers. */
  get variance(): number {
    return this.#count < 2 ? Number.NaN : this.#squares / (this.#count - 1);
  }
}

/** Mean of the numbers; NaN when there are none. */
export function mean(values: ArrayLike<number>): number {
  return momentsOf(values).mean;
}

/** Sample variance (divisor n - 1); NaN for fewer than two numbers. */
export function variance(values: ArrayLike<number>): number {
  return momentsOf(values).variance;
}

function momentsOf(values: ArrayLike<number>): RunningMoments {
  const moments = new RunningMoments();
  for (let i = 0; i < values.length; i++) moments.add(values[i]!);
  return moments;
}

/**
 * Quantile q in [0, 1] by linear interpolation between order statistics (Hyndman and Fan's type 7, the default of R and
 * numpy). The values need not be sorted; NaN when there are none.
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low === high ? low : low + (position - below) * (high - low);
}

/** Middle value; the mean of the two middle ones for an even number. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * How many values lie in each bin. Bin i is [edges[i], edges[i + 1]), the last one includes its upper edge; values outside
 * all bins are left out.
 *
 * @param edges ascending, one more than there are bins
 */
export function histogram(values: ArrayLike<number>, edges: ArrayLike<number>): number[] {
  const bins = edges.length - 1;
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= edges[0]! && value <= edges[bins]!)) continue;
    let low = 0;
    let high = bins;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (value >= edges[middle]!) low = middle;
      else high = middle;
    }
    counts[low]!++;
  }
  return counts;
}

export interface KolmogorovSmirnov {
  /** Largest distance between the two distribution functions. */
  readonly statistic: number;
  /** Probability of a distance at least as large if the sample is from the distribution; good from about 10 values on. */
  readonly pValue: number;
}

/** One-sample Kolmogorov-Smirnov test of the values against a continuous distribution function. */
export function kolmogorovSmirnov(values: ArrayLike<number>, cdf: (x: number) => number): KolmogorovSmirnov {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  if (n === 0) return { statistic: Number.NaN, pValue: Number.NaN };
  let statistic = 0;
  for (let i = 0; i < n; i++) {
    const p = cdf(sorted[i]!);
    statistic = Math.max(statistic, p - i / n, (i + 1) / n - p);
  }
  // Stephens (1970): this argument makes the limit distribution accurate for small samples too.
  const root = Math.sqrt(n);
  return { statistic, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic) };
}

/** P(K > x) of the Kolmogorov distribution: 2 sum (-1)^(j-1) exp(-2 j^2 x^2). */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1; // the series converges slowly here, and the sum is 1 to twelve digits
  let sum = 0;
  for (let j = 1; j <= 100; j++) {
    const term = exp(-2 * j * j * x * x);
    sum += j % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
