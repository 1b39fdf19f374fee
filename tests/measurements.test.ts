import { expect, test } from 'vitest';
import { allTrials, DEFAULTS, startStack } from './support/stack.js';

test('a worker tells the pace of every epoch, beside what is reproducible', async () => {
  const stack = await startStack({ workers: 1 });
  try {
    const { search } = await stack.orchestrator.createSearch(
      {
        ...DEFAULTS,
        trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 3, hiddenUnits: [16, 8] }, maxRetries: 0 },
        space: { learningRate: { kind: 'float', min: 1e-3, max: 1e-2, scale: 'log' } },
        sampler: { kind: 'random' },
        stop: { maxTrials: 2 },
        seed: 3,
      },
      {},
    );
    await stack.finished(search.id);
    for (const { id } of await allTrials(stack, search.id)) {
      const curve = await stack.orchestrator.measurements(id, {});
      expect(curve.map(({ step }) => step)).toEqual([1, 2, 3]);
      for (const { timing, metrics } of curve) {
        expect(timing?.seconds).toBeGreaterThan(0);
        // 60 % of 1,797 pictures are trained on; seconds are rounded to six digits.
        expect((timing?.samplesPerSecond ?? 0) * (timing?.seconds ?? 0)).toBeCloseTo(1079, -1);
        expect(Object.keys(metrics)).toEqual(expect.arrayContaining(['layer3.gradientNorm', 'layer2.deadUnits']));
        expect(metrics).not.toHaveProperty('seconds');
      }
    }
  } finally {
    await stack.stop();
  }
});
