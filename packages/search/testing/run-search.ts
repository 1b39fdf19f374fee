import type { Params, Round, SearchSpec, TrialStatus } from '@caviar/spec';
import type { TrialRecord } from '../history.js';
import { decideRound, historyNeeded, plannedRoundOf, planSearch } from '../plan-search.js';
import type { Suggestion } from '../samplers/sampler.js';
import { observe, prepareSearch, startLearning, suggest, suggestNext } from '../suggest.js';

export interface FinishedSearch {
  readonly history: readonly TrialRecord[];
  readonly rounds: readonly Round[];
  readonly suggestions: readonly Suggestion[];
}

/** What a trial comes to: a value, or the way it went wrong. */
export type Outcome = number | Exclude<TrialStatus, 'completed'>;

/**
 * Runs a whole search one trial at a time, as an orchestrator with one worker would. In `strict` mode a learning sampler
 * sees no more than it would with `parallelism` trials in flight.
 */
export function runSearch(spec: SearchSpec, evaluate: (params: Params, number: number) => Outcome): FinishedSearch {
  const plan = planSearch(spec);
  const history: TrialRecord[] = [];
  const rounds: Round[] = [];
  const suggestions: Suggestion[] = [];
  let learning = startLearning(spec);
  let context = learning === null ? prepareSearch(spec) : null;
  for (let number = 0; number < (plan.totalTrials ?? 0); number++) {
    const needed = historyNeeded(plan, number);
    if (needed > history.length) throw new Error(`trial ${number} is asked for too soon`);
    const planned = plannedRoundOf(plan, number);
    if (planned !== null && planned.index === rounds.length) {
      rounds.push(decideRound(spec, plan, { index: planned.index, history, rounds, spaceFirstNumber: 0 }));
      const state = { spaceFirstNumber: 0, rounds };
      learning = startLearning(spec, state);
      context = learning === null ? prepareSearch(spec, state) : null;
    }
    if (learning !== null) observe(learning, history.slice(0, plan.window === null ? number : needed));
    const suggestion =
      learning === null
        ? suggest(context!, number, number + 1)[0]!
        : suggestNext(learning, number, plan.window === null ? [] : history.slice(needed));
    suggestions.push(suggestion);
    const outcome = evaluate(suggestion.params, number);
    const status = typeof outcome === 'number' ? 'completed' : outcome;
    const value = typeof outcome === 'number' ? outcome : null;
    history.push({ number, params: suggestion.params, status, value, step: 1 });
  }
  return { history, rounds, suggestions };
}

/** Best value of the completed trials; lower is better. */
export function bestValue({ history }: FinishedSearch): number {
  return Math.min(...history.flatMap(({ value }) => (value === null ? [] : [value])));
}
