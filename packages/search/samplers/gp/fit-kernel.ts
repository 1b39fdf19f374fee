import { Cholesky, exp, log, type Minimum, minimizeInBox, packedSize } from '@caviar/numerics';
import type { FeatureSpace } from './features.js';
import { kernelPrior } from './kernel-prior.js';
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

const LOG_LENGTH_BOUNDS = [-4.6, 7] as const;
const LOG_NOISE_BOUNDS = [-13.8, 0.7] as const;

/** What the second search begins below the prior with, as a logarithm. */
const SHORTER = 2.4;
const DIFFERENCE = 0.05;
/** Evaluations from each start, and from what the better one came to. */
const FIRST_EVALUATIONS = 12;
const EVALUATIONS = 24;
/** Trials at most that the width of the posterior is told by: fewer make it wider, never narrower. */
const WIDTH_TRIALS = 64;

/** The posterior of the logarithms of the lengths by dimension and, last, of the noise, as a normal one, [D + 1] each. */
export interface KernelPosterior {
  readonly mode: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * Lengths and noise of largest posterior density: two searches with gradients, from long and from short lengths, the better
 * of which goes on; and how far each could be from it, by the curvature there (Laplace's method, each on its own). The
 * answer depends on the evidence alone.
 */
export function fitKernel(evidence: Evidence): KernelPosterior {
  const { center, deviation } = kernelPrior(evidence.space);
  const dimensions = center.length - 1;
  const density = negativeLogPosterior(evidence);
  const bounds = (k: 0 | 1) => [...new Array<number>(dimensions).fill(LOG_LENGTH_BOUNDS[k]), LOG_NOISE_BOUNDS[k]];
  const search = (start: Float64Array, maxEvaluations: number) =>
    minimizeInBox(density, {
      start,
      lower: bounds(0),
      upper: bounds(1),
      maxEvaluations,
      gradientTolerance: 1e-2,
      valueTolerance: 1e-3,
    });
  const [long, short] = [0, SHORTER].map((by) =>
    search(
      center.map((length, d) => (d < dimensions ? length - by : length)),
      FIRST_EVALUATIONS,
    ),
  ) as [Minimum, Minimum];
  const { x: mode } = search((short.value < long.value ? short : long).x, EVALUATIONS);
  const curvature = curvatures(thinned(evidence), mode);
  return { mode, deviation: curvature.map((c, d) => 1 / Math.sqrt(Math.max(c, 1 / (deviation[d]! * deviation[d]!)))) };
}

/** The hyperparameters at logarithms of lengths and noise, [D + 1]. */
export function hyperparametersAt(space: FeatureSpace, x: Float64Array): Hyperparameters {
  const within = (v: number, [low, high]: readonly [number, number]) => exp(Math.min(high, Math.max(low, v)));
  const lengths = space.dimensions.map((_, d) => within(x[d]!, LOG_LENGTH_BOUNDS));
  return {
    weights: Float64Array.from(space.dimensionOf, (d) => 1 / (lengths[d]! * lengths[d]!)),
    noise: within(x.at(-1)!, LOG_NOISE_BOUNDS),
  };
}

/** Second derivatives of minus the log density along each coordinate, [D + 1], by differences of the gradient. */
function curvatures(evidence: Evidence, at: Float64Array): Float64Array {
  const density = negativeLogPosterior(evidence);
  const slopes = (x: Float64Array) => {
    const gradient = new Float64Array(at.length);
    return Number.isFinite(density(x, gradient)) ? gradient : gradient.fill(0);
  };
  const here = slopes(at);
  return at.map((_, d) => (slopes(at.map((v, i) => (i === d ? v + DIFFERENCE : v)))[d]! - here[d]!) / DIFFERENCE);
}

/** Every second trial, every third, ... of more than `WIDTH_TRIALS`. */
function thinned({ space, features, z }: Evidence): Evidence {
  const stride = Math.ceil(features.length / WIDTH_TRIALS);
  const keep = (_: unknown, i: number) => i % stride === 0;
  return { space, features: features.filter(keep), z: z.filter(keep) };
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
  const { center, deviation } = kernelPrior(space);
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
      const off = (x[d]! - center[d]!) / deviation[d]!;
      value += (off * off) / 2;
      gradient[d] = (d < dimensions ? 2 * weights[d]! * gradient[d]! : gradient[d]!) + off / deviation[d]!;
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
