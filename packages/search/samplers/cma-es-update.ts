import { exp } from '@caviar/numerics';
import type { LearntTrial } from '../history.js';
import { compareLearnt } from '../history.js';
import type { Coordinates } from './cma-es-coordinates.js';
import { withMargin } from './cma-es-margin.js';
import { axesOf, type CmaState, spreadOf, whiten } from './cma-es-state.js';
import { effective, type Strategy, strategyOf } from './cma-es-weights.js';

/** A trial of a generation. */
export interface Member {
  readonly trial: LearntTrial;
  readonly x: Float64Array;
  /** Step from the mean of the distribution that drew it, in units of its sigma A. */
  readonly y: Float64Array;
  /** Index of the choice, -1 where the parameter is inactive. */
  readonly chosen: Int32Array;
}

/** Standard deviation, in each range, at which a run has converged. */
const TOLERANCE_X = 1e-11;
/** Spread of the best costs of late generations, relative to the costs themselves, at which a run has converged. */
const TOLERANCE_COST = 1e-15;
/** No coordinate is drawn wider than its range. */
const WIDEST = 0.5;

/**
 * The distribution after a generation of lambda trials (Hansen, arXiv:1604.00772, with active covariance update); null
 * where the run is over: converged, stuck on a plateau, out of shape, or without a single value.
 *
 * Trials without a value are never among those that the mean is made of. With several trials in flight, some were drawn
 * before the last update. The mean goes to where the best trials are; paths and covariance are made of steps, each from
 * the mean that drew it, or a late trial would look like a step back. Steps longer than a draw would make are cut, as
 * for injected solutions (Hansen, arXiv:1110.4181): trials that users supplied.
 */
export function updateState(
  coordinates: Coordinates,
  before: CmaState,
  generation: readonly Member[],
): CmaState | null {
  const n = coordinates.ranges.length;
  const members = [...generation].sort((a, b) => compareLearnt(a.trial, b.trial));
  const useful = members.filter(({ trial }) => trial.extent !== 'useless').length;
  if (useful === 0) return null;
  const strategy = strategyOf(Math.max(1, n), members.length);
  const parents = Math.min(useful, strategy.weights.filter((w) => w > 0).length);
  const weights = weightsFor(strategy, parents);
  const leaders = members.slice(0, parents);
  const ranked: Ranked = { strategy, members, weights, parents };

  const counted = {
    ...before,
    generation: before.generation + 1,
    bestCosts: costsSeen(before, members, n),
    madeAfter: generation.reduce((max, { trial }) => Math.max(max, trial.number), before.madeAfter),
    leaders: leaders.map(({ trial }) => trial.number),
    probabilities: chooseAgain(before.probabilities, leaders, weights),
  };
  if (hasStalled(counted, members, n)) return null;
  if (n === 0) return counted;
  const moved = moveNormal(counted, ranked);
  if (moved === null) return null;
  const after = withMargin(coordinates, within(coordinates, moved));
  const isNarrow = coordinates.ranges.every(({ discrete }, j) => discrete || spreadOf(after, j) < TOLERANCE_X);
  return isNarrow && coordinates.ranges.some(({ discrete }) => !discrete) ? null : after;
}

interface Ranked {
  readonly strategy: Strategy;
  /** Best first. */
  readonly members: readonly Member[];
  readonly weights: Float64Array;
  /** The members with positive weights are the first ones. */
  readonly parents: number;
}

/** The weights of the tutorial, shared anew where fewer trials than they ask for have a value. */
function weightsFor({ weights }: Strategy, parents: number): Float64Array {
  let total = 0;
  for (let i = 0; i < parents; i++) total += weights[i]!;
  return weights.map((w, i) => (i < parents ? w / total : Math.min(0, w)));
}

function moveNormal(before: CmaState, { strategy, members, weights, parents }: Ranked): CmaState | null {
  const { n, cSigma, dSigma, cC, c1, cMu, chiN } = strategy;
  const muEff = effective(weights.subarray(0, parents));
  const white = members.map(({ y }) => whiten(before, y));
  const longest = Math.sqrt(n) + 3;
  const steps = members.map(({ y }, i) => {
    const length = lengthOf(white[i]!);
    return length > longest ? y.map((value) => (value * longest) / length) : y;
  });

  const mean = new Float64Array(n);
  const step = new Float64Array(n);
  for (let i = 0; i < parents; i++) {
    for (let j = 0; j < n; j++) {
      mean[j]! += weights[i]! * members[i]!.x[j]!;
      step[j]! += weights[i]! * steps[i]![j]!;
    }
  }
  const whiteStep = whiten(before, step);
  const gainSigma = Math.sqrt(cSigma * (2 - cSigma) * muEff);
  const pathSigma = before.pathSigma.map((p, j) => (1 - cSigma) * p + gainSigma * whiteStep[j]!);
  const pathDecay = before.pathDecay * (1 - cSigma) * (1 - cSigma);
  const pathLength = lengthOf(pathSigma);
  const stepSize = before.stepSize * exp(Math.min(1, (cSigma / dSigma) * (pathLength / chiN - 1)));
  const isSteady = pathLength / Math.sqrt(1 - pathDecay) < (1.4 + 2 / (n + 1)) * chiN;
  const gainC = isSteady ? Math.sqrt(cC * (2 - cC) * muEff) : 0;
  const pathC = before.pathC.map((p, j) => (1 - cC) * p + gainC * step[j]!);

  const weightSum = weights.reduce((sum, w) => sum + w, 0);
  const lost = isSteady ? 0 : c1 * cC * (2 - cC);
  const kept = 1 + lost - c1 - cMu * weightSum;
  const covariance = before.covariance.map((value) => kept * value);
  addOuter(covariance, pathC, c1);
  members.forEach((_, i) => {
    const y = steps[i]!;
    const length = Math.min(longest, lengthOf(white[i]!));
    const weight = weights[i]! >= 0 ? weights[i]! : (weights[i]! * n) / (length * length + 1e-300);
    addOuter(covariance, y, cMu * weight);
  });
  if (!covariance.every(Number.isFinite) || !(stepSize > 0)) return null;

  // An eigen-decomposition costs more than all the rest: it waits for a change worth it (tutorial, section B.2).
  const isDue = (before.eigenAge + 1) * (c1 + cMu) * n * 10 >= 1;
  const axes = isDue ? axesOf(covariance, n) : before;
  if (axes === null) return null;
  const moved: CmaState = {
    ...before,
    mean,
    stepSize,
    covariance,
    pathSigma,
    pathC,
    pathDecay,
    axes: axes.axes,
    lengths: axes.lengths,
    eigenAge: isDue ? 0 : before.eigenAge + 1,
  };
  let widest = 0;
  for (let j = 0; j < n; j++) widest = Math.max(widest, spreadOf(moved, j));
  return widest > WIDEST ? { ...moved, stepSize: (stepSize * WIDEST) / widest } : moved;
}

/** The mean within the bounds of continuous ranges; that of a discrete one may lie beyond, where all is its last value. */
function within({ ranges }: Coordinates, state: CmaState): CmaState {
  return { ...state, mean: state.mean.map((m, j) => (ranges[j]!.discrete ? m : Math.min(1, Math.max(0, m)))) };
}

function addOuter(matrix: Float64Array, y: Float64Array, weight: number): void {
  const n = y.length;
  for (let i = 0; i < n; i++) {
    const wi = weight * y[i]!;
    for (let j = 0; j < n; j++) matrix[i * n + j]! += wi * y[j]!;
  }
}

function lengthOf(y: Float64Array): number {
  let squares = 0;
  for (const value of y) squares += value * value;
  return Math.sqrt(squares);
}

/**
 * Choices seen among the best gain probability, as under the natural gradient (Hamano et al., CatCMA, arXiv:2405.09962);
 * none falls below a margin, so that each goes on being tried. Trials in which the parameter is inactive say nothing.
 */
function chooseAgain(
  before: readonly Float64Array[],
  leaders: readonly Member[],
  weights: Float64Array,
): readonly Float64Array[] {
  const muEff = effective(weights.subarray(0, leaders.length));
  return before.map((q, k) => {
    const count = q.length;
    const rate = muEff / (muEff + count + before.length);
    const floor = 1 / (4 * count * Math.max(1, before.length - 1));
    const next = Float64Array.from(q);
    leaders.forEach(({ chosen }, i) => {
      if (chosen[k]! < 0) return;
      for (let c = 0; c < count; c++) next[c]! += rate * weights[i]! * ((c === chosen[k] ? 1 : 0) - q[c]!);
    });
    return floored(next, floor);
  });
}

/** Probabilities of at least `floor`: what lies above it gives what is missing. */
function floored(q: Float64Array, floor: number): Float64Array {
  const raised = q.map((value) => Math.max(floor, value));
  const excess = raised.reduce((sum, value) => sum + value, 0) - 1;
  const spare = raised.reduce((sum, value) => sum + (value - floor), 0);
  return spare > 0 ? raised.map((value) => value - (excess * (value - floor)) / spare) : raised;
}

function costsSeen({ bestCosts }: CmaState, members: readonly Member[], n: number): readonly number[] {
  const { extent, cost } = members[0]!.trial;
  return extent === 'complete' ? [...bestCosts, cost].slice(-generationsLookedBack(members, n)) : bestCosts;
}

/** As far as the stopping rule `tolfun` looks back (Hansen, tutorial, section B.3). */
function generationsLookedBack({ length: lambda }: readonly Member[], n: number): number {
  return 10 + Math.ceil((30 * n) / lambda);
}

/** Whether the best of many generations are as good as the same. */
function hasStalled({ bestCosts }: CmaState, members: readonly Member[], n: number): boolean {
  if (bestCosts.length < generationsLookedBack(members, n)) return false;
  const low = Math.min(...bestCosts);
  const high = Math.max(...bestCosts);
  return !(high - low > TOLERANCE_COST * Math.max(Math.abs(low), Math.abs(high)));
}
