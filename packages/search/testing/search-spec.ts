import type { SearchSpace, SearchSpec } from '@caviar/spec';

/** A complete spec around a space, for tests. */
export function searchSpec(space: SearchSpace, changes: Partial<SearchSpec> = {}): SearchSpec {
  return {
    name: 'test',
    trainer: { kind: 'mlp', dataset: 'digits', params: {}, maxRetries: 2 },
    space,
    objective: { metric: 'dev.error', direction: 'minimize' },
    sampler: { kind: 'random' },
    scheduler: { kind: 'fifo' },
    stop: { maxTrials: 60 },
    parallelism: 8,
    seed: 42,
    reproducibility: 'strict',
    ...changes,
  };
}
