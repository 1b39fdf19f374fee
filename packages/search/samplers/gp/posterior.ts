import { Cholesky, exp } from '@caviar/numerics';
import type { FeatureSpace } from './features.js';
import { type Hyperparameters, VARIANCE_SCALE, VARIANCE_SHAPE } from './fit-kernel.js';
import { CONSTANT_VARIANCE, PRIOR_VARIANCE } from './matern.js';

/** What the process expects at a point, in warped costs. */
export interface Prediction {
  readonly mean: number;
  /** Standard deviation of the function itself, without the noise; above 0. */
  readonly deviation: number;
}

/** A prediction with its slopes along the axes. */
export interface SlopedPrediction extends Prediction {
  /** [F], 0 for choices. */
  readonly dMean: Float64Array;
  readonly dDeviation: Float64Array;
}

/** Smallest deviation relative to the process's own: below that, rounding errors decide. */
const LEAST_DEVIATION = 1e-7;

/**
 * The Gaussian process given trials.
 *
 * | symbol | meaning                                                            | shape  |
 * | ------ | ------------------------------------------------------------------ | ------ |
 * | C      | covariance of the trials, noise included, relative to the process's | [n, n] |
 * | k      | covariance of a point with the trials                              | [n]    |
 * | alpha  | C⁻¹ z                                                              | [n]    |
 *
 * Source: Rasmussen and Williams, algorithm 2.1.
 */
export class Posterior {
  readonly #space: FeatureSpace;
  readonly #hyperparameters: Hyperparameters;
  readonly #factor: Cholesky;
  readonly #features: Float64Array[] = [];
  /** Noise of each trial, [n]. */
  readonly #noise: number[] = [];
  #z: Float64Array = new Float64Array(0);
  /** Of the trials with a value; pending ones, which come last, have none. */
  #alpha: Float64Array = new Float64Array(0);
  #scale = 1;

  /** @param capacity trials to make room for; more are taken all the same */
  constructor(space: FeatureSpace, hyperparameters: Hyperparameters, capacity = 16) {
    this.#factor = new Cholesky(capacity);
    this.#space = space;
    this.#hyperparameters = hyperparameters;
  }

  get size(): number {
    return this.#features.length;
  }

  /** Appends a trial by its features, [F]; what has been conditioned on stays. */
  append(features: Float64Array): void {
    const row = new Float64Array(this.size + 1);
    this.covariances(features, row);
    row[this.size] = PRIOR_VARIANCE + this.#hyperparameters.noise;
    // Only rounding can make the matrix singular: noise on this trial parts it from its twins.
    while (!this.#factor.append(row)) row[this.size]! += 1e-6 * PRIOR_VARIANCE;
    this.#noise.push(row[this.size]! - PRIOR_VARIANCE);
    this.#features.push(features);
  }

  /** Goes by the values `z`, [n], of all n trials. Trials appended later count as pending: their value is what is expected. */
  condition(z: Float64Array): void {
    const alpha = Float64Array.from(z);
    this.#factor.solveLower(alpha);
    const misfit = VARIANCE_SCALE + alpha.reduce((sum, v) => sum + v * v, 0) / 2;
    this.#factor.solveUpper(alpha);
    this.#alpha = alpha;
    this.#z = z;
    this.#scale = Math.sqrt(misfit / (VARIANCE_SHAPE + z.length / 2));
  }

  /** Means at the trials that it holds, pending ones last, [n]: what the noise leaves of z = C alpha. */
  fitted(): Float64Array {
    return Float64Array.from(this.#features, (features, i) =>
      i < this.#z.length ? this.#z[i]! - this.#noise[i]! * this.#alpha[i]! : this.#meanOf(this.covariances(features)),
    );
  }

  /** What is expected at features, [F]. */
  predict(features: Float64Array): Prediction {
    const k = this.covariances(features);
    const mean = this.#meanOf(k);
    this.#factor.solveLower(k);
    return { mean, deviation: this.#deviationOf(k) };
  }

  /**
   * What is expected at many features, each [F]: four at a time share the work. With `rows`, deviations go by the first
   * trials only, so they are too large rather than too small; means always go by all.
   */
  predictAll(points: readonly Float64Array[], rows = this.size): Prediction[] {
    const n = this.size;
    const four = new Float64Array(4 * n);
    const columns = [0, 1, 2, 3].map((c) => four.subarray(c * n, (c + 1) * n));
    const solved = columns.map((column) => column.subarray(0, rows));
    const predictions: Prediction[] = [];
    for (let first = 0; first < points.length; first += 4) {
      const some = points.slice(first, first + 4);
      const means = some.map((features, c) => this.#meanOf(this.covariances(features, columns[c]!)));
      this.#factor.solveLowerFour(four, rows);
      for (const [c, mean] of means.entries()) predictions.push({ mean, deviation: this.#deviationOf(solved[c]!) });
    }
    return predictions;
  }

  /** The same with its slopes. */
  predictSloped(features: Float64Array): SlopedPrediction {
    const { axes } = this.#space;
    const { weights } = this.#hyperparameters;
    const slopes = new Float64Array(this.size);
    const k = this.covariances(features, new Float64Array(this.size), slopes);
    const mean = this.#meanOf(k);
    const solved = Float64Array.from(k);
    this.#factor.solveLower(solved);
    const deviation = this.#deviationOf(solved);
    this.#factor.solveUpper(solved);

    // dk_i/dx_f = -2 slope_i weight_f (x_f - x_if); dvariance = -2 dk C⁻¹ k
    const dMean = new Float64Array(features.length);
    const dDeviation = new Float64Array(features.length);
    for (let i = 0; i < slopes.length; i++) {
      const other = this.#features[i]!;
      const forMean = -2 * slopes[i]! * (this.#alpha[i] ?? 0);
      const forVariance = 4 * slopes[i]! * solved[i]!;
      for (let f = 0; f < axes; f++) {
        const difference = features[f]! - other[f]!;
        dMean[f]! += forMean * difference;
        dDeviation[f]! += forVariance * difference;
      }
    }
    const toDeviation = (this.#scale * this.#scale) / (2 * deviation);
    for (let f = 0; f < axes; f++) {
      dMean[f]! *= weights[f]!;
      dDeviation[f]! *= weights[f]! * toDeviation;
    }
    return { mean, deviation, dMean, dDeviation };
  }

  /** Covariances k with the trials, [n], into `into`; minus the kernel's slopes by squared distance into `slopes`. */
  covariances(features: Float64Array, into = new Float64Array(this.size), slopes?: Float64Array): Float64Array {
    const { axes } = this.#space;
    const { weights } = this.#hyperparameters;
    const width = features.length;
    for (let i = 0; i < this.#features.length; i++) {
      const other = this.#features[i]!;
      let squared = 0;
      for (let f = 0; f < axes; f++) {
        const difference = features[f]! - other[f]!;
        squared += weights[f]! * difference * difference;
      }
      for (let f = axes; f < width; f++) if (features[f] !== other[f]) squared += weights[f]!;
      const a = Math.sqrt(5 * squared);
      const tail = exp(-a);
      into[i] = (1 + a + (a * a) / 3) * tail + CONSTANT_VARIANCE;
      if (slopes !== undefined) slopes[i] = (5 / 6) * (1 + a) * tail;
    }
    return into;
  }

  #meanOf(k: Float64Array): number {
    let mean = 0;
    for (let i = 0; i < this.#alpha.length; i++) mean += k[i]! * this.#alpha[i]!;
    return mean;
  }

  /** @param solved L⁻¹ k, [n] */
  #deviationOf(solved: Float64Array): number {
    let variance = PRIOR_VARIANCE;
    for (let i = 0; i < solved.length; i++) variance -= solved[i]! * solved[i]!;
    return this.#scale * Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, variance)));
  }
}
