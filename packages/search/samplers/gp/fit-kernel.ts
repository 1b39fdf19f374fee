import { Cholesky, exp, log, minimizeInBox, packedSize } from '@caviar/numerics';
import type { FeatureSpace } from './features.js';
import { CONSTANT_VARIANCE, PRIOR_VARIANCE } from './matern.js';

/** What the process learns about the function as a whole. */
export interface Hyperparameters {
  /** 1 / length², by feature, [F]. */
  readonly weights: Float64Array;
  /** Variance of the noise relative to that of the process. */
  readonly noise: number;
}

/** Trials to learn from. */
export interface Evidence {
  readonly space: FeatureSpace;
  /** Features of each trial, n of [F]. */
  readonly features: readonly Float64Array[];
  /** Warped costs, [n]. */
  readonly z: Float64Array;
}

/** Inverse-gamma prior of the process's variance, which is integrated out: shape and scale. */
export const VARIANCE_SHAPE = 2;
export const VARIANCE_SCALE = 2;

/** Normal priors of the logarithms: lengths (in D dimensions, half of log D is added to the mean), noise. */
const LENGTH_MEAN = Math.SQRT2;
const LENGTH_DEVIATION = Math.sqrt(3);
const NOISE_MEAN = -7;
const NOISE_DEVIATION = 2;

const LOG_LENGTH_BOUNDS = [-4.6, 7] as const;
const LOG_NOISE_BOUNDS = [-13.8, 0.7] as const;

const EVALUATIONS = 30;

/**
 * Lengths and noise of largest posterior density: two searches with gradients, from long and from short lengths, of which
 * the better counts. The answer depends on the evidence alone.
 *
 * Lengths grow with the root of the number of dimensions, as distances do (Hvarfner, Hellsten and Nardi, "Vanilla Bayesian
 * optimization performs great in high dimensions", ICML 2024).
 */
export function fitKernel(evidence: Evidence): Hyperparameters {
  const dimensions = evidence.space.dimensions.length;
  const density = negativeLogPosterior(evidence);
  const bounds = (k: 0 | 1) => [...new Array<number>(dimensions).fill(LOG_LENGTH_BOUNDS[k]), LOG_NOISE_BOUNDS[k]];
  const shift = log(dimensions) / 2;
  const found = [LENGTH_MEAN, -1].map((length) =>
    minimizeInBox(density, {
      start: [...new Array<number>(dimensions).fill(length + shift), NOISE_MEAN],
      lower: bounds(0),
      upper: bounds(1),
      maxEvaluations: EVALUATIONS,
      gradientTolerance: 1e-2,
      valueTolerance: 1e-3,
    }),
  );
  const best = found[1]!.value < found[0]!.value ? found[1]! : found[0]!;
  return {
    weights: Float64Array.from(evidence.space.dimensionOf, (d) => exp(-2 * best.x[d]!)),
    noise: exp(best.x[dimensions]!),
  };
}

/**
 * Minus the logarithm of the posterior density, up to a constant, and its gradient; arguments are the logarithms of the
 * lengths by dimension and of the noise, [D + 1].
 *
 * With C the covariance relative to the process's variance s², and s² ~ InverseGamma(a, b) integrated out:
 * (a + n/2) log(b + zᵀ C⁻¹ z / 2) + log det C / 2 + priors (Rasmussen and Williams, eq. 5.9, for the gradient).
 *
 * @internal
 */
export function negativeLogPosterior({ space, features, z }: Evidence) {
  const n = features.length;
  const dimensions = space.dimensions.length;
  const pairs = packedSize(n);
  const squares = squaredDifferences(space, features);
  const shift = log(dimensions) / 2;
  const slopes = new Float64Array(pairs);
  const row = new Float64Array(n);
  const alpha = new Float64Array(n);
  const weights = new Float64Array(dimensions);

  return (x: Float64Array, gradient: Float64Array): number => {
    const noise = exp(x[dimensions]!);
    for (let d = 0; d < dimensions; d++) weights[d] = exp(-2 * x[d]!);
    const factor = new Cholesky(n);
    for (let i = 0, pair = 0; i < n; i++, pair++) {
      for (let j = 0; j < i; j++, pair++) {
        let squared = 0;
        for (let d = 0, at = pair * dimensions; d < dimensions; d++) squared += weights[d]! * squares[at + d]!;
        const a = Math.sqrt(5 * squared);
        const tail = exp(-a);
        row[j] = (1 + a + (a * a) / 3) * tail + CONSTANT_VARIANCE;
        slopes[pair] = (5 / 6) * (1 + a) * tail;
      }
      row[i] = PRIOR_VARIANCE + noise;
      if (!factor.append(row)) return Number.POSITIVE_INFINITY;
    }
    alpha.set(z);
    factor.solveLower(alpha);
    const misfit = VARIANCE_SCALE + alpha.reduce((sum, v) => sum + v * v, 0) / 2;
    factor.solveUpper(alpha);
    const power = VARIANCE_SHAPE + n / 2;
    const inverse = factor.inverse();

    // d/dC_ij = (C⁻¹ - power / misfit alpha alphaᵀ)_ij / 2, twice off the diagonal; dC/dlog length = 2 slope weight square
    gradient.fill(0);
    const share = power / misfit;
    for (let i = 0, pair = 0; i < n; i++, pair++) {
      for (let j = 0; j < i; j++, pair++) {
        const pull = (inverse[pair]! - share * alpha[i]! * alpha[j]!) * slopes[pair]!;
        for (let d = 0, at = pair * dimensions; d < dimensions; d++) gradient[d]! += pull * squares[at + d]!;
      }
      gradient[dimensions]! += ((inverse[pair]! - share * alpha[i]! * alpha[i]!) * noise) / 2;
    }
    let value = power * log(misfit) + factor.halfLogDeterminant();
    for (let d = 0; d <= dimensions; d++) {
      const [center, deviation] =
        d < dimensions ? [LENGTH_MEAN + shift, LENGTH_DEVIATION] : [NOISE_MEAN, NOISE_DEVIATION];
      const off = (x[d]! - center) / deviation;
      value += (off * off) / 2;
      gradient[d] = (d < dimensions ? 2 * weights[d]! * gradient[d]! : gradient[d]!) + off / deviation;
    }
    return value;
  };
}

/** By pair (i, j <= i), packed, and dimension: what a weight of 1 adds to the squared distance, [n(n+1)/2, D]. */
function squaredDifferences(space: FeatureSpace, features: readonly Float64Array[]): Float64Array {
  const dimensions = space.dimensions.length;
  const squares = new Float64Array(packedSize(features.length) * dimensions);
  let at = 0;
  features.forEach((one, i) => {
    for (let j = 0; j <= i; j++, at += dimensions) {
      const other = features[j]!;
      for (let f = 0; f < one.length; f++) {
        const difference = one[f]! - other[f]!;
        squares[at + space.dimensionOf[f]!]! += f < space.axes ? difference * difference : difference === 0 ? 0 : 1;
      }
    }
  });
  return squares;
}
