import type { SearchStatus } from '@caviar/spec';
import type { Deps } from '../deps.js';
import type { SearchForAdvance } from '../ports/search-store.js';

export interface SearchEnd {
  readonly status: Extract<SearchStatus, 'completed' | 'failed'>;
  readonly reason: string;
}

/** Whether a running search has come to its end, and why; null while it has not. `total`: trials of its plan. */
export function searchEnd(state: SearchForAdvance, total: number | null): SearchEnd | null {
  const { search, activeMs, nextNumber, firstOpenNumber, targetNumber } = state;
  const { stop, reproducibility, parallelism } = search.spec;
  if (stop.maxDurationMs !== undefined && activeMs >= stop.maxDurationMs) {
    return { status: 'completed', reason: `the time limit of ${stop.maxDurationMs} ms is over` };
  }
  const allFinal = firstOpenNumber >= nextNumber;
  if (targetNumber !== null) {
    const reached = {
      status: 'completed',
      reason: `trial ${targetNumber} reached the target ${stop.targetValue}`,
    } as const;
    if (reproducibility === 'throughput') return reached;
    // Strict: only when no earlier trial can reach it any more, and every trial that may belong to the search is there.
    const end = Math.min(targetNumber + parallelism, total ?? Number.POSITIVE_INFINITY);
    return allFinal && nextNumber >= end ? reached : null;
  }
  if (total === null || nextNumber < total || !allFinal) return null;
  const { completed, pruned, infeasible, failed } = search.progress;
  if (failed > 0 && completed + pruned + infeasible === 0) {
    return { status: 'failed', reason: `none of ${nextNumber} trials came to a result` };
  }
  return { status: 'completed', reason: `all ${nextNumber} trials have ended` };
}

/** Ends a search. What is still open is cancelled: at once, or at the next step of a running trial. */
export async function endSearch(deps: Deps, searchId: string, end: SearchEnd): Promise<void> {
  if (!(await deps.searches.transition(searchId, { from: ['running'], to: end.status, reason: end.reason }))) return;
  await deps.trials.cancelOpen(searchId, end.reason);
  deps.signals.publish(searchId);
  deps.logger.info({ searchId, status: end.status, reason: end.reason }, 'search ended');
}
