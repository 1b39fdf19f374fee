import type { GradientCheckRequest } from '@caviar/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS, type Stack, startStack } from './support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 1 });
});
afterAll(() => stack.stop());

const REQUEST: GradientCheckRequest = {
  dataset: 'breast-cancer-wisconsin',
  params: { hiddenUnits: [6, 5], activation: 'tanh', l2: 0.7 },
  seed: 3,
  epochs: 2,
  examples: 16,
};

describe('a gradient check', () => {
  test('is done by a worker, at initialisation and again after training, layer by layer', async () => {
    const { verdict, parameters, checks } = await stack.orchestrator.checkGradients(REQUEST, 'default');
    expect(verdict).toBe('great');
    expect(parameters).toBe(30 * 6 + 6 + 6 * 5 + 5 + 5 + 1);
    expect(checks.map(({ epochs, examples }) => [epochs, examples])).toEqual([
      [0, 16],
      [2, 16],
    ]);
    for (const { layers, relativeError } of checks) {
      expect(relativeError).toBeLessThan(1e-6);
      expect(layers.map(({ layer, part }) => `${layer} ${part}`)).toEqual([
        '1 weights',
        '1 bias',
        '2 weights',
        '2 bias',
        '3 weights',
        '3 bias',
      ]);
    }
  });

  test.each([
    [{ params: { keepProb: 0.5 } }, ['params', 'keepProb'], /dropout/],
    [{ params: { momentum: 1 } }, ['params', 'momentum'], /has no parameter/],
    [{ params: { hiddenUnits: 5000 } }, ['params', 'hiddenUnits'], /too much/],
    [{ params: { hiddenUnits: [6, 5], keepProb: [0.9] } }, ['params', 'keepProb'], /there are 2 hidden layers/],
    [
      { params: { hiddenUnits: [4, 4], activation: 'linear', optimizer: 'gd', learningRate: 1000 }, epochs: 100 },
      ['params'],
      /no gradients to check: diverged.* of layer \d/,
    ],
    [{ params: { augmentation: 'flip' } }, ['params', 'augmentation'], /not a set of pictures/],
    [{ dataset: 'none' }, ['dataset'], /there is no data set/],
  ])('is refused for %o, naming where', async (change, path, message) => {
    const answer = stack.orchestrator.checkGradients(
      { ...REQUEST, ...(change as Partial<GradientCheckRequest>) },
      'default',
    );
    await expect(answer).rejects.toMatchObject({
      code: 'invalid-spec',
      issues: [{ path, message: expect.stringMatching(message) }],
    });
  });
});

describe('a diagnosis', () => {
  test('names the verdict of the best trial, and a next search that can be posted as it is', async () => {
    const { search } = await stack.orchestrator.createSearch(
      {
        ...DEFAULTS,
        trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 1, optimizer: 'gd' }, maxRetries: 0 },
        space: { learningRate: { kind: 'float', min: 1e-5, max: 1e-4, scale: 'log' } },
        sampler: { kind: 'random' },
        stop: { maxTrials: 4 },
        seed: 2,
      },
      {},
    );
    await stack.finished(search.id);
    const diagnosis = await stack.orchestrator.diagnoseSearch(search.id, { bayesError: 0 });
    // Hardly trained: it is wrong on the training set too.
    expect(diagnosis.verdict).toBe('high-bias');
    expect(diagnosis.trialId).toBe((await stack.orchestrator.getSearch(search.id)).best?.trialId);
    expect(diagnosis.avoidableBias.low).toBeGreaterThan(0.3);
    expect(diagnosis.changes.length).toBeGreaterThan(0);
    const next = await stack.orchestrator.createSearch({ ...diagnosis.nextSearch, stop: { maxTrials: 1 } }, {});
    expect((await stack.finished(next.search.id)).status).toBe('completed');
    // With a Bayes error as high as that, there is nothing wrong with the network.
    const trial = await stack.orchestrator.diagnoseTrial(diagnosis.trialId, { bayesError: 0.99 });
    expect(trial.verdict).toBe('low-bias-and-variance');
  });

  test('says so when there is nothing to diagnose', async () => {
    const { search } = await stack.orchestrator.createSearch(
      {
        ...DEFAULTS,
        trainer: { kind: 'quadratic', params: {}, maxRetries: 0 },
        space: { learningRate: { kind: 'float', min: 0.1, max: 0.2, scale: 'linear' } },
        sampler: { kind: 'random' },
        stop: { maxTrials: 1 },
      },
      {},
    );
    await stack.finished(search.id);
    const answer = stack.orchestrator.diagnoseSearch(search.id, { bayesError: 0 });
    await expect(answer).rejects.toMatchObject({ code: 'nothing-to-diagnose' });
  });
});
