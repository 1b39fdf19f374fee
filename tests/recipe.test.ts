import { type Dataset, type Params, type SearchSpec, type SearchSpecInput, searchSpecInputSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { type CurvePoint, readCurve, readEarlyEnd } from '../packages/diagnosis/curve.js';
import { type Diagnosis, diagnose } from '../packages/diagnosis/diagnose.js';
import { type NextSearch, nextSearch } from '../packages/diagnosis/next-search.js';
import type { JudgedTrial } from '../packages/diagnosis/pressed-bounds.js';
import { stream } from '../packages/numerics/rng.js';
import { splitRows } from '../packages/training/data/split.js';
import { clouds, drain, lastMetrics, mlpJob } from '../packages/training/fixtures/jobs.js';
import { startTraining } from '../packages/training/start-training.js';

// What a good practitioner would say of networks that were trained, and whether the next search does it.

function trained(dataset: Dataset, params: Params): { readonly diagnosis: Diagnosis; readonly curve: CurvePoint[] } {
  const steps = drain(startTraining(mlpJob(dataset, params)));
  const curve = steps.flatMap((step) => (step.kind === 'measurement' ? [step] : []));
  const rows = { train: Math.round(0.6 * dataset.info.rows), dev: Math.round(0.2 * dataset.info.rows) };
  return { curve, diagnosis: diagnose({ dataset: dataset.info, rows, metrics: lastMetrics(steps), params, curve }) };
}

const kindsOf = ({ recipe }: Diagnosis) => recipe.map(({ kind }) => kind);

/** Two arms of a spiral, wound up so far that a small network takes long to tell them apart. */
function spirals(rows: number): Dataset {
  const random = stream(3, 'spirals');
  const base = clouds({ rows, features: 2, classes: 2 });
  const features = new Float32Array(2 * rows);
  const targets = Int32Array.from({ length: rows }, (_, row) => row % 2);
  targets.forEach((arm, row) => {
    const angle = 3 * Math.PI * random.uniform();
    features[2 * row] = (angle / 9) * Math.cos(angle + Math.PI * arm);
    features[2 * row + 1] = (angle / 9) * Math.sin(angle + Math.PI * arm);
  });
  return { ...base, features, targets };
}

/** Labels that have nothing to do with the features. */
function noise(rows: number, features: number): Dataset {
  const random = stream(4, 'noise');
  const base = clouds({ rows, features, classes: 2 });
  return { ...base, targets: Int32Array.from({ length: rows }, () => random.below(2)) };
}

function following(diagnosis: Diagnosis, changes: Partial<SearchSpecInput>, trials: JudgedTrial[] = []): NextSearch {
  const spec = searchSpecInputSchema.parse({
    trainer: { kind: 'mlp', dataset: 'clouds', split: { train: 0.6, dev: 0.2, test: 0.2 } },
    space: { learningRate: { kind: 'float', min: 1e-3, max: 1e-1, scale: 'log' } },
    stop: { maxTrials: 4 },
    ...changes,
  });
  const complete = {
    ...spec,
    name: 'first',
    seed: spec.seed ?? 7,
    objective: { metric: 'dev.error', direction: 'minimize' },
  };
  return nextSearch({ spec: complete as SearchSpec, trials, diagnosis, isImage: false });
}

const judged = (train: number, dev: number, { rows = 10_000, params = {}, classRows = [] as number[] } = {}) => {
  const { info } = clouds({ rows: 40, features: 2, classes: 2 });
  const dataset = { ...info, ...(classRows.length > 0 && { classRows, classNames: ['well', 'ill'] }) };
  return diagnose({
    dataset,
    rows: { train: rows, dev: rows },
    metrics: { 'train.error': train, 'dev.error': dev },
    params,
  });
};

describe('early stopping that ended the training', () => {
  const params = { epochs: 60, hiddenUnits: 32, learningRate: 0.005, earlyStopping: true, patience: 3 };

  it('before the training set was fitted asks for patience, and the next search has it', () => {
    const { diagnosis, curve } = trained(spirals(600), params);
    expect(diagnosis.verdict).toBe('high-bias');
    expect(readEarlyEnd(curve, 60)).toMatchObject({ overfitted: false });
    expect(kindsOf(diagnosis)[0]).toBe('more-patience');
    expect(kindsOf(diagnosis)).not.toContain('train-longer');
    const { spec } = following(diagnosis, { trainer: { kind: 'mlp', dataset: 'clouds', params } as never });
    expect(spec.space['patience']).toMatchObject({ kind: 'int', min: 3, max: 12 });
    expect(spec.space['epochs']).toBeUndefined();
  });

  it('of a network that went on to learn by heart is no want of size', () => {
    const { diagnosis, curve } = trained(noise(600, 30), { ...params, hiddenUnits: 64, patience: 10 });
    expect(readEarlyEnd(curve, 60)).toMatchObject({ overfitted: true });
    expect(diagnosis.verdict).toMatch(/^high-bias/);
    expect(kindsOf(diagnosis)).toEqual(expect.arrayContaining(['more-patience', 'more-data', 'regularize']));
    expect(kindsOf(diagnosis)).not.toContain('bigger-network');
    const { spec } = following(diagnosis, { trainer: { kind: 'mlp', dataset: 'clouds', params } as never });
    expect(spec.space).toMatchObject({ l2: { scale: 'log' }, keepProb: {} });
    expect(spec.space['hiddenUnits']).toBeUndefined();
  });

  it('is none where all epochs were trained, nor without it', () => {
    const point = (step: number, bestEpoch?: number) => ({
      step,
      metrics: { ...(bestEpoch !== undefined && { bestEpoch }) },
    });
    expect(readEarlyEnd([point(9, 4)], 9)).toBeNull();
    expect(readEarlyEnd([point(9)], 10)).toBeNull();
    expect(readEarlyEnd([point(9, 9)], 10)).toBeNull();
    expect(readEarlyEnd([], 10)).toBeNull();
    expect(readEarlyEnd([point(9, 4)], 10)).toEqual({ epoch: 9, bestEpoch: 4, overfitted: false });
  });

  it('does not hide that the loss was still falling: the last point is of older weights', () => {
    const falling = Array.from({ length: 10 }, (_, i) => ({
      step: i + 1,
      metrics: { 'train.loss': 1 / (i + 1), bestEpoch: Math.min(i + 1, 5) },
    }));
    const restored = { step: 10, metrics: { 'train.loss': 1 / 5, bestEpoch: 5 } };
    expect(readCurve([...falling.slice(0, 9), restored])).toEqual({ plateauSince: null, stillFalling: true });
  });
});

describe('classes of which one has nearly all rows', () => {
  it('are not told apart by a network that always names that one, however small its error', () => {
    const { verdict, recipe } = judged(0.01, 0.01, { classRows: [9900, 100] });
    expect(verdict).toBe('high-bias');
    expect(recipe[0]).toMatchObject({ kind: 'weigh-classes', section: '3.5' });
    expect(recipe[0]!.advice).toContain('"well"');
    expect(recipe[0]!.advice).toContain('balanced');
    expect(judged(0.01, 0.01, { classRows: [5000, 5000] }).verdict).toBe('low-bias-and-variance');
    expect(judged(0.01, 0.01).verdict).toBe('low-bias-and-variance');
  });

  it('are searched by the loss next, which tells networks apart that the share of errors does not', () => {
    const blind = judged(0.01, 0.01, { classRows: [9900, 100] });
    const { spec, changes } = following(blind, {});
    expect(spec.objective).toEqual({ metric: 'dev.loss', direction: 'minimize' });
    expect(changes).toContain('objective: dev.loss, since dev.error is that of naming the commonest class');
    // A value to stop at is in the other's units.
    expect(following(blind, { stop: { targetValue: 0.001 } }).spec.objective).toMatchObject({ metric: 'dev.error' });
    const seeing = judged(0.0003, 0.0053, { classRows: [9900, 100] });
    expect(following(seeing, {}).spec.objective).toMatchObject({ metric: 'dev.error' });
  });

  it('may be weighed, which costs errors of the common one on purpose', () => {
    const params = { classWeights: 'balanced' };
    expect(kindsOf(judged(0.18, 0.18, { classRows: [9900, 100], params }))).not.toContain('weigh-classes');
  });

  it('are judged by what telling them apart is worth', () => {
    // Of a hundred ill, half more are missed on dev than on train.
    expect(judged(0.0003, 0.0053, { classRows: [9900, 100] }).verdict).toBe('high-variance');
    expect(judged(0.0003, 0.0053, { classRows: [5000, 5000] }).verdict).toBe('low-bias-and-variance');
    expect(kindsOf(judged(0.0003, 0.0053, { classRows: [9900, 100] }))).not.toContain('weigh-classes');
  });
});

it('says when there are too few rows to call the gaps small', () => {
  const few = judged(0, 0, { rows: 4 });
  expect(few.verdict).toBe('low-bias-and-variance');
  expect(kindsOf(few)).toEqual(['more-dev-rows', 'done']);
  expect(few.recipe[0]!.advice).toContain(`variance may be as much as ${(100 * few.variance.high).toFixed(1)} %`);
  expect(kindsOf(judged(0, 0))).toEqual(['done']);
});

describe('the next search', () => {
  const dataset = clouds({ rows: 90, features: 2, classes: 3 });

  it('is judged on the same dev rows, and its test rows were never trained on', () => {
    const first = { train: 0.6, dev: 0.2, test: 0.2 };
    const next = following(judged(0.01, 0.11), { seed: 7 }).spec;
    expect(next.seed).toBe(8);
    const split = (next.trainer as { split: typeof first }).split;
    expect(split).toEqual({ ...first, seed: 7 });
    expect(splitRows(dataset, split, 8)).toEqual(splitRows(dataset, first, 7));
    // And the one after that.
    const third = following(judged(0.01, 0.11), { seed: 8, trainer: next.trainer }).spec;
    expect(third.trainer).toMatchObject({ split: { seed: 7 } });
  });

  it('says of each parameter one thing: the recipe goes before bounds that good trials press against', () => {
    const trials = Array.from({ length: 10 }, (_, i) => ({
      value: i / 100,
      params: { hiddenUnits: 4 + i, l2: 1 + i },
    }));
    const space = {
      hiddenUnits: { kind: 'int', min: 4, max: 100, scale: 'log' },
      l2: { kind: 'float', min: 1, max: 1000, scale: 'log' },
    } as const;
    const { spec, changes } = following(judged(0.2, 0.2, { params: { l2: 1 } }), { space: { ...space } }, trials);
    expect(spec.space['hiddenUnits']).toMatchObject({ min: 4, max: 100 });
    expect(spec.trainer.params).toMatchObject({ l2: 0 });
    const named = changes.map((change) => change.split(':')[0]);
    expect(named).toHaveLength(new Set(named).size);
  });

  it('begins with the best network so far, as the new space has it', () => {
    const best: JudgedTrial = { value: 0.1, params: { learningRate: 0.02 } };
    const trainer = { kind: 'mlp', dataset: 'clouds', params: { hiddenUnits: 40, l2: 3 } } as never;
    const of = (train: number, dev: number, changes: Partial<SearchSpecInput> = {}) =>
      following(judged(train, dev), { trainer, ...changes }, [best, { ...best, value: 0.2 }]).spec;
    expect(of(0.01, 0.11).trials).toEqual([{ learningRate: 0.02, l2: 3, keepProb: 1 }]);
    expect(of(0.2, 0.2).trials).toEqual([{ learningRate: 0.02, hiddenUnits: 40, epochs: 10 }]);
    // Where nothing is new, where there is hardly a trial to spare, and where the space has no room for it.
    expect(of(0.005, 0.01).trials).toBeUndefined();
    expect(of(0.01, 0.11, { stop: { maxTrials: 3 } }).trials).toBeUndefined();
    const gd = { kind: 'mlp', dataset: 'clouds', params: { optimizer: 'gd' } } as never;
    expect(of(0.2, 0.2, { trainer: gd }).trials).toBeUndefined();
    const conditional = { params: { hiddenLayers: 1 }, value: 0 };
    const space: SearchSpecInput['space'] = {
      hiddenLayers: { kind: 'int', min: 1, max: 2, scale: 'linear' },
      keepProb: { kind: 'float', min: 0.5, max: 1, scale: 'linear', when: { hiddenLayers: [2] } },
    };
    const { spec } = following(judged(0.01, 0.11), { space }, [conditional]);
    expect(spec.trials).toEqual([{ hiddenLayers: 1, l2: 0.01 }]);
  });

  it('says that gradients vanish, and lets them through rather than grow the network', () => {
    const params = { activation: 'sigmoid', hiddenLayers: 20, hiddenUnits: 16, epochs: 5, learningRate: 0.01 };
    const { diagnosis } = trained(clouds({ rows: 300, features: 4, classes: 3 }), params);
    expect(diagnosis.verdict).toBe('high-bias');
    expect(kindsOf(diagnosis)[0]).toBe('vanishing-gradients');
    expect(kindsOf(diagnosis)).not.toContain('bigger-network');
    const { learningRate: _, ...rest } = params;
    const trainer = { kind: 'mlp', dataset: 'clouds', params: { ...rest, initialization: 'fixed' } } as never;
    const { spec } = following(diagnosis, { trainer });
    expect(spec.space).toMatchObject({
      batchNorm: { choices: [true, false] },
      activation: { choices: ['sigmoid', 'relu'] },
    });
    expect(spec.space['hiddenUnits']).toBeUndefined();
    expect(spec.trainer.params).not.toHaveProperty('initialization');
    // Weights so small that nothing comes through: every unit is dead.
    const dead = trained(clouds({ rows: 300, features: 4, classes: 3 }), {
      ...params,
      activation: 'relu',
      initialization: 'fixed',
    });
    expect(kindsOf(dead.diagnosis)[0]).toBe('revive-units');
    const revived = following(dead.diagnosis, { trainer: { kind: 'mlp', dataset: 'clouds', params: rest } as never });
    expect(revived.spec.space).toMatchObject({ batchNorm: {}, activation: { choices: ['sigmoid', 'relu'] } });
    const { diagnosis: shallow } = trained(clouds({ rows: 300, features: 4, classes: 3 }), {
      ...params,
      hiddenLayers: 1,
      learningRate: 1e-5,
    });
    expect(kindsOf(shallow)).toContain('bigger-network');
  });

  it('searches the learning rate against bias, where nobody has', () => {
    const space = { hiddenUnits: { kind: 'int', min: 4, max: 16, scale: 'log' } } as const;
    const trainer = (learningRate: number) => ({ kind: 'mlp', dataset: 'clouds', params: { learningRate } }) as never;
    const { spec } = following(judged(0.4, 0.4), { space: { ...space }, trainer: trainer(1e-6) });
    expect(spec.space['learningRate']).toMatchObject({ min: 1e-6, max: 0.1, scale: 'log' });
    expect(spec.trainer.params).not.toHaveProperty('learningRate');
    const { spec: large } = following(judged(0.4, 0.4), { space: { ...space }, trainer: trainer(3) });
    expect(large.space['learningRate']).toMatchObject({ min: 1e-4, max: 3 });
  });

  it('does not take back what was done against the variance while there is some', () => {
    const space = { keepProb: { kind: 'float', min: 0.5, max: 1, scale: 'linear' } } as const;
    const trainer = { kind: 'mlp', dataset: 'clouds', params: { l2: 10 } } as never;
    const { spec } = following(judged(0.07, 0.4, { params: { l2: 10 } }), { space: { ...space }, trainer });
    expect(spec.space).toMatchObject({ ...space, l2: { kind: 'float', min: 0.01, max: 10, scale: 'log' } });
  });
});
