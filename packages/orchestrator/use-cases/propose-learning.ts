import {
  hasObserved,
  historyNeeded,
  type LearningContext,
  observe,
  type Suggestion,
  suggestNext,
} from '@caviar/search';
import { isFinal } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { needsMetrics, toTrialRecord } from '../objective-value.js';
import type { SearchForAdvance } from '../ports/search-store.js';
import { learnerOf } from './learners.js';
import type { PreparedSearch } from './prepared-search.js';

interface Question {
  readonly state: SearchForAdvance;
  readonly plan: PreparedSearch['plan'];
  readonly endNumber: number;
}

/**
 * Proposes trials `nextNumber` to `endNumber - 1` with a sampler that learns. In `strict` mode each is shown exactly the
 * outcomes that its number entitles it to, so whichever process asks, and whenever, the answer is the same; otherwise
 * all there are by now. None while another process is learning from many trials: it goes on with the search.
 */
export async function proposeLearning(
  deps: Pick<Deps, 'searches' | 'trials' | 'learning'>,
  { state, plan, endNumber }: Question,
): Promise<readonly Suggestion[]> {
  const { search, nextNumber } = state;
  let learning = await learnerOf(deps, { state, plan });
  const mayObserve = (number: number) => (plan.window === null ? number : historyNeeded(plan, number));
  if (learning !== null && hasSeenTooMuch(learning, mayObserve(nextNumber))) {
    learning = await learnerOf(deps, { state, plan, anew: true });
  }
  if (learning === null) return [];
  const from = learning.firstUnobserved;
  const which = { from, below: nextNumber, withMetrics: needsMetrics(search.spec) };
  const stored = await deps.trials.records(search.id, which);
  const records = stored.map((trial) => toTrialRecord(search.spec, trial));
  // From here on nothing is awaited, so no other call of this process can take the learner further in between; one may
  // have done so before.
  if (hasSeenTooMuch(learning, mayObserve(nextNumber))) return [];
  const made: { readonly number: number; readonly params: Suggestion['params'] }[] = [...records];
  const suggestions: Suggestion[] = [];
  for (let number = nextNumber; number < endNumber; number++) {
    const below = mayObserve(number);
    observe(
      learning,
      records.filter((trial) => trial.number < below && isFinal(trial.status)),
    );
    const pending = made.filter((trial) => !hasObserved(learning, trial.number));
    const suggestion = suggestNext(learning, number, pending);
    suggestions.push(suggestion);
    made.push({ number, params: suggestion.params });
  }
  return suggestions;
}

/** A larger parallelism entitles the next trials to less than earlier ones have been shown. */
function hasSeenTooMuch({ firstUnobserved, beyond }: LearningContext, below: number): boolean {
  return firstUnobserved + beyond.size > below;
}
