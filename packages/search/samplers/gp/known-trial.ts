import { compareLearnt, type LearntTrial } from '../../history.js';
import { comparePlaces, placesAmong } from '../../standings.js';
import { standingOf } from '../learnt-standing.js';
import type { ModelledTrial } from './choose-trials.js';

/** A trial that can be learnt from. */
export interface KnownTrial extends ModelledTrial {
  /** [D] */
  readonly position: Float64Array;
  /** Equal for trials of the same params. */
  readonly name: string;
  /** The trial as it looks to each objective alone, whatever constraints it breaks, [M]. */
  readonly views: readonly LearntTrial[];
}

export function viewsOf(learnt: LearntTrial, objectives: number): readonly LearntTrial[] {
  if (objectives === 1 && learnt.violation === 0) return [learnt];
  return Array.from({ length: objectives }, (_, j) => {
    const cost = learnt.costs[j] ?? Number.POSITIVE_INFINITY;
    return { ...learnt, cost, costs: [cost], violation: 0 };
  });
}

/** Whether a trial has a value and keeps all constraints. */
export function isFeasible({ extent, violation }: LearntTrial): boolean {
  return extent !== 'useless' && violation === 0;
}

/** Indices of trials, the best first: by value, of several objectives by domination. */
export function bestFirst(trials: readonly LearntTrial[], objectives: number): number[] {
  const all = [...trials.keys()];
  if (objectives === 1) return all.sort((a, b) => compareLearnt(trials[a]!, trials[b]!));
  const places = placesAmong(trials.map(standingOf));
  const placed = all.map((i) => ({ ...places[i]!, number: trials[i]!.number, i }));
  return placed.sort(comparePlaces).map(({ i }) => i);
}
