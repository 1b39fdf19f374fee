import {
  type Importance,
  importance,
  MAX_IMPORTANCE_TRIALS,
  MIN_IMPORTANCE_TRIALS,
  sampleNumbers,
} from '@caviar/search';
import type { Progress, Search } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { Orchestrator } from '../orchestrator.js';
import { otherObjective } from './other-objective.js';
import { getSearch } from './read-searches.js';

/** Answers kept in memory. */
const KEPT = 64;

/**
 * What the objective of a search depends on (fANOVA). An answer is kept until the search changes, whoever asks; one is
 * worked out at a time, a tree after the other, so that the process goes on serving.
 */
export function createExplainer(deps: Pick<Deps, 'searches' | 'trials'>): Orchestrator['explainSearch'] {
  const kept = new Map<string, Promise<Importance>>();
  let last: Promise<unknown> = Promise.resolve();
  return async (id, objective) => {
    const search = await getSearch(deps, id);
    const metric = otherObjective(search.spec, objective)?.metric;
    const key = JSON.stringify([id, search.version, metric]);
    let answer = kept.get(key);
    if (answer === undefined) {
      answer = last.then(() => explain(deps, search, metric));
      // A failure is not kept: it may be the database's, and too few trials now are enough a moment later.
      last = answer.catch(() => kept.delete(key));
      const [oldest] = kept.keys();
      if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
      kept.set(key, answer);
    }
    return { searchId: id, version: search.version, ...(await answer) };
  };
}

async function explain(
  { trials }: Pick<Deps, 'trials'>,
  search: Search,
  metric: string | undefined,
): Promise<Importance> {
  const { space, seed, constraints } = search.spec;
  const numbers = sampleNumbers(madeOf(search.progress), search.progress.completed, seed);
  const sample = await trials.valued(search.id, { numbers, limit: MAX_IMPORTANCE_TRIALS, seed, metric });
  const steps = importance(space, sample, { seed });
  for (;;) {
    const { done, value } = steps.next();
    if (done !== true) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    if (value === 'too-few-trials') {
      const kept = constraints === undefined ? '' : ' that keep the constraints';
      throw nothing(`at least ${MIN_IMPORTANCE_TRIALS} completed trials in the present space${kept} are needed`);
    }
    if (value === 'no-variance') throw nothing('no parameter makes a difference to the value in any trial so far');
    return value;
  }
}

function madeOf({ queued, running, paused, completed, pruned, infeasible, failed, cancelled }: Progress): number {
  return queued + running + paused + completed + pruned + infeasible + failed + cancelled;
}

const nothing = (why: string) => new DomainError('nothing-to-explain', `There is nothing to explain yet: ${why}`);
