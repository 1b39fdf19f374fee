import type { SamplerSpec, SearchSpec } from '@caviar/spec';
import { runAlone } from '../../run-alone.js';
import type { Problem } from '../problems/problem.js';

/** How a search is run on a problem. */
export interface Run {
  readonly sampler: SamplerSpec;
  readonly trials: number;
  readonly seed: number;
}

/** The least value after each trial of a search that runs one trial at a time. */
export function bestSoFar(problem: Problem, run: Run): number[] {
  const best: number[] = [];
  const evaluate = (params: Parameters<Problem['evaluate']>[0]) =>
    ({ status: 'completed', value: problem.evaluate(params), step: 1 }) as const;
  for (const { value } of runAlone(specOf(problem, run), evaluate)) {
    best.push(Math.min(value ?? Number.POSITIVE_INFINITY, best.at(-1) ?? Number.POSITIVE_INFINITY));
  }
  return best;
}

function specOf({ name, space }: Problem, { sampler, trials, seed }: Run): SearchSpec {
  return {
    name,
    trainer: { kind: 'mlp', dataset: '', params: {}, maxRetries: 0 },
    space,
    objective: { metric: 'value', direction: 'minimize' },
    sampler,
    scheduler: { kind: 'fifo' },
    stop: { maxTrials: trials },
    parallelism: 1,
    seed,
    reproducibility: 'strict',
  };
}
