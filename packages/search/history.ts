import type { Direction, Params, SearchSpec, TrialStatus } from '@caviar/spec';
import { lowerIsBetter } from './direction.js';
import type { Costs } from './pareto.js';

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
  /** By how much it breaks the constraints of the search (`violationOf`); absent where there are none. */
  readonly violation?: number;
  /** Of the constraint that is worst off, above 0 where it is broken; absent where there are none. */
  readonly gap?: number;
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
  /** 0 when it keeps all constraints. */
  readonly violation: number;
}

/**
 * The completed trials with a finite value, best first: those that keep the constraints by value, then those that break
 * one by how much they do and by value. Ties go to the lower number, so the order in which the history comes in does not
 * matter. Pruned, infeasible, failed and cancelled trials are not among them.
 */
export function rankTrials(history: readonly TrialRecord[], direction: Direction): RankedTrial[] {
  const ranked: RankedTrial[] = [];
  for (const { number, params, status, value, violation = 0 } of history) {
    const cost = status === 'completed' ? lowerIsBetter(value, direction) : null;
    if (cost !== null) ranked.push({ number, params, cost, violation });
  }
  return ranked.sort((a, b) => a.violation - b.violation || a.cost - b.cost || a.number - b.number);
}

/** What an outcome says to a sampler that learns. */
export interface LearntTrial {
  readonly number: number;
  readonly params: Params;
  /** `complete`: it went all the way; `partial`: paused or pruned at `step`; `useless`: it gave no value to go by. */
  readonly extent: 'complete' | 'partial' | 'useless';
  /** Last step measured; 0 where none is known. */
  readonly step: number;
  /** Value of the (first) objective turned so that lower is better; Infinity for `useless`. */
  readonly cost: number;
  /** The same of all objectives. */
  readonly costs: Costs;
  /** By how much it breaks the constraints; 0 when it keeps all of them, and for `useless`. */
  readonly violation: number;
  /** Of the constraint that is worst off, above 0 where it is broken; null without constraints, and where nothing is known. */
  readonly gap: number | null;
}

/**
 * A trial as samplers learn from it; null for one that says nothing about its params: not run yet, or cancelled.
 *
 * Infeasible and failed trials and values that are not finite (one of them, of several objectives) say that the params are
 * bad, not how bad. A trial that breaks a constraint has a value, and says by how much it breaks it.
 */
export function learntTrial(
  trial: TrialRecord,
  { objective, objectives = [objective] }: Pick<SearchSpec, 'objective' | 'objectives'>,
): LearntTrial | null {
  const { number, params, status, step = 0, value, values = [value], violation = 0, gap = null } = trial;
  if (status === 'queued' || status === 'running' || status === 'cancelled') return null;
  const extent =
    status === 'completed' ? 'complete' : status === 'paused' || status === 'pruned' ? 'partial' : 'useless';
  if (objectives.length === 1 && extent !== 'useless') {
    const only = lowerIsBetter(values[0] ?? null, objectives[0]!.direction);
    if (only !== null) return { number, params, extent, step, cost: only, costs: [only], violation, gap };
  }
  const costs =
    extent === 'useless'
      ? []
      : objectives.flatMap(({ direction }, m) => lowerIsBetter(values[m] ?? null, direction) ?? []);
  const [cost] = costs;
  if (cost === undefined || costs.length < objectives.length) {
    const worst = Number.POSITIVE_INFINITY;
    return { number, params, extent: 'useless', step, cost: worst, costs: [], violation: 0, gap: null };
  }
  return { number, params, extent, step, cost, costs, violation, gap };
}

const RANK_OF_EXTENT = { complete: 0, partial: 1, useless: 2 } as const;

/**
 * Order of what was learnt, best first: completed trials by value; then paused and pruned ones, those that came further
 * first and among them by value; then those that break a constraint, by how much; then those without a value. Ties go
 * to the lower number.
 *
 * As Optuna ranks trials for its TPE sampler (`_split_trials`): to come far under a scheduler is to be good.
 */
export function compareLearnt(a: LearntTrial, b: LearntTrial): number {
  const useless = Number(a.extent === 'useless') - Number(b.extent === 'useless');
  if (useless !== 0) return useless;
  if (a.violation !== b.violation) return a.violation - b.violation;
  if (a.extent !== b.extent) return RANK_OF_EXTENT[a.extent] - RANK_OF_EXTENT[b.extent];
  if (a.extent === 'useless') return a.number - b.number;
  const further = a.extent === 'partial' ? b.step - a.step : 0;
  return further || (a.cost === b.cost ? 0 : a.cost - b.cost) || a.number - b.number;
}
