import type { Params, Round, SearchSpec } from '@caviar/spec';
import type { TrialRecord } from './history.js';
import { decideRound, plannedRoundOf, planSearch } from './plan-search.js';
import { observe, prepareSearch, startLearning, suggest, suggestNext } from './suggest.js';

/**
 * A search in memory, one trial after the other, each evaluated at once: what samplers are compared by. Gives a record
 * per trial for as long as the caller asks and the plan goes.
 */
export function* runAlone(
  spec: SearchSpec,
  evaluate: (params: Params, number: number) => Omit<TrialRecord, 'number' | 'params'>,
): Generator<TrialRecord> {
  const plan = planSearch(spec);
  const history: TrialRecord[] = [];
  const rounds: Round[] = [];
  let learning = startLearning(spec);
  let context = learning === null ? prepareSearch(spec) : null;
  for (let number = 0; number < (plan.totalTrials ?? Number.POSITIVE_INFINITY); number++) {
    const planned = plannedRoundOf(plan, number);
    if (planned !== null && planned.index === rounds.length) {
      rounds.push(decideRound(spec, plan, { index: planned.index, history, rounds, spaceFirstNumber: 0 }));
      const state = { spaceFirstNumber: 0, rounds };
      learning = startLearning(spec, state);
      context = learning === null ? prepareSearch(spec, state) : null;
      if (learning !== null) observe(learning, history);
    }
    const { params } =
      learning === null ? suggest(context!, number, number + 1)[0]! : suggestNext(learning, number, []);
    const record = { number, params, ...evaluate(params, number) };
    history.push(record);
    if (learning !== null) observe(learning, [record]);
    yield record;
  }
}
