import type { Direction, Params, TrialStatus } from '@caviar/spec';
import { lowerIsBetter } from './direction.js';

/** What a search remembers of one trial. */
export interface TrialRecord {
  /** From 0 in its search. */
  readonly number: number;
  readonly params: Params;
  readonly status: TrialStatus;
  /** Value of the objective as reported, at `step`; null when there is none. */
  readonly value: number | null;
  /** Values of all objectives, in their order, where a search has several. */
  readonly values?: readonly (number | null)[];
  /** Last step measured; absent before the first. */
  readonly step?: number;
}

/** A trial whose params are known, and its outcome is not, or must not be looked at. */
export type PendingTrial = Pick<TrialRecord, 'number' | 'params'>;

/** A completed trial with its value turned so that lower is better. */
export interface RankedTrial {
  readonly number: number;
  readonly params: Params;
  readonly cost: number;
}

/**
 * The completed trials with a finite value, best first; ties go to the lower number, so the order in which the history
 * comes in does not matter. Pruned, infeasible, failed and cancelled trials are not among them.
 */
export function rankTrials(history: readonly TrialRecord[], direction: Direction): RankedTrial[] {
  const ranked: RankedTrial[] = [];
  for (const { number, params, status, value } of history) {
    const cost = status === 'completed' ? lowerIsBetter(value, direction) : null;
    if (cost !== null) ranked.push({ number, params, cost });
  }
  return ranked.sort((a, b) => a.cost - b.cost || a.number - b.number);
}

/** What an outcome says to a sampler that learns. */
export interface LearntTrial {
  readonly number: number;
  readonly params: Params;
  /** `complete`: it went all the way; `partial`: paused or pruned at `step`; `useless`: it gave no value to go by. */
  readonly extent: 'complete' | 'partial' | 'useless';
  /** Last step measured; 0 where none is known. */
  readonly step: number;
  /** Value turned so that lower is better; Infinity for `useless`. */
  readonly cost: number;
}

/**
 * A trial as samplers learn from it; null for one that says nothing about its params: not run yet, or cancelled.
 *
 * Infeasible and failed trials and values that are not finite say that the params are bad, not how bad.
 */
export function learntTrial(trial: TrialRecord, direction: Direction): LearntTrial | null {
  const { number, params, status, step = 0 } = trial;
  if (status === 'queued' || status === 'running' || status === 'cancelled') return null;
  const extent =
    status === 'completed' ? 'complete' : status === 'paused' || status === 'pruned' ? 'partial' : 'useless';
  const cost = extent === 'useless' ? null : lowerIsBetter(trial.value, direction);
  if (cost === null) return { number, params, extent: 'useless', step, cost: Number.POSITIVE_INFINITY };
  return { number, params, extent, step, cost };
}

const RANK_OF_EXTENT = { complete: 0, partial: 1, useless: 2 } as const;

/**
 * Order of what was learnt, best first: completed trials by value; then paused and pruned ones, those that came further
 * first and among them by value; then those without a value. Ties go to the lower number.
 *
 * As Optuna ranks trials for its TPE sampler (`_split_trials`): to come far under a scheduler is to be good.
 */
export function compareLearnt(a: LearntTrial, b: LearntTrial): number {
  if (a.extent !== b.extent) return RANK_OF_EXTENT[a.extent] - RANK_OF_EXTENT[b.extent];
  if (a.extent === 'useless') return a.number - b.number;
  const further = a.extent === 'partial' ? b.step - a.step : 0;
  return further || (a.cost === b.cost ? 0 : a.cost - b.cost) || a.number - b.number;
}
