import {
  type LearningContext,
  type LearningSummary,
  observe,
  planSearch,
  startLearning,
  suggestNext,
  summarizeLearning,
  type TrialRecord,
} from '@caviar/search';
import type { SearchSpec } from '@caviar/spec';
import { expect, test } from 'vitest';
import { type LearnerQuestion, learnerOf } from './learners.js';

const SPEC: SearchSpec = {
  name: 'small',
  trainer: { kind: 'quadratic', params: {}, maxRetries: 2 },
  space: {
    learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
    start: { kind: 'float', min: -5, max: 5, scale: 'linear' },
  },
  objective: { metric: 'cost', direction: 'minimize' },
  sampler: { kind: 'tpe', startup: 10, candidates: 4 },
  scheduler: { kind: 'fifo' },
  stop: { maxTrials: 100_000 },
  parallelism: 8,
  seed: 3,
  reproducibility: 'strict',
};

/** What trial `number` came to: all that is told of it is a function of its number. */
function outcome(number: number): TrialRecord {
  const [a, b] = [(number * 0.618) % 1, (number * 0.414) % 1];
  const params = { learningRate: 10 ** (-4 * a), start: 10 * b - 5 };
  return { number, params, status: 'completed', value: (a - 0.3) ** 2 + (b - 0.6) ** 2, step: 10 };
}

/** The learner of a search of that name whose trials below a number have all ended. */
function ask(id: string, below: number, stored?: LearningSummary) {
  const search = { id, spec: SPEC, spaceVersion: 1, rounds: [] };
  const state = {
    search,
    spaces: [],
    nextNumber: below,
    firstOpenNumber: below,
  } as unknown as LearnerQuestion['state'];
  const learning = { read: async () => stored ?? null, keep: async () => {} };
  // Nothing else is asked about.
  const stores = { learning } as unknown as Parameters<typeof learnerOf>[0];
  return learnerOf(stores, { state, plan: planSearch(SPEC) });
}

test('a learner forgets as it goes on, and proposes what one that remembers everything would', async () => {
  const naive = startLearning(SPEC)!;
  let mostHeld = 0;
  for (let number = 0; number < 5_000; number++) {
    const learning = (await ask('srch_small', number))!;
    mostHeld = Math.max(mostHeld, learning.firstUnobserved - learning.begunAt);
    for (const each of [learning, naive]) observe(each, [outcome(number)]);
    if (number % 97 === 0) expect(suggestNext(learning, number + 1, [])).toEqual(suggestNext(naive, number + 1, []));
  }
  expect(mostHeld).toBeLessThan(1_100);
});

test('it does so the more seldom the more trials there were: what it then goes through may be as many', async () => {
  const first = startLearning(SPEC)!;
  observe(
    first,
    Array.from({ length: 100 }, (_, number) => outcome(number)),
  );
  const below = 600_000;
  const stored = { ...summarizeLearning(first)!, below };
  const learners = new Set<LearningContext>();
  for (let number = below; number < below + 20_000; number++) {
    const learning = (await ask('srch_large', number + SPEC.parallelism, stored))!;
    learners.add(learning);
    observe(learning, [outcome(number)]);
  }
  expect(learners.size).toBe(3);
});
