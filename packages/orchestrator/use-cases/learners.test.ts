import { observe, planSearch, startLearning, suggestNext, type TrialRecord } from '@caviar/search';
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

test('a learner forgets as it goes on, and proposes what one that remembers everything would', async () => {
  const plan = planSearch(SPEC);
  const stores = {} as Parameters<typeof learnerOf>[0]; // fewer trials than stores are asked about
  const ask = (below: number) => {
    const search = { id: 'srch_small', spec: SPEC, spaceVersion: 1, rounds: [] };
    const state = {
      search,
      spaces: [],
      nextNumber: below,
      firstOpenNumber: below,
    } as unknown as LearnerQuestion['state'];
    return learnerOf(stores, { state, plan });
  };
  const naive = startLearning(SPEC)!;
  let mostHeld = 0;
  for (let number = 0; number < 5_000; number++) {
    const learning = (await ask(number))!;
    mostHeld = Math.max(mostHeld, learning.firstUnobserved - learning.begunAt);
    for (const each of [learning, naive]) observe(each, [outcome(number)]);
    if (number % 97 === 0) expect(suggestNext(learning, number + 1, [])).toEqual(suggestNext(naive, number + 1, []));
  }
  expect(mostHeld).toBeLessThan(1_100);
});
