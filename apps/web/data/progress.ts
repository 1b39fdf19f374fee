import type { SearchView } from '@caviar/contracts';

/** Trials of a search that have ended, however. */
export function endedOf({ completed, pruned, infeasible, failed, cancelled }: SearchView['progress']): number {
  return completed + pruned + infeasible + failed + cancelled;
}
