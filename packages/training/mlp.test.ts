import { loadDataset } from '@caviar/datasets';
import { describe, expect, it } from 'vitest';
import { splitRows } from './data/split.js';
import { evaluateTest } from './evaluate-test.js';
import { clouds, drain, lastMetrics, mlpJob } from './fixtures/jobs.js';
import { startTraining } from './start-training.js';

const three = clouds({ rows: 150, features: 6, classes: 3 });
const busy = {
  hiddenUnits: [9, 5],
  activation: 'tanh',
  batchSize: 16,
  epochs: 6,
  keepProb: [0.8, 0.9],
  inputKeepProb: 0.9,
  l2: 0.5,
  learningRate: 0.01,
} as const;

describe('a run', () => {
  it('measures every epoch and then ends', () => {
    const steps = drain(startTraining(mlpJob(three, { epochs: 4 })));
    expect(steps.map((s) => (s.kind === 'measurement' ? s.step : s.status))).toEqual([1, 2, 3, 4, 'completed']);
    expect(Object.keys(lastMetrics(steps)).sort()).toEqual([
      'dev.accuracy',
      'dev.error',
      'dev.loss',
      'layer1.activationMean',
      'layer1.activationVariance',
      'layer1.deadUnits',
      'layer1.gradientNorm',
      'layer2.gradientNorm',
      'learningRate',
      'train.accuracy',
      'train.error',
      'train.loss',
    ]);
  });

  it('is the same bit for bit when it is run again', () => {
    expect(drain(startTraining(mlpJob(three, busy)))).toEqual(drain(startTraining(mlpJob(three, busy))));
  });

  it.each(['gd', 'momentum', 'rmsprop', 'adam'])(
    'goes on from a checkpoint after any epoch bit for bit: %s',
    (optimizer) => {
      const job = mlpJob(three, { ...busy, optimizer });
      const whole = drain(startTraining(job));
      const run = startTraining(job);
      for (let taken = 0; taken <= busy.epochs; taken++) {
        const resumed = startTraining(job, run.checkpoint());
        expect(drain(resumed)).toEqual(whole.slice(taken));
        run.next();
      }
      const ended = startTraining(job);
      drain(ended);
      expect(startTraining(job, run.checkpoint()).checkpoint()).toEqual(ended.checkpoint());
    },
  );

  it('depends on the trial number, its split on the search seed alone', () => {
    const first = lastMetrics(drain(startTraining(mlpJob(three, { epochs: 1 }))));
    const other = lastMetrics(drain(startTraining(mlpJob(three, { epochs: 1 }, { trialNumber: 1 }))));
    expect(other['train.loss']).not.toBe(first['train.loss']);
  });

  it('may change its learning rate on the way, but not its shape', () => {
    const checkpoint = startTraining(mlpJob(three, busy)).checkpoint();
    expect(startTraining(mlpJob(three, { ...busy, learningRate: 0.1 }), checkpoint).next().kind).toBe('measurement');
    expect(() => startTraining(mlpJob(three, { ...busy, hiddenUnits: [9, 6] }), checkpoint)).toThrow(/sizes/);
    expect(() => startTraining(mlpJob(three, { ...busy, optimizer: 'gd' }), checkpoint)).toThrow(/optimizer/);
    expect(() => startTraining(mlpJob(three, busy, { searchSeed: 4 }), checkpoint)).toThrow(/searchSeed/);
    // Another trial may go on from there: with random numbers of its own.
    const itself = drain(startTraining(mlpJob(three, busy), checkpoint));
    const copy = drain(startTraining(mlpJob(three, busy, { trialNumber: 4 }), checkpoint));
    expect(lastMetrics(copy)).not.toEqual(lastMetrics(itself));
  });
});

describe('learning', () => {
  it('brings digits below 5 % dev error', async () => {
    const digits = await loadDataset('digits');
    const params = { hiddenUnits: 128, epochs: 15, learningRate: 0.003, batchSize: 32 };
    const metrics = lastMetrics(drain(startTraining(mlpJob(digits, params))));
    expect(metrics['dev.error']).toBeLessThan(0.05);
    expect(metrics['train.error']).toBeLessThan(0.01);
  });

  it('brings breast cancer, two classes, below 6 % dev error', async () => {
    const cancer = await loadDataset('breast-cancer-wisconsin');
    const metrics = lastMetrics(
      drain(startTraining(mlpJob(cancer, { hiddenUnits: 16, epochs: 20, learningRate: 0.01 }))),
    );
    expect(metrics['dev.error']).toBeLessThan(0.06);
  });

  it('finds a plane by regression, to within its noise of 0.1', () => {
    const plane = clouds({ rows: 600, features: 4, classes: null });
    const params = { hiddenLayers: 0, epochs: 60, learningRate: 0.05 };
    const metrics = lastMetrics(drain(startTraining(mlpJob(plane, params))));
    expect(metrics['dev.rmse']).toBeLessThan(0.13);
    expect(metrics['train.loss']! * 2).toBeCloseTo(metrics['train.rmse']! * metrics['train.rmse']!, 10);
  });

  it.each([
    [1e5, 3e5],
    [1e9, 0],
    [1e-6, 0],
    [1, 1e4],
  ])('fits targets of any size as well: %s times them, and %s more', (factor, offset) => {
    const plane = clouds({ rows: 600, features: 4, classes: null });
    const scaled = { ...plane, targets: Float32Array.from(plane.targets, (y) => y * factor + offset) };
    const params = { epochs: 15, learningRate: 0.01 };
    const [plain, metrics] = [plane, scaled].map((each) => lastMetrics(drain(startTraining(mlpJob(each, params)))));
    for (const part of ['train', 'dev']) {
      expect(metrics![`${part}.rmse`]! / factor / plain![`${part}.rmse`]!).toBeCloseTo(1, 1);
      expect((2 * metrics![`${part}.loss`]!) / metrics![`${part}.rmse`]! ** 2).toBeCloseTo(1, 10);
    }
    // As it was without: a network that never gets there.
    const raw = lastMetrics(drain(startTraining(mlpJob(scaled, { ...params, normalizeTargets: false }))));
    expect(raw['dev.rmse']).toBeGreaterThan(3 * metrics!['dev.rmse']!);
  });

  it.each([1, 7, 64, 'full', 1_000_000])('takes batches of %s, the last partial one included', (batchSize) => {
    const params = { batchSize, epochs: 30, learningRate: batchSize === 1 ? 0.002 : 0.02 };
    const metrics = lastMetrics(drain(startTraining(mlpJob(three, params))));
    expect(metrics['train.loss']).toBeLessThan(0.5);
  });

  it('takes "full" and a batch of all rows for the same thing', () => {
    const run = (batchSize: 'full' | number) => drain(startTraining(mlpJob(three, { batchSize, epochs: 3 })));
    expect(run('full')).toEqual(run(90));
  });

  it('shrinks the weights under l2, and not the biases', () => {
    // Features say nothing, so all that is left to learn is the share of the classes: that is the output bias.
    const uneven = clouds({ rows: 300, features: 3, classes: 2 });
    const targets = Int32Array.from({ length: 300 }, (_, row) => (row % 5 === 0 ? 1 : 0));
    const dataset = { ...uneven, features: new Float32Array(900).fill(1), targets };
    const params = {
      hiddenLayers: 0,
      l2: 1e4,
      optimizer: 'gd',
      learningRate: 0.03,
      epochs: 500,
      batchSize: 'full',
      normalizeInputs: false,
    };
    const metrics = lastMetrics(drain(startTraining(mlpJob(dataset, params))));
    const entropy = -(0.2 * Math.log(0.2) + 0.8 * Math.log(0.8));
    expect(metrics['train.loss']).toBeCloseTo(entropy, 2);
  });
});

describe('divergence', () => {
  it('ends as infeasible, naming epoch and layer, after a measurement with nulls', () => {
    const params = { optimizer: 'gd', learningRate: 1000, hiddenLayers: 2 };
    const job = mlpJob(three, params);
    const run = startTraining(job);
    const steps = drain(run);
    expect(steps.at(-1)).toMatchObject({
      kind: 'end',
      status: 'infeasible',
      reason: expect.stringMatching(/epoch \d+, nor are the (weights|outputs) of layer \d/),
    });
    expect(lastMetrics(steps)).toMatchObject({ 'train.loss': null, 'dev.error': null });
    expect(run.next()).toEqual(steps.at(-1));
    expect(startTraining(job, run.checkpoint()).next()).toEqual(steps.at(-1));
  });
});

describe('a job that makes no sense', () => {
  it.each([
    [{ keepProb: [0.5, 0.5] }, ['params', 'keepProb'], /lists 2 values, but there is 1 hidden layer/],
    [{ hiddenUnits: [3, 4], hiddenLayers: 1 }, ['params', 'hiddenLayers'], /hiddenUnits lists 2 layers/],
    [{ learningRate: -1 }, ['params', 'learningRate'], /./],
    [{ dropout: 0.5 }, ['params', 'dropout'], /no parameter "dropout"/],
  ])('is refused: %j', (params, path, message) => {
    const start = () => startTraining(mlpJob(three, params));
    expect(start).toThrow(expect.objectContaining({ name: 'TrainingInputError', path }));
    expect(start).toThrow(message);
  });

  it('is refused without data set, without split and with too few rows', () => {
    const job = mlpJob(three, {});
    expect(() => startTraining({ ...job, dataset: null })).toThrow(expect.objectContaining({ path: ['dataset'] }));
    const trainer = { kind: 'mlp', dataset: 'clouds', params: {}, maxRetries: 2 } as const;
    expect(() => startTraining({ ...job, trainer })).toThrow(expect.objectContaining({ path: ['trainer', 'split'] }));
    const tiny = clouds({ rows: 2, features: 1, classes: null });
    expect(() => startTraining(mlpJob(tiny, {}))).toThrow(/the data set has 2 rows, too few/);
  });
});

describe('the sealed test set', () => {
  const params = { hiddenUnits: 16, epochs: 15, learningRate: 0.01, batchNorm: true, keepProb: 0.9 };

  it("is evaluated from the last checkpoint, with the training set's normalisation", () => {
    const job = mlpJob(three, params);
    const run = startTraining(job);
    drain(run);
    const { loss, error, rows } = evaluateTest(job, run.checkpoint());
    expect(rows).toBe(30);
    expect(error).toBeLessThan(0.25);
    expect(loss).toBeLessThan(1);
    expect(evaluateTest(job, run.checkpoint())).toEqual({ loss, error, rows });
  });

  it('changes nothing in training: its rows may be anything', () => {
    const job = mlpJob(three, params);
    const { test } = splitRows(three, { train: 0.6, dev: 0.2, test: 0.2 }, job.searchSeed);
    const features = three.features.slice();
    for (const row of test) features.fill(1e30, row * 6, row * 6 + 6);
    expect(drain(startTraining({ ...job, dataset: { ...three, features } }))).toEqual(drain(startTraining(job)));
  });

  it('is refused where the split leaves none', () => {
    const job = mlpJob(three, params);
    const trainer = { ...job.trainer, split: { train: 0.8, dev: 0.2, test: 0 } } as const;
    const checkpoint = startTraining({ ...job, trainer }).checkpoint();
    expect(() => evaluateTest({ ...job, trainer }, checkpoint)).toThrow(
      expect.objectContaining({ path: ['trainer', 'split', 'test'] }),
    );
  });

  it('may be a part of its own, which is normalised by the training rows', () => {
    const job = mlpJob(three, params);
    const run = startTraining(job);
    drain(run);
    const rows = splitRows(three, { train: 0.6, dev: 0.2, test: 0.2 }, job.searchSeed).test;
    const testSet = {
      info: { ...three.info, rows: rows.length },
      features: Float32Array.from([...rows].flatMap((row) => [...three.features.subarray(row * 6, row * 6 + 6)])),
      targets: Int32Array.from(rows, (row) => three.targets[row]!),
    };
    expect(evaluateTest(job, run.checkpoint(), { testSet })).toEqual(evaluateTest(job, run.checkpoint()));
  });

  it.each([
    ['features', clouds({ rows: 30, features: 5, classes: 3 })],
    ['classNames', clouds({ rows: 30, features: 6, classes: 4 })],
    ['task', clouds({ rows: 30, features: 6, classes: null })],
  ])('is refused when it differs in its %s', (name, testSet) => {
    const job = mlpJob(three, params);
    expect(() => evaluateTest(job, startTraining(job).checkpoint(), { testSet })).toThrow(
      expect.objectContaining({ path: ['testSet'], message: expect.stringContaining(name) }),
    );
  });
});
