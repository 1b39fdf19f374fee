import { exp, fastNormalCdf, log, type Stream, truncatedNormalQuantile } from '@caviar/numerics';
import { bandwidths } from './bandwidths.js';
import type { Axis } from './groups.js';

// | symbol | meaning                                                                       | shape  |
// | ------ | ----------------------------------------------------------------------------- | ------ |
// | n, d   | kernels, the prior (the last one) included; axes                              |        |
// | mu     | position of a kernel on a range, index of its choice (-1: of none)            | [n, d] |
// | sigma  | width of a kernel on a range, before it is cut at the ends; 0 for choices     | [n, d] |
// | own    | ranges: 1 / probability that the cuts leave; choices: density at the own one  | [n, d] |
// | other  | density of a kernel at choices other than its own                             | [n, d] |

/** An observation that becomes a kernel, and how much it counts. */
export interface WeightedPoint {
  readonly at: Float64Array;
  readonly weight: number;
}

/** A point of a group's domain. */
export interface Point {
  /** [d]: positions on ranges, indices of choices. */
  readonly at: Float64Array;
  /** [2 d]: both ends of the cell that stands for the point's value; the same where a range is continuous. */
  readonly cells: Float64Array;
}

/** A cell wider than this share of sigma is integrated over; the density in a smaller one is as good as even. */
const COARSE = 0.5;
const SQRT_TAU = Math.sqrt(2 * Math.PI);
const MIN_PRODUCT = 1e-200;
const MAX_PRODUCT = 1e200;

/**
 * A mixture of kernels, each a product over the axes: normal distributions cut at the ends of a range (`bandwidths`); for
 * choices a peak at the kernel's own, above a floor that gets lower with the number of kernels. The prior is one more
 * kernel: centred, as wide as the range, even over the choices.
 *
 * Densities are relative to the even distribution: they integrate to one over [0, 1], and have the mean one over choices.
 *
 * Source: the multivariate estimator of Falkner, Klein and Hutter (BOHB, ICML 2018) with the bandwidths of Bergstra et al.
 * (NIPS 2011), as in Optuna.
 */
export class ParzenEstimator {
  readonly #axes: readonly Axis[];
  /** Indices of the axes by kind: continuous ranges, and ranges of few values and choices. */
  readonly #continuous: Int32Array;
  readonly #discrete: Int32Array;
  readonly #n: number;
  readonly #mu: Float64Array;
  readonly #sigma: Float64Array;
  /** [n, d]: 1 / sigma on ranges. */
  readonly #inverse: Float64Array;
  readonly #own: Float64Array;
  readonly #other: Float64Array;
  /** [n]: shares of the kernels, added up. */
  readonly #cumulative: Float64Array;
  /** [n]: logarithms of the shares, and of the constants of the densities on continuous ranges. */
  readonly #logScale: Float64Array;
  readonly #terms: Float64Array;
  readonly #products: Float64Array;

  /** @param priorWeight weight of the prior where that of an observation is about one; above 0 */
  constructor(axes: readonly Axis[], points: readonly WeightedPoint[], priorWeight: number) {
    const n = points.length + 1;
    this.#axes = axes;
    const all = Int32Array.from(axes, (_, j) => j);
    this.#continuous = all.filter((j) => isContinuous(axes[j]!));
    this.#discrete = all.filter((j) => !isContinuous(axes[j]!));
    this.#n = n;
    this.#mu = new Float64Array(n * axes.length);
    this.#sigma = new Float64Array(n * axes.length);
    this.#inverse = new Float64Array(n * axes.length);
    this.#own = new Float64Array(n * axes.length);
    this.#other = new Float64Array(n * axes.length);
    this.#cumulative = new Float64Array(n);
    this.#logScale = new Float64Array(n);
    this.#terms = new Float64Array(n);
    this.#products = new Float64Array(n);
    const weights = [...points.map(({ weight }) => weight), priorWeight];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    weights.forEach((weight, k) => {
      sum += weight / total;
      this.#cumulative[k] = sum;
      this.#logScale[k] = log(weight / total);
    });
    axes.forEach((axis, j) => {
      const positions = points.map(({ at }) => at[j]!);
      if (axis.kind === 'choice') this.#setChoices(positions, j, { count: axis.choices.length, priorWeight });
      else this.#setRange(positions, j, isContinuous(axis));
    });
  }

  #setChoices(
    positions: readonly number[],
    j: number,
    { count, priorWeight }: { readonly count: number; readonly priorWeight: number },
  ): void {
    const smooth = priorWeight / this.#n;
    const total = 1 + count * smooth;
    for (let k = 0; k < this.#n; k++) {
      const i = k * this.#axes.length + j;
      this.#mu[i] = positions[k] ?? -1;
      this.#own[i] = (count * (1 + smooth)) / total;
      this.#other[i] = k === this.#n - 1 ? 1 : (count * smooth) / total;
    }
  }

  #setRange(positions: readonly number[], j: number, continuous: boolean): void {
    const widths = bandwidths(positions);
    for (let k = 0; k < this.#n; k++) {
      const i = k * this.#axes.length + j;
      const mu = positions[k] ?? 0.5;
      const sigma = widths[k] ?? 1;
      const inside = fastNormalCdf((1 - mu) / sigma) - fastNormalCdf(-mu / sigma);
      this.#mu[i] = mu;
      this.#sigma[i] = sigma;
      this.#inverse[i] = 1 / sigma;
      this.#own[i] = 1 / inside;
      if (continuous) this.#logScale[k]! -= log(inside * sigma * SQRT_TAU);
    }
  }

  /** A draw, [d]: positions on ranges, not moved to a value where these are few; indices of choices. */
  sample(random: Stream): Float64Array {
    const u = random.uniform();
    let k = 0;
    while (k < this.#n - 1 && this.#cumulative[k]! <= u) k++;
    return Float64Array.from(this.#axes, (axis, j) => {
      const i = k * this.#axes.length + j;
      const mean = this.#mu[i]!;
      if (axis.kind === 'range') {
        return truncatedNormalQuantile({ mean, sd: this.#sigma[i]!, low: 0, high: 1 }, random.uniformOpen());
      }
      // The floor is even over all choices, the kernel's own one among them.
      return random.uniform() < this.#other[i]! ? random.below(axis.choices.length) : mean;
    });
  }

  /** Logarithm of the density at a point. */
  logDensity(point: Point): number {
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < this.#n; k++) {
      this.#kernel(k, point);
      if (this.#terms[k]! > max) max = this.#terms[k]!;
    }
    let sum = 0;
    for (let k = 0; k < this.#n; k++) sum += this.#products[k]! * exp(this.#terms[k]! - max);
    return max + log(sum);
  }

  /** The density of a kernel, times its share, as product * e^term with a product that neither overflows nor vanishes. */
  #kernel(k: number, { at, cells }: Point): void {
    const [mus, sigmas, owns] = [this.#mu, this.#sigma, this.#own];
    const start = k * this.#axes.length;
    let squares = 0;
    for (const j of this.#continuous) {
      const z = (at[j]! - mus[start + j]!) * this.#inverse[start + j]!;
      squares += z * z;
    }
    let term = this.#logScale[k]!;
    let product = 1;
    for (const j of this.#discrete) {
      const i = start + j;
      const mu = mus[i]!;
      const sigma = sigmas[i]!;
      if (sigma === 0) {
        product *= mu === at[j]! ? owns[i]! : this.#other[i]!;
      } else {
        const low = cells[2 * j]!;
        const width = cells[2 * j + 1]! - low;
        if (width > COARSE * sigma) {
          const mass = fastNormalCdf((low + width - mu) / sigma) - fastNormalCdf((low - mu) / sigma);
          product *= (mass / width) * owns[i]!;
        } else {
          const z = (at[j]! - mu) / sigma;
          squares += z * z;
          product *= owns[i]! / (sigma * SQRT_TAU);
        }
      }
      if (product < MIN_PRODUCT || product > MAX_PRODUCT) {
        term += log(product);
        product = 1;
      }
    }
    this.#terms[k] = term - squares / 2;
    this.#products[k] = product;
  }
}

function isContinuous(axis: Axis): boolean {
  return axis.kind === 'range' && axis.unit.count === Number.POSITIVE_INFINITY;
}
