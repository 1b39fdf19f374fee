import { describe, expect, it } from 'vitest';
import { clouds, drain, lastMetrics, mlpJob } from './fixtures/jobs.js';
import type { TrainingJob, TrainingRun } from './job.js';
import { startTraining } from './start-training.js';

const dataset = clouds({ rows: 150, features: 6, classes: 3 });
const base = {
  hiddenUnits: [9, 5],
  activation: 'tanh',
  batchNorm: true,
  batchSize: 16,
  epochs: 6,
  keepProb: 0.9,
  l2: 0.5,
  learningRate: 0.01,
} as const;
const job = mlpJob(dataset, base);

/** A run that has taken `steps` steps. */
function after(steps: number, of: TrainingJob = job): TrainingRun {
  const run = startTraining(of);
  for (let step = 0; step < steps; step++) run.next();
  return run;
}

describe('a change between epochs', () => {
  it.each([
    [{ learningRate: 0.05 }],
    [{ lrDecay: 'exponential', decayRate: 0.5 }],
    [{ l2: 5, l1: 1 }],
    [{ keepProb: [0.5, 1], inputKeepProb: 0.8 }],
    [{ keepProb: 1 }],
    [{ batchSize: 7 }],
    [{ batchSize: 'full', gradientClip: 0.1 }],
    [{ beta1: 0.5, beta2: 0.9, epsilon: 1e-4 }],
    [{ epochs: 8, batchNormMomentum: 0.5, classWeights: [1, 2, 3] }],
  ])('%j trains what a checkpoint restored under those params trains', (params) => {
    const run = after(3);
    const restored = startTraining({ ...job, params: { ...base, ...params } }, run.checkpoint());
    run.change(params);
    const [changed, expected] = [drain(run), drain(restored)];
    expect(changed).toEqual(expected);
    expect(changed).not.toEqual(drain(after(3)));
    expect(run.changes()).toEqual([{ afterStep: 3, params }]);
  });

  it('holds for the learning rate reported from the next epoch on, which goes on counting epochs', () => {
    const run = after(2);
    run.change({ learningRate: 0.4, lrDecay: 'inverseTime' });
    expect(run.next()).toMatchObject({ step: 3, metrics: { learningRate: 0.1 } });
  });

  it('is kept in checkpoints, over the params of the job', () => {
    const run = after(2);
    run.change({ learningRate: 0.05 });
    run.next();
    run.change({ l2: 3 });
    const resumed = startTraining(job, run.checkpoint());
    expect(resumed.changes()).toEqual(run.changes());
    expect(drain(resumed)).toEqual(drain(run));
  });

  it('can be replayed from the log, from the start and from any checkpoint, to the same bits', () => {
    const run = after(1);
    run.change({ learningRate: 0.05 });
    run.change({ learningRate: 0.03, batchSize: 20 });
    run.next();
    run.next();
    run.change({ keepProb: 0.6 });
    drain(run);
    const planned = { ...job, changes: run.changes() };
    for (let steps = 0; steps <= 6; steps++) {
      const replay = startTraining(planned, after(steps, planned).checkpoint());
      drain(replay);
      expect(replay.checkpoint()).toEqual(run.checkpoint());
    }
  });

  it('keeps the best epoch of early stopping', () => {
    const early = mlpJob(dataset, { ...base, earlyStopping: true, patience: 50, epochs: 20 });
    const run = after(10, early);
    // Steps that wreck the network: the best epoch stays one before them.
    run.change({ learningRate: 20 });
    expect(lastMetrics(drain(run))['bestEpoch']).toBeLessThanOrEqual(10);
  });

  it('goes on after the last epoch when there are more of them', () => {
    const run = after(6);
    expect(run.next()).toMatchObject({ kind: 'end' });
    run.change({ epochs: 7 });
    expect(run.next()).toMatchObject({ kind: 'measurement', step: 7 });
  });

  it.each([
    [{}, ['params'], 'changes nothing'],
    [{ hiddenUnits: 3 }, ['params', 'hiddenUnits'], 'cannot be changed during a run'],
    [{ nonsense: 3 }, ['params', 'nonsense'], 'is no parameter of mlp'],
    [{ batchSize: 1 }, ['params', 'batchSize'], /must be at least 2/],
    [{ keepProb: [0.5] }, ['params', 'keepProb'], /hidden layers/],
    [{ epochs: 3 }, ['params', 'epochs'], 'must be more than the 3 that are finished'],
    [{ learningRate: -1 }, ['params', 'learningRate'], /must be above 0/],
    [{ augmentation: 'flip' }, ['params', 'augmentation'], /not a set of pictures/],
  ])('refuses %j, and goes on as before', (params, path, message) => {
    const run = after(3);
    expect(() => run.change(params)).toThrow(expect.objectContaining({ path }));
    expect(() => run.change(params)).toThrow(message);
    expect(run.changes()).toEqual([]);
    expect(drain(run)).toEqual(drain(after(3)));
  });

  it('is refused once the run has ended', () => {
    const diverging = mlpJob(dataset, { optimizer: 'gd', learningRate: 1000, activation: 'linear', epochs: 50 });
    const run = startTraining(diverging);
    expect(drain(run).at(-1)).toMatchObject({ status: 'infeasible' });
    expect(() => run.change({ learningRate: 0.1 })).toThrow('the run has ended');
  });

  it('stays with the trial that was changed: one that begins from its checkpoint has params of its own', () => {
    const run = after(2);
    run.change({ learningRate: 0.3 });
    run.next();
    const copy = startTraining({ ...job, trialNumber: job.trialNumber + 1 }, run.checkpoint());
    expect(copy.changes()).toEqual([]);
    expect(copy.next()).toMatchObject({ step: 4, metrics: { learningRate: base.learningRate } });
  });

  it('refuses a checkpoint that was made with other changes than the plan', () => {
    const run = after(1);
    run.change({ l2: 9 });
    run.next();
    const other = { ...job, changes: [{ afterStep: 1, params: { l2: 8 } }] };
    expect(() => startTraining(other, run.checkpoint())).toThrow(expect.objectContaining({ path: ['changes'] }));
    expect(() => startTraining(other, after(2).checkpoint())).toThrow(/step 2/);
  });
});

describe('a change of the quadratic', () => {
  const quadratic: TrainingJob = {
    trainer: { kind: 'quadratic', params: {}, maxRetries: 0 },
    params: { steps: 100 },
    searchSeed: 1,
    trialNumber: 0,
    dataset: null,
  };

  it('is the arithmetic by hand: 5 - 5 * 0.98^10 * 0.8^10', () => {
    const run = after(1, quadratic);
    run.change({ learningRate: 0.1 });
    expect(run.next()).toMatchObject({ step: 20, metrics: { w: expect.closeTo(5 - 5 * 0.98 ** 10 * 0.8 ** 10, 12) } });
    expect(run.changes()).toEqual([{ afterStep: 10, params: { learningRate: 0.1 } }]);
  });

  it('is replayed, kept in checkpoints, and refused for what cannot change', () => {
    const run = after(3, quadratic);
    run.change({ learningRate: 0.05 });
    const resumed = startTraining(quadratic, run.checkpoint());
    const replayed = drain(startTraining({ ...quadratic, changes: run.changes() }));
    const rest = drain(run);
    expect(drain(resumed)).toEqual(rest);
    expect(replayed.slice(3)).toEqual(rest);
    expect(() => run.change({ start: 1 })).toThrow('cannot be changed during a run');
  });
});
