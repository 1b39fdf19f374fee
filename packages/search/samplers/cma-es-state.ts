import { symmetricEigen } from '@caviar/numerics';
import type { Coordinates } from './cma-es-coordinates.js';

/**
 * What CMA-ES draws from. Positions are in [0, 1] per parameter.
 *
 * | symbol | meaning                                                                      | shape  |
 * | ------ | ---------------------------------------------------------------------------- | ------ |
 * | m      | `mean` of the normal distribution                                            | [n]    |
 * | sigma  | `stepSize`                                                                   |        |
 * | A      | `stretch` per coordinate, above 1 only to keep other values of a discrete one in reach (margin) | [n] |
 * | C      | `covariance` = B D^2 B^T: x = m + sigma A B D z with z standard normal       | [n, n] |
 * | B, D   | `axes`, and `lengths` of C's eigenvectors                                    | [n, n], [n] |
 * | q      | `probabilities` of the choices of each categorical parameter                 |        |
 */
export interface CmaState {
  /** From 0; the restarts so far. */
  readonly run: number;
  /** Of this run, from 0. */
  readonly generation: number;
  readonly lambda: number;
  readonly mean: Float64Array;
  readonly stepSize: number;
  readonly stretch: Float64Array;
  readonly covariance: Float64Array;
  readonly axes: Float64Array;
  readonly lengths: Float64Array;
  /** Generations since `axes` and `lengths` were computed. */
  readonly eigenAge: number;
  readonly probabilities: readonly Float64Array[];
  readonly pathSigma: Float64Array;
  readonly pathC: Float64Array;
  /** (1 - cSigma)^(2 generation). */
  readonly pathDecay: number;
  /** Best cost of each generation of this run, as far back as the stopping rule looks. */
  readonly bestCosts: readonly number[];
  /** Highest number of a trial that had been taken in; -1 = none. */
  readonly madeAfter: number;
  /** Trials numbered below belong to an earlier run. */
  readonly firstNumber: number;
  /** The trials that the mean was made of, best first. */
  readonly leaders: readonly number[];
}

/** What it takes to see a trial as a step from the distribution that drew it. */
export interface Origin {
  readonly madeAfter: number;
  readonly mean: Float64Array;
  /** sigma A, shape [n]. */
  readonly scale: Float64Array;
  /** Standard deviation of each coordinate, shape [n]. */
  readonly spread: Float64Array;
}

interface RunStart {
  readonly run: number;
  readonly lambda: number;
  readonly mean: Float64Array;
  readonly stepSize: number;
  readonly madeAfter: number;
  readonly firstNumber: number;
}

/** The state at the beginning of a run. */
export function startRun({ ranges, choices }: Coordinates, start: RunStart): CmaState {
  const { run, lambda, mean, stepSize, madeAfter, firstNumber } = start;
  const n = ranges.length;
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  return {
    run,
    lambda,
    mean,
    stepSize,
    madeAfter,
    firstNumber,
    generation: 0,
    stretch: new Float64Array(n).fill(1),
    covariance: identity,
    axes: identity,
    lengths: new Float64Array(n).fill(1),
    eigenAge: 0,
    probabilities: choices.map((count) => new Float64Array(count).fill(1 / count)),
    pathSigma: new Float64Array(n),
    pathC: new Float64Array(n),
    pathDecay: 1,
    bestCosts: [],
    leaders: [],
  };
}

/** Standard deviation of coordinate j. */
export function spreadOf({ stepSize, stretch, covariance, mean: { length: n } }: CmaState, j: number): number {
  return stepSize * stretch[j]! * Math.sqrt(covariance[j * n + j]!);
}

/** The state as an origin of trials. */
export function originOf(state: CmaState): Origin {
  return {
    madeAfter: state.madeAfter,
    mean: state.mean,
    scale: state.stretch.map((stretch) => stretch * state.stepSize),
    spread: state.stretch.map((_, j) => spreadOf(state, j)),
  };
}

/** B D z. */
export function shape({ axes, lengths }: CmaState, z: ArrayLike<number>): Float64Array {
  const n = lengths.length;
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) y[i]! += axes[i * n + j]! * lengths[j]! * z[j]!;
  }
  return y;
}

/** B D^-1 B^T y, that is C^(-1/2) y: the step as a standard normal one. */
export function whiten({ axes, lengths }: CmaState, y: ArrayLike<number>): Float64Array {
  const n = lengths.length;
  const white = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let along = 0;
    for (let i = 0; i < n; i++) along += axes[i * n + j]! * y[i]!;
    along /= lengths[j]!;
    for (let i = 0; i < n; i++) white[i]! += axes[i * n + j]! * along;
  }
  return white;
}

/** Axes and their lengths of a covariance; null where it has become too narrow for its width (condition above 1e14). */
export function axesOf(covariance: Float64Array, n: number): Pick<CmaState, 'axes' | 'lengths'> | null {
  const { values, vectors } = symmetricEigen(covariance, n);
  const widest = Math.max(...values);
  if (values.some((value) => !(value > widest * 1e-14))) return null;
  return { axes: vectors, lengths: values.map((value) => Math.sqrt(value)) };
}
