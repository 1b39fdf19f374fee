import type { SearchSpecInput } from '@caviar/spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allTrials, DEFAULTS, type Stack, startStack } from './support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 1 });
});
afterAll(() => stack.stop());

const SPEC: SearchSpecInput = {
  ...DEFAULTS,
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 3, hiddenUnits: 16, keepProb: 0.9 }, maxRetries: 0 },
  space: { learningRate: { kind: 'float', min: 1e-3, max: 0.1, scale: 'log' } },
  sampler: { kind: 'random' },
  stop: { maxTrials: 4 },
  seed: 3,
};

async function ended(change: Partial<SearchSpecInput> = {}) {
  const { search } = await stack.orchestrator.createSearch({ ...SPEC, ...change }, {});
  return stack.finished(search.id);
}

test('the test set is opened once, for the winner, after the search', async () => {
  const { orchestrator } = stack;
  const { id, best } = await ended();
  const first = await orchestrator.evaluateTest(id);
  expect(first).toMatchObject({ trialId: best?.trialId, number: best?.number });
  // A fifth of 1,797.
  expect(first.rows).toBeGreaterThan(350);
  expect(first.rows).toBeLessThan(370);
  const error = first.metrics['test.error']!;
  expect(error).toBeGreaterThan(0);
  expect(Math.abs(error - best!.value)).toBeLessThan(0.08);
  expect(await orchestrator.evaluateTest(id)).toEqual(first);

  // Another search of the same seed finds the same network again: the winner was trained to the same bits.
  const again = await ended();
  const second = await orchestrator.evaluateTest(again.id);
  expect(second.metrics).toEqual(first.metrics);

  // Nothing of it is to be seen anywhere else.
  const trials = await allTrials(stack, id);
  const curves = await Promise.all(trials.map((trial) => orchestrator.measurements(trial.id, {})));
  expect(JSON.stringify([trials, curves, await orchestrator.getSearch(id)])).not.toMatch(/test\.(error|loss)/);
});

test('a winner that waited at rungs is trained again in one go', async () => {
  const { id, best } = await ended({ scheduler: { kind: 'asha', minResource: 1, maxResource: 3, eta: 2 } });
  const { metrics } = await stack.orchestrator.evaluateTest(id);
  expect(Math.abs(metrics['test.error']! - best!.value)).toBeLessThan(0.08);
});

test('a winner that began from another trial is trained again through its whole line', async () => {
  // So slow to learn at first that a copy, which learns eight times as fast, wins.
  const { id, best } = await ended({
    trainer: { ...SPEC.trainer, params: { epochs: 6, hiddenUnits: 16, optimizer: 'adam' } } as never,
    space: { learningRate: { kind: 'float', min: 1e-5, max: 1e-2, scale: 'log' } },
    scheduler: { kind: 'pbt', population: 4, interval: 1, quantile: 0.5, factors: [8], resample: 0 },
    stop: { maxTrials: 12 },
  });
  const winner = await stack.orchestrator.getTrial(best!.trialId);
  expect(winner.proposal).toMatch(/^Goes on from trial/);
  const { metrics } = await stack.orchestrator.evaluateTest(id);
  expect(Math.abs(metrics['test.error']! - best!.value)).toBeLessThan(0.08);
});

test('it stays sealed while the search runs, and where there is nothing to open', async () => {
  const { orchestrator } = stack;
  const { search } = await orchestrator.createSearch({ ...SPEC, stop: { maxTrials: 1000 } }, {});
  await expect(orchestrator.evaluateTest(search.id)).rejects.toMatchObject({ code: 'search-not-ended' });
  await orchestrator.pauseSearch(search.id);
  await expect(orchestrator.evaluateTest(search.id)).rejects.toMatchObject({ code: 'search-not-ended' });
  await orchestrator.cancelSearch(search.id);
  await expect(orchestrator.evaluateTest(`${search.id}x`)).rejects.toMatchObject({ code: 'search-not-found' });

  const noTest = await ended({ trainer: { ...SPEC.trainer, split: { train: 0.8, dev: 0.2, test: 0 } } as never });
  await expect(orchestrator.evaluateTest(noTest.id)).rejects.toMatchObject({
    code: 'nothing-to-evaluate',
    message: expect.stringContaining('leaves no test set'),
  });
  const quadratic = await ended({ trainer: { kind: 'quadratic', params: {}, maxRetries: 0 } });
  await expect(orchestrator.evaluateTest(quadratic.id)).rejects.toMatchObject({ code: 'nothing-to-evaluate' });
});
