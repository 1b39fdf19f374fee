import type { Params, Round, SearchSpec, TrialStatus } from '@caviar/spec';
import type { TrialRecord } from '../history.js';
import { decideRound, historyNeeded, plannedRoundOf, planSearch } from '../plan-search.js';
import { prepareSearch, suggest } from '../suggest.js';

export interface FinishedSearch {
  readonly history: readonly TrialRecord[];
  readonly rounds: readonly Round[];
}

/** What a trial comes to: a value, or the way it went wrong. */
export type Outcome = number | Exclude<TrialStatus, 'completed'>;

/** Runs a whole search one trial at a time, as an orchestrator with one worker would. */
export function runSearch(spec: SearchSpec, evaluate: (params: Params, number: number) => Outcome): FinishedSearch {
  const plan = planSearch(spec);
  const history: TrialRecord[] = [];
  const rounds: Round[] = [];
  let context = prepareSearch(spec);
  for (let number = 0; number < (plan.totalTrials ?? 0); number++) {
    if (historyNeeded(plan, number) > history.length) throw new Error(`trial ${number} is asked for too soon`);
    const planned = plannedRoundOf(plan, number);
    if (planned !== null && planned.index === rounds.length) {
      rounds.push(decideRound(spec, plan, { index: planned.index, history, rounds, spaceFirstNumber: 0 }));
      context = prepareSearch(spec, { spaceFirstNumber: 0, rounds });
    }
    const [suggestion] = suggest(context, number, number + 1);
    const outcome = evaluate(suggestion!.params, number);
    const status = typeof outcome === 'number' ? 'completed' : outcome;
    history.push({ number, params: suggestion!.params, status, value: typeof outcome === 'number' ? outcome : null });
  }
  return { history, rounds };
}

/** Best value of the completed trials; lower is better. */
export function bestValue({ history }: FinishedSearch): number {
  return Math.min(...history.flatMap(({ value }) => (value === null ? [] : [value])));
}
