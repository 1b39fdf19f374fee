import { stream } from '@caviar/numerics';
import type { Params, SearchSpec } from '@caviar/spec';
import type { TrialRecord } from '../history.js';
import { historyNeeded, planSearch } from '../plan-search.js';
import type { Suggestion } from '../samplers/sampler.js';
import { hasObserved, type LearningContext, observe, startLearning, suggestNext } from '../suggest.js';
import type { Outcome } from './run-search.js';

export interface ParallelRun {
  /** Trials that run at once, at most. */
  readonly workers: number;
  /** Of the random durations, and of the moments when the learner is lost and built anew. */
  readonly seed: number;
  readonly evaluate: (params: Params, number: number) => Outcome;
}

/**
 * Runs a search of a learning sampler with several workers and random durations: results come in any order, and now and
 * then the process that proposes dies and another takes over. Gives the suggestions by number.
 */
export function runParallel(spec: SearchSpec, { workers, seed, evaluate }: ParallelRun): Suggestion[] {
  const plan = planSearch(spec);
  const random = stream(seed, 'durations');
  const suggestions: Suggestion[] = [];
  const running: { readonly record: TrialRecord; readonly endsAt: number }[] = [];
  const final = new Map<number, TrialRecord>();
  let learning = startLearning(spec)!;
  let now = 0;
  let firstOpen = 0;
  for (let number = 0; number < (plan.totalTrials ?? 0); ) {
    if (running.length < workers && historyNeeded(plan, number) <= firstOpen) {
      if (random.uniform() < 0.1) learning = startLearning(spec)!;
      const suggestion = propose(learning, number, { made: suggestions, final, plan });
      suggestions.push(suggestion);
      const outcome = evaluate(suggestion.params, number);
      const status = typeof outcome === 'number' ? 'completed' : outcome;
      const value = typeof outcome === 'number' ? outcome : null;
      const record: TrialRecord = { number, params: suggestion.params, status, value, step: 1 };
      running.push({ record, endsAt: now - Math.log(random.uniformOpen()) });
      number++;
      continue;
    }
    running.sort((a, b) => a.endsAt - b.endsAt);
    const { record, endsAt } = running.shift()!;
    now = endsAt;
    final.set(record.number, record);
    while (final.has(firstOpen)) firstOpen++;
  }
  return suggestions;
}

interface Known {
  readonly made: readonly Suggestion[];
  readonly final: ReadonlyMap<number, TrialRecord>;
  readonly plan: ReturnType<typeof planSearch>;
}

function propose(learning: LearningContext, number: number, { made, final, plan }: Known): Suggestion {
  const below = plan.window === null ? number : historyNeeded(plan, number);
  observe(
    learning,
    [...final.values()].filter((trial) => trial.number < below).sort((a, b) => a.number - b.number),
  );
  return suggestNext(
    learning,
    number,
    made.filter((trial) => !hasObserved(learning, trial.number)),
  );
}
