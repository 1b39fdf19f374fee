import type { Params, Round, SamplerSpec, SearchSpec } from '@caviar/spec';
import type { TrialRecord } from '../../history.js';
import { decideRound, plannedRoundOf, planSearch } from '../../plan-search.js';
import { observe, prepareSearch, startLearning, suggest, suggestNext } from '../../suggest.js';
import type { Problem } from '../problems/problem.js';

/** How a search is run on a problem. */
export interface Run {
  readonly sampler: SamplerSpec;
  readonly trials: number;
  readonly seed: number;
}

/** The least value after each trial of a search that runs one trial at a time. */
export function bestSoFar(problem: Problem, run: Run): number[] {
  const spec = specOf(problem, run);
  const propose = proposer(spec);
  const history: TrialRecord[] = [];
  const best: number[] = [];
  for (let number = 0; number < run.trials; number++) {
    const params = propose(number, history);
    const value = problem.evaluate(params);
    history.push({ number, params, status: 'completed', value, step: 1 });
    best.push(Math.min(value, best.at(-1) ?? Number.POSITIVE_INFINITY));
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

function proposer(spec: SearchSpec): (number: number, history: readonly TrialRecord[]) => Params {
  const learning = startLearning(spec);
  if (learning !== null) {
    return (number, history) => {
      observe(learning, history.slice(-1));
      return suggestNext(learning, number, []).params;
    };
  }
  const plan = planSearch(spec);
  const rounds: Round[] = [];
  let context = prepareSearch(spec);
  return (number, history) => {
    const planned = plannedRoundOf(plan, number);
    if (planned !== null && planned.index === rounds.length) {
      rounds.push(decideRound(spec, plan, { index: planned.index, history, rounds, spaceFirstNumber: 0 }));
      context = prepareSearch(spec, { spaceFirstNumber: 0, rounds });
    }
    return suggest(context, number, number + 1)[0]!.params;
  };
}
