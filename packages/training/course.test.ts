import { describe, expect, it } from 'vitest';
import { openDoubleWorkspace } from './engine/scalar/workspace.js';
import { clouds, drain, lastMetrics, mlpJob } from './fixtures/jobs.js';
import type { TrainingStep } from './job.js';
import { startMlp } from './mlp.js';
import { weightAt } from './model/layout.js';
import { setUp } from './setup.js';
import { startTraining } from './start-training.js';
import { Trainer } from './train.js';

const three = clouds({ rows: 300, features: 8, classes: 3 });

const metric = (steps: readonly TrainingStep[], name: string): (number | null)[] =>
  steps.flatMap((step) => (step.kind === 'measurement' ? [step.metrics[name] ?? null] : []));

describe('initialisation (1.8)', () => {
  it.each([
    [{ activation: 'relu' }, 2 / 400],
    [{ activation: 'tanh' }, 1 / 400],
    [{ initialization: 'xavier' }, 1 / 400],
    [{ initialization: 'he', activation: 'tanh' }, 2 / 400],
    [{ initialization: 'glorot' }, 2 / 500],
    [{ initialization: 'fixed' }, 0.0001],
    [{ initialization: 'he', initScale: 3 }, 18 / 400],
    [{ initScale: 0 }, 0],
  ])('%j gives variance %d', (params, variance) => {
    const wide = clouds({ rows: 20, features: 400, classes: 2 });
    const { workspace, layout } = setUp(mlpJob(wide, { hiddenUnits: 100, ...params }), openDoubleWorkspace);
    const layer = layout.layers[0]!;
    let squares = 0;
    for (let i = 0; i < 400; i++) {
      for (let o = 0; o < 100; o++) {
        const w = workspace.floats[layout.parameters + weightAt(layer, i, o)]!;
        squares += w * w;
      }
    }
    // 40,000 draws: the estimate's standard deviation is sqrt(2 / 40000) = 0.7 % of the variance.
    expect(Math.abs(squares / 40_000 - variance)).toBeLessThanOrEqual(0.035 * variance);
  });
});

describe('activations', () => {
  it('linear layers make a linear network, however deep', () => {
    const plane = clouds({ rows: 600, features: 4, classes: null });
    const params = { hiddenUnits: [6, 6], activation: 'linear', epochs: 40, learningRate: 0.01 };
    expect(lastMetrics(drain(startTraining(mlpJob(plane, params))))['dev.rmse']).toBeLessThan(0.13);
  });

  it('reports units that relu has shut, which leakyRelu has none of', () => {
    // A learning rate that throws some biases far below zero.
    const params = { hiddenUnits: 40, optimizer: 'gd', learningRate: 30, epochs: 3, gradientClip: 1 };
    const dead = metric(drain(startTraining(mlpJob(three, params))), 'layer1.deadUnits').at(-1);
    expect(dead).toBeGreaterThan(0);
    const leaky = metric(
      drain(startTraining(mlpJob(three, { ...params, activation: 'leakyRelu' }))),
      'layer1.deadUnits',
    );
    expect(leaky.at(-1)).toBeNull();
  });

  it('reports means and variances of activations, and vanishing gradients of deep sigmoids', () => {
    const deep = { hiddenUnits: [20, 20, 20, 20, 20], activation: 'sigmoid', epochs: 1 };
    const metrics = lastMetrics(drain(startTraining(mlpJob(three, deep))));
    expect(metrics['layer1.activationMean']).toBeGreaterThan(0.4);
    expect(metrics['layer1.activationMean']).toBeLessThan(0.6);
    expect(metrics['layer1.activationVariance']).toBeLessThan(0.1);
    expect(metrics['layer1.gradientNorm']).toBeLessThan(metrics['layer6.gradientNorm']! / 20);
  });
});

describe('learning-rate decay (2.6)', () => {
  it('is reported epoch by epoch', () => {
    const params = { learningRate: 0.2, lrDecay: 'inverseTime', epochs: 3 };
    const rates = metric(drain(startTraining(mlpJob(three, params))), 'learningRate');
    expect(rates).toEqual([0.1, 0.2 / 3, 0.05]);
  });

  it('changes what is learned from the first epoch on, and nothing before', () => {
    const run = (params: object) => drain(startTraining(mlpJob(three, { epochs: 3, optimizer: 'gd', ...params })));
    const stairs = run({ lrDecay: 'staircase', decaySteps: 1, learningRate: 0.1 });
    const still = run({ learningRate: 0.1 });
    expect(stairs[0]).toEqual(still[0]);
    expect(stairs[1]).not.toEqual(still[1]);
  });
});

describe('L1 (1.4)', () => {
  it('makes weights sparse, and reports how many', () => {
    const wide = clouds({ rows: 300, features: 30, classes: 2 });
    const params = { hiddenUnits: 20, epochs: 60, learningRate: 0.002 };
    const sparse = metric(drain(startTraining(mlpJob(wide, { ...params, l1: 5 }))), 'weights.sparsity');
    expect(sparse[0]).toBeLessThan(0.1);
    expect(sparse.at(-1)).toBeGreaterThan(0.5);
    expect(metric(drain(startTraining(mlpJob(wide, params))), 'weights.sparsity').at(-1)).toBeNull();
  });
});

describe('batch norm (3.4)', () => {
  const params = { hiddenUnits: [20, 20], batchNorm: true, batchSize: 32, epochs: 8, learningRate: 0.01 };

  it.each(['gd', 'momentum', 'rmsprop', 'adam'])('learns together with %s', (optimizer) => {
    const learningRate = { gd: 0.3, momentum: 0.3, rmsprop: 0.01, adam: 0.01 }[optimizer]!;
    const steps = drain(startTraining(mlpJob(three, { ...params, optimizer, learningRate })));
    expect(lastMetrics(steps)['train.loss']).toBeLessThan(0.3);
    expect(lastMetrics(steps)['dev.loss']).toBeLessThan(0.6);
  });

  it('holds a network with a bad start: sigmoids ten times too steep', () => {
    const bad = { ...params, activation: 'sigmoid', initScale: 10, epochs: 5 };
    const withNorm = lastMetrics(drain(startTraining(mlpJob(three, bad))))['train.loss']!;
    const without = lastMetrics(drain(startTraining(mlpJob(three, { ...bad, batchNorm: false }))))['train.loss']!;
    expect(withNorm).toBeLessThan(without);
  });

  it('tests by running averages: they come close to the mean and variance of all z', () => {
    const job = mlpJob(three, { hiddenUnits: 7, batchNorm: true, batchSize: 'full', epochs: 200, learningRate: 1e-9 });
    const setup = setUp(job, openDoubleWorkspace);
    const trainer = new Trainer(setup);
    for (let epoch = 0; epoch < 3; epoch++) trainer.runEpoch();
    const { workspace, layout, train, regions } = setup;
    // Every batch is the whole set and nothing moves, so the corrected averages are its statistics, after any epoch.
    const layer = layout.layers[0]!;
    const power = trainer.progress.batchNormPower;
    expect(power).toBeCloseTo(0.9 * 0.9 * 0.9, 12);
    const z: number[] = [];
    for (let r = 0; r < train.count; r++) {
      let sum = 0;
      for (let i = 0; i < 8; i++) {
        sum +=
          workspace.floats[train.features + r * 16 + i]! * workspace.floats[layout.parameters + weightAt(layer, i, 3)]!;
      }
      z.push(sum);
    }
    const mean = z.reduce((a, b) => a + b, 0) / z.length;
    const variance = z.reduce((a, b) => a + (b - mean) * (b - mean), 0) / z.length;
    expect(workspace.floats[layer.batchNorm!.mean + 3]! / (1 - power)).toBeCloseTo(mean, 6);
    expect(workspace.floats[layer.batchNorm!.variance + 3]! / (1 - power)).toBeCloseTo(variance, 6);
    expect(regions.wrong).toBeGreaterThan(0);
  });

  it('goes on from a checkpoint bit for bit, running averages included', () => {
    const job = mlpJob(three, { ...params, keepProb: 0.8 });
    const whole = drain(startTraining(job));
    const run = startTraining(job);
    for (let taken = 0; taken < 4; taken++) run.next();
    expect(drain(startTraining(job, run.checkpoint()))).toEqual(whole.slice(4));
  });

  it('leaves out a last batch of one example, and refuses batches of one', () => {
    // 180 training rows: 179 and 1.
    const metrics = lastMetrics(drain(startTraining(mlpJob(three, { ...params, batchSize: 179 }))));
    expect(metrics['train.loss']).not.toBeNull();
    expect(() => startTraining(mlpJob(three, { ...params, batchSize: 1 }))).toThrow(
      expect.objectContaining({ path: ['params', 'batchSize'] }),
    );
  });
});

describe('early stopping (1.6)', () => {
  // Far too large a network for 60 noisy examples: the dev error rises again.
  const noisy = clouds({ rows: 100, features: 20, classes: 2, seed: 5 });
  const targets = Int32Array.from(noisy.targets, (label, row) => (row % 4 === 0 ? 1 - label : label));
  const dataset = { ...noisy, targets };
  const params = { hiddenUnits: 64, epochs: 60, learningRate: 0.01, earlyStopping: true, patience: 5 };

  it('stops when the dev set gets no better, and the last measurement is that of the best weights', () => {
    const steps = drain(startTraining(mlpJob(dataset, params)));
    const errors = metric(steps, 'dev.error');
    const losses = metric(steps, 'dev.loss');
    expect(errors.length).toBeLessThan(60);
    const best = metric(steps, 'bestEpoch').at(-1)!;
    expect(errors.length).toBe(best + 5);
    expect(errors.at(-1)).toBe(errors[best - 1]);
    expect(losses.at(-1)).toBe(losses[best - 1]);
    expect(errors.at(-1)).toBe(Math.min(...errors.map((e) => e!)));
    expect(steps.at(-1)).toMatchObject({ status: 'completed', reason: expect.stringContaining(`epoch ${best}`) });
  });

  it('restores the best weights at the last epoch too', () => {
    const steps = drain(startTraining(mlpJob(dataset, { ...params, patience: 1000, batchNorm: true })));
    const errors = metric(steps, 'dev.error');
    expect(errors).toHaveLength(60);
    expect(errors.at(-1)).toBe(Math.min(...errors.map((e) => e!)));
  });

  it('goes on from a checkpoint bit for bit', () => {
    const job = mlpJob(dataset, params);
    const whole = drain(startTraining(job));
    const run = startTraining(job);
    for (let taken = 0; taken < whole.length; taken++) {
      expect(drain(startTraining(job, run.checkpoint()))).toEqual(whole.slice(taken));
      run.next();
    }
  });
});

describe('gradient clipping', () => {
  it('keeps a step no longer than the limit', () => {
    const job = mlpJob(three, { optimizer: 'gd', learningRate: 1, gradientClip: 0.01, batchSize: 'full', epochs: 1 });
    const setup = setUp(job, openDoubleWorkspace);
    const { workspace, layout } = setup;
    const before = workspace.floats.slice(layout.parameters, layout.parameters + layout.parameterCount);
    new Trainer(setup).runEpoch();
    let squares = 0;
    before.forEach((w, i) => {
      const moved = workspace.floats[layout.parameters + i]! - w;
      squares += moved * moved;
    });
    expect(Math.sqrt(squares)).toBeCloseTo(0.01, 12);
  });

  it('leaves shorter gradients alone', () => {
    const run = (gradientClip: number | null) => drain(startTraining(mlpJob(three, { epochs: 2, gradientClip })));
    expect(run(1e6)).toEqual(run(null));
  });
});

describe('class weights', () => {
  const targets = Int32Array.from({ length: 400 }, (_, row) => (row % 20 === 0 ? 1 : 0));
  const rare = { ...clouds({ rows: 400, features: 2, classes: 2 }), targets };

  it('balanced makes a rare class count as much as the other', () => {
    // Features say nothing: the best constant logit is the log odds of the (weighted) classes.
    const blank = { ...rare, features: new Float32Array(800) };
    const run = (classWeights: 'none' | 'balanced') => {
      const params = { hiddenLayers: 0, classWeights, epochs: 300, learningRate: 0.05, batchSize: 'full' };
      return lastMetrics(drain(startTraining(mlpJob(blank, params))))['train.loss']!;
    };
    const entropy = -(0.05 * Math.log(0.05) + 0.95 * Math.log(0.95));
    expect(run('none')).toBeCloseTo(entropy, 3);
    // Probability 1/2 for everyone costs log 2: the reported loss is not weighted.
    expect(run('balanced')).toBeCloseTo(Math.log(2), 3);
  });

  it('are refused where they fit nothing', () => {
    const path = { path: ['params', 'classWeights'] };
    expect(() => startTraining(mlpJob(rare, { classWeights: [1, 2, 3] }))).toThrow(expect.objectContaining(path));
    const plane = clouds({ rows: 40, features: 2, classes: null });
    expect(() => startTraining(mlpJob(plane, { classWeights: 'balanced' }))).toThrow(expect.objectContaining(path));
  });
});

describe('double precision', () => {
  it('runs everything together', () => {
    const params = {
      hiddenUnits: [20, 10],
      activation: 'leakyRelu',
      batchNorm: true,
      keepProb: 0.8,
      inputKeepProb: 0.9,
      l1: 0.1,
      l2: 0.5,
      lrDecay: 'exponential',
      gradientClip: 5,
      classWeights: 'balanced',
      earlyStopping: true,
      initialization: 'glorot',
      learningRate: 0.02,
      epochs: 15,
    };
    const exact = lastMetrics(drain(startMlp(mlpJob(three, params), undefined, openDoubleWorkspace)));
    const single = lastMetrics(drain(startMlp(mlpJob(three, params))));
    expect(single['train.loss']! / exact['train.loss']!).toBeCloseTo(1, 2);
    expect(exact['dev.error']).toBeLessThan(0.2);
  });
});
