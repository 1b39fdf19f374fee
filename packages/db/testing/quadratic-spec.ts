import type { NewSearch } from '@caviar/orchestrator';
import type { SearchSpec } from '@caviar/spec';

/** A search for the tests of what is stored: nothing of it is trained. */
export function quadraticSpec(maxRetries: number): SearchSpec {
  return {
    name: 'test',
    trainer: { kind: 'quadratic', params: {}, maxRetries },
    space: { learningRate: { kind: 'float', min: 0, max: 1, scale: 'linear' } },
    objective: { metric: 'cost', direction: 'minimize' },
    sampler: { kind: 'random' },
    scheduler: { kind: 'fifo' },
    stop: { maxTrials: 100 },
    parallelism: 8,
    seed: 1,
    reproducibility: 'strict',
  };
}

/** It as it is stored. */
export function newSearch(id: string, spec: SearchSpec): NewSearch {
  return { id, spec, plannedTotal: 100, roundCount: 0, idempotency: null, project: 'default' };
}
