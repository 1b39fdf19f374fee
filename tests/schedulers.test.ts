import type { SearchSpecInput } from '@caviar/spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allTrials, DEFAULTS, reproducible, type Stack, startStack } from './support/stack.js';

/** Trials that differ in speed and outcome; some diverge. */
const SPEC: SearchSpecInput = {
  ...DEFAULTS,
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 9, hiddenUnits: 8 }, maxRetries: 0 },
  space: {
    learningRate: { kind: 'float', min: 1e-4, max: 3, scale: 'log' },
    batchSize: { kind: 'int', min: 32, max: 512, scale: 'log' },
    optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'adam'] },
  },
  sampler: { kind: 'random' },
  scheduler: { kind: 'asha', minResource: 1, maxResource: 9, eta: 3 },
  stop: { maxTrials: 27 },
  seed: 11,
};

const TARGET: SearchSpecInput = { ...SPEC, stop: { maxTrials: 200, targetValue: 0.2 } };
const THROUGHPUT: SearchSpecInput = { ...SPEC, reproducibility: 'throughput' };

// The same two sets of workers for both tests: starting them takes longer than much that they do.
const stacks: Stack[] = [];
beforeAll(async () => {
  for (const workers of [1, 4]) stacks.push(await startStack({ workers }));
});
afterAll(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
});

/** What becomes of each search with so many workers. */
async function runWith(workers: 1 | 4, specs: readonly SearchSpecInput[]) {
  const stack = stacks.find((each) => each.workers.length === workers)!;
  const runs = specs.map(async (spec) => {
    const { search } = await stack.orchestrator.createSearch(spec, {});
    const { status } = await stack.finished(search.id);
    expect(status).toBe('completed');
    return { board: await reproducible(stack, search.id), trials: await allTrials(stack, search.id) };
  });
  return Promise.all(runs);
}

test('asha gives few trials all epochs, says why, and does the same with 1 worker and with 4', {
  timeout: 180_000,
}, async () => {
  const [alone, aloneToTarget] = await runWith(1, [SPEC, TARGET]);
  const [together, togetherToTarget, throughput] = await runWith(4, [SPEC, TARGET, THROUGHPUT]);

  for (const { trials } of [alone!, throughput!]) {
    const steps = trials.map(({ step }) => step);
    expect(steps).toHaveLength(27);
    expect(steps.filter((step) => step === 1).length).toBeGreaterThan(10);
    expect(steps.filter((step) => step === 9).length).toBeGreaterThan(0);
    for (const { status, reason } of trials) {
      expect(['completed', 'pruned', 'infeasible']).toContain(status);
      if (status === 'pruned') expect(reason).toMatch(/^Rung \d of 3 at step/);
    }
  }
  expect(together!.board).toEqual(alone!.board);
  expect(togetherToTarget!.board).toEqual(aloneToTarget!.board);
  expect(aloneToTarget!.trials.length).toBeLessThan(200);
});

/** Settings that make 12 trials go through every kind of decision. */
const OTHERS: readonly SearchSpecInput['scheduler'][] = [
  { kind: 'median', startup: 2, warmup: 2, interval: 3 },
  { kind: 'successive-halving', minResource: 1, eta: 3 },
  { kind: 'hyperband', minResource: 1, eta: 3 },
  { kind: 'pbt', population: 4, interval: 3, quantile: 0.25, factors: [0.5, 2], resample: 0.25 },
];

test('the other schedulers do the same with 1 worker and with 4', { timeout: 180_000 }, async () => {
  const specs = OTHERS.map((scheduler) => ({ ...SPEC, scheduler, stop: { maxTrials: 12 } }));
  const alone = await runWith(1, specs);
  const together = await runWith(4, specs);
  for (const [i, { board, trials }] of alone.entries()) {
    expect(together[i]!.board).toEqual(board);
    expect(trials).toHaveLength(12);
    expect(trials.filter(({ status }) => status === 'failed').map(({ reason }) => reason)).toEqual([]);
    expect(trials.some(({ status, step }) => status === 'completed' && step === 9)).toBe(true);
  }
  const copies = alone.at(-1)!.trials.filter(({ proposal }) => proposal.startsWith('Goes on from trial'));
  expect(copies.length).toBeGreaterThan(0);
});
