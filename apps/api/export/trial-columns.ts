import type { SearchSpace, Trial } from '@caviar/spec';

/** Names of the columns that differ from search to search, sorted. */
export interface TrialColumns {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
}

/**
 * The parameters and metrics that any trial has, and those of the present space. It takes a pass over all trials: a
 * space can be changed while its search runs, so neither the spec nor the first page knows them all.
 */
export async function trialColumns(space: SearchSpace, pages: AsyncIterable<readonly Trial[]>): Promise<TrialColumns> {
  const params = new Set(Object.keys(space));
  const metrics = new Set<string>();
  for await (const page of pages) {
    for (const trial of page) {
      for (const name in trial.params) params.add(name);
      for (const name in trial.metrics) metrics.add(name);
    }
  }
  return { params: [...params].sort(), metrics: [...metrics].sort() };
}
