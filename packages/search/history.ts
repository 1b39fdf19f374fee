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
