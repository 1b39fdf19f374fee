import {
  hasObserved,
  historyNeeded,
  type LearningContext,
  observe,
  type Suggestion,
  startLearning,
  suggestNext,
} from '@caviar/search';
import { isFinal } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { toTrialRecord } from '../objective-value.js';
import type { SearchForAdvance } from '../ports/search-store.js';
import type { PreparedSearch } from './prepared-search.js';

/** Learners kept in memory; one that is gone is built anew from Postgres. */
const KEPT = 32;
const kept = new Map<string, LearningContext>();

interface Question {
  readonly state: SearchForAdvance;
  readonly plan: PreparedSearch['plan'];
  readonly endNumber: number;
}

/**
 * Proposes trials `nextNumber` to `endNumber - 1` with a sampler that learns. In `strict` mode each is shown exactly the
 * outcomes that its number entitles it to, so whichever process asks, and whenever, the answer is the same; otherwise
 * all there are by now.
 */
export async function proposeLearning(
  deps: Pick<Deps, 'searches' | 'trials'>,
  { state, plan, endNumber }: Question,
): Promise<readonly Suggestion[]> {
  const { search, nextNumber } = state;
  let learning = await learningOf(deps, { state, plan });
  const mayObserve = (number: number) => (plan.window === null ? number : historyNeeded(plan, number));
  if (hasSeenTooMuch(learning, mayObserve(nextNumber))) learning = await learningOf(deps, { state, plan, anew: true });
  const from = learning.firstUnobserved;
  const stored = await deps.trials.records(search.id, { from, below: nextNumber });
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

async function learningOf(
  { searches }: Pick<Deps, 'searches'>,
  { state, plan, anew = false }: Pick<Question, 'state' | 'plan'> & { readonly anew?: boolean },
): Promise<LearningContext> {
  const { search, spaces } = state;
  const { name: _, stop: __, ...decisive } = search.spec;
  // `auto` may pick another sampler after a change of maxTrials.
  const { length: rounds } = search.rounds;
  const key = JSON.stringify([search.id, search.spaceVersion, rounds, plan.sampler.kind, decisive]);
  const known = kept.get(key);
  if (known !== undefined && !anew) return known;
  const prior = search.spec.warmStart === undefined ? [] : await searches.prior(search.id);
  const spaceFirstNumber = spaces.at(-1)?.firstNumber ?? 0;
  const learning = startLearning(search.spec, { spaceFirstNumber, rounds: search.rounds, prior });
  if (learning === null) throw new TypeError(`the sampler of ${search.id} does not learn`);
  const [oldest] = kept.keys();
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, learning);
  return learning;
}

/** A larger parallelism entitles the next trials to less than earlier ones have been shown. */
function hasSeenTooMuch({ firstUnobserved, beyond }: LearningContext, below: number): boolean {
  return firstUnobserved + beyond.size > below;
}
