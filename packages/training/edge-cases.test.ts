import type { Dataset, Params } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { splitRows } from './data/split.js';
import { clouds, drain, lastMetrics, mlpJob } from './fixtures/jobs.js';
import type { TrainingStep } from './job.js';
import { startTraining } from './start-training.js';

const three = clouds({ rows: 60, features: 8, classes: 3 });
const two = clouds({ rows: 60, features: 8, classes: 2 });
const plane = clouds({ rows: 60, features: 8, classes: null });
/** A row each for train, dev and test. */
const tiny = clouds({ rows: 3, features: 2, classes: null });

const train = (dataset: Dataset, params: Params): TrainingStep[] => drain(startTraining(mlpJob(dataset, params)));
const endOf = (dataset: Dataset, params: Params) => train(dataset, params).at(-1);
const isAllFinite = (steps: readonly TrainingStep[]) =>
  Object.values(lastMetrics(steps)).every((value) => typeof value === 'number');

describe('at the edges of what may be asked', () => {
  it.each<[string, Dataset, Params]>([
    ['a batch larger than the data set, with batch norm', three, { batchSize: 1_000_000, batchNorm: true }],
    ['a single training row', tiny, { l1: 1, l2: 1, optimizer: 'rmsprop' }],
    ['a single feature', clouds({ rows: 60, features: 1, classes: 3 }), {}],
    ['a single class', clouds({ rows: 60, features: 3, classes: 1 }), {}],
    ['a single unit per layer', three, { hiddenUnits: 1, hiddenLayers: 4, activation: 'tanh' }],
    ['a thousand units', three, { hiddenUnits: 1000 }],
    ['ten layers', three, { hiddenLayers: 10 }],
    ['a hundred layers', three, { hiddenLayers: 100, hiddenUnits: 3, activation: 'tanh' }],
    ['batch norm over two examples', three, { batchNorm: true, batchSize: 2 }],
    ['a lambda of a million', three, { l2: 1e6, l1: 1e6 }],
    ['nothing dropped', three, { keepProb: 1, inputKeepProb: 1 }],
    ['nearly nothing dropped', three, { keepProb: 1 - 1e-12 }],
    ['everything dropped: keepProb 1e-10', three, { keepProb: 1e-10, inputKeepProb: 1e-10 }],
    ['everything dropped, and 1 / keepProb infinite', three, { keepProb: 1e-300, activation: 'tanh' }],
    ['a gradient clipped to nothing', three, { gradientClip: 1e-300 }],
    ['no first weights', three, { initScale: 0 }],
    ['factors of 0 for all classes', three, { classWeights: [0, 0, 0] }],
    ['factors of a million', three, { classWeights: [1e6, 1e6, 1e6] }],
    ['the smallest epsilon', three, { epsilon: 1e-30 }],
    ['averages that hardly forget', three, { beta1: 1 - 1e-15, beta2: 1 - 1e-12 }],
    ['averages that remember nothing', three, { beta1: 0, beta2: 1e-300 }],
    ['features that are all the same', { ...three, features: new Float32Array(480).fill(7) }, { batchNorm: true }],
    ['a feature as large as numbers are', withCell(three, 3e38), {}],
  ])('trains with %s', (_, dataset, params) => {
    const steps = train(dataset, { epochs: 3, ...params });
    expect(steps.at(-1)).toEqual({ kind: 'end', status: 'completed', reason: null });
    expect(isAllFinite(steps)).toBe(true);
  });

  it('normalises with a dev row that no training row is like: a constant feature is divided by 1', () => {
    const constant = { ...three, features: new Float32Array(480).fill(7) };
    const { dev } = splitRows(constant, { train: 0.6, dev: 0.2, test: 0.2 }, 1);
    const steps = train(withCell(constant, 9, dev[0]! * 8), { epochs: 2 });
    expect(isAllFinite(steps)).toBe(true);
    expect(lastMetrics(steps)['dev.loss']).not.toBe(lastMetrics(train(constant, { epochs: 2 }))['dev.loss']);
  });

  it('measures a dev part that has no row of a class, by those that it has', () => {
    const info = {
      ...three.info,
      sources: [
        { name: 'web', rows: 40 },
        { name: 'app', rows: 20 },
      ],
    };
    // The app has classes 0 and 1 alone, and dev is drawn from the app.
    const sources = Int32Array.from({ length: 60 }, (_, row) => (row % 3 < 2 && row < 30 ? 1 : 0));
    const job = mlpJob({ ...three, info, sources }, { epochs: 30, learningRate: 0.01 });
    const trainer = {
      ...job.trainer,
      split: { train: 0.5, dev: 0.5, test: 0, sources: ['app'] },
    } as typeof job.trainer;
    const { dev } = splitRows({ ...three, info, sources }, { train: 0.5, dev: 0.5, test: 0, sources: ['app'] }, 1);
    expect(new Set(Array.from(dev, (row) => three.targets[row]))).toEqual(new Set([0, 1]));
    const metrics = lastMetrics(drain(startTraining({ ...job, trainer })));
    expect((metrics['dev.error']! * dev.length) % 1).toBeCloseTo(0, 9);
    expect(metrics['dev.error']).toBeLessThan(0.5);
  });

  it('weighs a class of one training row as much as the others together with balanced weights', () => {
    const targets = Int32Array.from({ length: 60 }, (_, row) => (row < 3 ? 2 : row % 2));
    const blank = { ...three, targets, features: new Float32Array(480) };
    const params = { hiddenLayers: 0, classWeights: 'balanced', epochs: 400, learningRate: 0.05, batchSize: 'full' };
    // Nothing to go by: with equal weights the best guess is a third for every class.
    expect(lastMetrics(train(blank, params))['train.loss']).toBeCloseTo(Math.log(3), 3);
  });

  it('stops after the first epoch that is no better with a patience of 1, and keeps the one before', () => {
    const steps = train(three, { earlyStopping: true, patience: 1, epochs: 200, learningRate: 0.05 });
    const measured = steps.flatMap((step) => (step.kind === 'measurement' ? [step.metrics] : []));
    expect(measured.length).toBeLessThan(200);
    expect(measured.at(-1)!['bestEpoch']).toBe(measured.length - 1);
    expect(measured.at(-1)!['dev.loss']).toBe(measured.at(-2)!['dev.loss']);
  });
});

describe('what cannot be trained', () => {
  it.each<[string, Dataset, Params]>([
    ['steps too large', three, { optimizer: 'gd', learningRate: 1000, hiddenLayers: 3 }],
    ['steps too large, two classes', two, { optimizer: 'momentum', learningRate: 1000, hiddenLayers: 3 }],
    ['steps too large, squared error', plane, { optimizer: 'gd', learningRate: 1000, batchNorm: true }],
    ['a lambda that turns weights round', three, { l2: 1e6, optimizer: 'gd', learningRate: 0.1 }],
    ['first weights too large', three, { initScale: 1000, hiddenLayers: 20 }],
    ['a feature that is no number', withCell(three, Number.NaN), {}],
    ['an infinite feature', withCell(three, Number.NEGATIVE_INFINITY), {}],
    ['targets out of reach', { ...plane, targets: new Float32Array(60).fill(Number.POSITIVE_INFINITY) }, {}],
  ])('ends as infeasible, with epoch and layer named: %s', (_, dataset, params) => {
    expect(endOf(dataset, { epochs: 30, ...params })).toEqual({
      kind: 'end',
      status: 'infeasible',
      reason: expect.stringMatching(
        /^diverged: the loss is not finite in epoch \d+(, nor are|:) the (weights|outputs) of layer \d/,
      ),
    });
  });

  it.each<[string, Dataset, Params, string, RegExp]>([
    ['batch norm over a single row', tiny, { batchNorm: true }, 'batchNorm', /single training row/],
    ['more weights than fit', three, { hiddenUnits: 16_384, hiddenLayers: 20 }, 'hiddenUnits', /\d+\.\d GiB/],
    ['augmentation of what is no picture', three, { augmentation: ['flip'] }, 'augmentation', /not a set of pictures/],
    ['a rate that would rise', three, { lrDecay: 'staircase', decayRate: 2 }, 'decayRate', /at most 1/],
  ])('is refused by name: %s', (_, dataset, params, name, message) => {
    const start = () => startTraining(mlpJob(dataset, params));
    expect(start).toThrow(expect.objectContaining({ name: 'TrainingInputError', path: ['params', name] }));
    expect(start).toThrow(message);
  });

  it('is refused by the batch where that is what takes the memory', () => {
    const rows = clouds({ rows: 60_000, features: 1, classes: 2 });
    const start = () => startTraining(mlpJob(rows, { hiddenUnits: 16_384, batchSize: 'full' }));
    expect(start).toThrow(expect.objectContaining({ path: ['params', 'batchSize'] }));
  });
});

function withCell(dataset: Dataset, value: number, cell = 42): Dataset {
  const features = dataset.features.slice();
  features[cell] = value;
  return { ...dataset, features };
}
