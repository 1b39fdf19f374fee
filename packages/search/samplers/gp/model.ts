import type { Stream } from '@caviar/numerics';
import { chooseTrials, type ModelledTrial } from './choose-trials.js';
import type { FeatureSpace } from './features.js';
import { fitKernel, hyperparametersAt, type KernelPosterior } from './fit-kernel.js';
import { Posterior } from './posterior.js';

/** Trials that the process goes by at most, besides those since it was last fitted. */
const MODELLED_TRIALS = 384;
/** Trials that lengths and noise are fitted to at most. */
const FITTED_TRIALS = 128;

/** What was learnt of lengths and noise, a function of the first `fittedAt` trials. */
export interface Fit {
  readonly fittedAt: number;
  readonly kernel: KernelPosterior;
  /** Which of those trials the process goes by, indices in ascending order. */
  readonly held: readonly number[];
}

/**
 * The number of trials, at most n, that lengths and noise are fitted at: every number up to 16, from there on every second
 * one, from 32 on every fourth, from 64 on every 16th, from 128 on every 32nd.
 */
export function lastFit(n: number): number {
  const step = n < 16 ? 1 : n < 32 ? 2 : n < 64 ? 4 : n < 128 ? 16 : 32;
  return n - (n % step);
}

/** Trials in the order in which they were first observed. */
export interface Sample<T extends ModelledTrial> {
  readonly trials: readonly T[];
  /** Their indices, the best first. */
  readonly ranked: readonly number[];
}

/** Turns what is modelled into numbers about standard normal, [n]. */
export type Warp<T> = (trials: readonly T[]) => Float64Array;

/** Fits lengths and noise to trials. */
export function fit<T extends ModelledTrial>(space: FeatureSpace, { trials, ranked }: Sample<T>, warp: Warp<T>): Fit {
  const z = warp(trials);
  const used = chooseTrials(trials, ranked, FITTED_TRIALS);
  const features = used.map((i) => trials[i]!.features);
  const kernel = fitKernel({ space, features, z: Float64Array.from(used, (i) => z[i]!) });
  return { fittedAt: trials.length, kernel, held: chooseTrials(trials, ranked, MODELLED_TRIALS) };
}

/** Indices of the trials that a process holds: those chosen when it was fitted, and all since. */
export function heldOf({ fittedAt, held }: Fit, count: number): number[] {
  return [...held, ...Array.from({ length: count - fittedAt }, (_, i) => fittedAt + i)];
}

/**
 * The process given trials, of which the first `fittedAt` were fitted, with lengths and noise drawn from their posterior:
 * where trials say nothing of a parameter, the most likely length is but one of many, and a search that trusts it alone can
 * end in a valley that is not the deepest (Snoek, Larochelle and Adams, NeurIPS 2012, section 3.2, on integrating them out).
 *
 * @returns the posterior; its rows are those of `heldOf`
 */
export function drawProcess<T extends ModelledTrial>(
  space: FeatureSpace,
  known: Fit,
  { trials, warp, random }: { readonly trials: readonly T[]; readonly warp: Warp<T>; readonly random: Stream },
): Posterior {
  const { kernel } = known;
  const drawn = kernel.mode.map((v, d) => v + kernel.deviation[d]! * random.normal());
  const z = warp(trials);
  const rows = heldOf(known, trials.length);
  const posterior = new Posterior(space, hyperparametersAt(space, drawn), rows.length);
  for (const i of rows) posterior.append(trials[i]!.features);
  posterior.condition(Float64Array.from(rows, (i) => z[i]!));
  return posterior;
}
