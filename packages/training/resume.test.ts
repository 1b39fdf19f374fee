import { describe, expect, it } from 'vitest';
import { splitRows } from './data/split.js';
import { clouds, drain, lastMetrics, mlpJob } from './fixtures/jobs.js';
import { failedResumes, resumeCases } from './fixtures/resumes.js';
import { startTraining } from './start-training.js';

describe('a run that goes on from a checkpoint', () => {
  // Every eleventh: each optimiser, decay and switch is among them in several company. The long form takes all.
  const cases = resumeCases().filter((_, i) => i % 11 === 0);

  it.each(cases.map((params, i) => [params, i] as const))('comes to the same bits: %j', (params, i) => {
    expect(failedResumes(params, i)).toBe(0);
  });

  it('keeps the best epoch where the dev loss was not finite at first', () => {
    const dataset = clouds({ rows: 60, features: 4, classes: 2 });
    const { dev } = splitRows(dataset, { train: 0.6, dev: 0.2, test: 0.2 }, 1);
    const features = dataset.features.slice();
    // Times the first weights, about 1000, this overflows; L2 makes them a tenth as large in every epoch.
    features.fill(-1e38, dev[0]! * 4, dev[0]! * 4 + 4);
    const job = mlpJob(
      { ...dataset, features },
      {
        hiddenLayers: 0,
        initScale: 1000,
        optimizer: 'gd',
        learningRate: 1e-3,
        l2: (0.9 * 36) / 1e-3,
        batchSize: 'full',
        normalizeInputs: false,
        earlyStopping: true,
        patience: 20,
        epochs: 12,
      },
    );
    const whole = drain(startTraining(job));
    expect(whole[0]).toMatchObject({ metrics: { 'dev.loss': null, bestEpoch: 1 } });
    expect(lastMetrics(whole)['bestEpoch']).toBeGreaterThan(1);
    const run = startTraining(job);
    for (let taken = 0; taken < whole.length; taken++) {
      expect(drain(startTraining(job, run.checkpoint()))).toEqual(whole.slice(taken));
      run.next();
    }
  });
});
