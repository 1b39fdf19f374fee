import type { Params } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { openDoubleWorkspace } from './engine/scalar/workspace.js';
import { clouds, mlpJob } from './fixtures/jobs.js';
import { Textbook, type TextbookLayer, type TextbookOptions } from './fixtures/textbook.js';
import { weightAt } from './model/layout.js';
import { learningRateAt } from './optim/learning-rate.js';
import { type Setup, setUp } from './setup.js';
import { Trainer } from './train.js';

const DATASETS = {
  softmax: clouds({ rows: 70, features: 5, classes: 3 }),
  logistic: clouds({ rows: 70, features: 5, classes: 2 }),
  squaredError: clouds({ rows: 70, features: 5, classes: null }),
};

/** The parameters that lie in the arena now, as the notes write them. */
function layersOf({ workspace: { floats }, layout }: Setup): TextbookLayer[] {
  return layout.layers.map((layer) => {
    const one = (first: number | null | undefined) =>
      first === null || first === undefined
        ? []
        : Array.from({ length: layer.outSize }, (_, o) => floats[layout.parameters + first + o]!);
    return {
      W: Array.from({ length: layer.outSize }, (_, o) =>
        Array.from({ length: layer.inSize }, (_, i) => floats[layout.parameters + weightAt(layer, i, o)]!),
      ),
      b: one(layer.bias ?? layer.batchNorm?.beta),
      gamma: one(layer.batchNorm?.gamma),
    };
  });
}

const flat = (layers: readonly TextbookLayer[]) => layers.flatMap(({ W, b, gamma }) => [...W.flat(), ...b, ...gamma]);
const norm = (xs: readonly number[]) => Math.sqrt(xs.reduce((sum, x) => sum + x * x, 0));

/** Trains both side by side; returns ||ours - textbook|| / ||textbook||, and how far the textbook went from its start. */
function compare(head: TextbookOptions['head'], params: Params): { readonly apart: number; readonly moved: number } {
  const setup = setUp(mlpJob(DATASETS[head], params), openDoubleWorkspace);
  const { workspace, train, dataset, batchSize } = setup;
  const { optimizer, activation, batchNorm, beta1, beta2, epsilon, l1, l2 } = setup.params;
  const { classWeights: at } = setup.regions;
  const classWeights = Array.from(workspace.floats.subarray(at, at + (dataset.info.classes ?? 1)));
  const options = {
    head,
    activation,
    batchNorm,
    optimizer,
    beta1,
    beta2,
    epsilon,
    l1,
    l2,
    m: train.count,
    classWeights,
  };
  const start = flat(layersOf(setup));
  const textbook = new Textbook(layersOf(setup), options);
  const trainer = new Trainer(setup);
  const target = (row: number) => (head === 'squaredError' ? workspace.floats : workspace.ints)[train.targets + row]!;
  for (let epoch = 1; epoch <= setup.params.epochs; epoch++) {
    trainer.runEpoch();
    const order = Array.from(workspace.ints.subarray(setup.order, setup.order + train.count));
    for (let first = 0; first < order.length; first += batchSize) {
      const rows = order.slice(first, first + batchSize);
      const X = Array.from({ length: 5 }, (_, i) =>
        rows.map((row) => workspace.floats[train.features + row * 16 + i]!),
      );
      textbook.step(X, rows.map(target), learningRateAt(setup.params, epoch));
    }
  }
  const [ours, theirs] = [flat(layersOf(setup)), flat(textbook.layers)];
  const apart = norm(ours.map((x, i) => x - theirs[i]!)) / norm(theirs);
  return { apart, moved: norm(theirs.map((x, i) => x - start[i]!)) / norm(start) };
}

const heads = ['softmax', 'logistic', 'squaredError'] as const;
const activations = ['relu', 'leakyRelu', 'tanh', 'sigmoid', 'linear'] as const;
const optimizers = ['gd', 'momentum', 'rmsprop', 'adam'] as const;
const cases = heads.flatMap((head) =>
  activations.flatMap((activation) => optimizers.map((optimizer) => [head, activation, optimizer] as const)),
);

describe('training in double precision is what the notes compute, symbol by symbol', () => {
  // 42 training rows in batches of 16: the last one has 10. Epsilon is large enough for adam and rmsprop not to live on
  // rounding where a gradient vanishes.
  const base = { hiddenUnits: [7, 4], batchSize: 16, epochs: 6, learningRate: 0.02, epsilon: 1e-3 };

  it.each(cases)('%s, %s, %s, with L1, L2 and decay', (head, activation, optimizer) => {
    const { apart, moved } = compare(head, {
      ...base,
      activation,
      optimizer,
      l2: 0.7,
      l1: 0.2,
      lrDecay: 'inverseTime',
    });
    expect(apart).toBeLessThan(1e-11);
    expect(moved).toBeGreaterThan(1e-3);
  });

  it.each(cases)('%s, %s, %s, with batch norm and class weights', (head, activation, optimizer) => {
    const weights = head === 'squaredError' ? {} : { classWeights: head === 'softmax' ? [1, 3, 0.5] : 'balanced' };
    const { apart, moved } = compare(head, { ...base, ...weights, activation, optimizer, batchNorm: true });
    expect(apart).toBeLessThan(1e-9);
    expect(moved).toBeGreaterThan(1e-3);
  });

  it('layers too wide to be transposed at once, whose padding stays 0', () => {
    const params = { hiddenUnits: [300, 200], activation: 'tanh', optimizer: 'adam', batchSize: 16, epochs: 2 };
    expect(compare('logistic', { ...params, epsilon: 1e-3 }).apart).toBeLessThan(1e-11);
    const setup = setUp(mlpJob(DATASETS.logistic, params), openDoubleWorkspace);
    expect(setup.layout.layers[1]!.transposed.map(({ depth }) => depth)).toEqual([144, 144, 12]);
    const trainer = new Trainer(setup);
    for (let epoch = 0; epoch < 2; epoch++) trainer.runEpoch();
    const { parameters, parameterCount } = setup.layout;
    const nonZero = setup.workspace.floats.subarray(parameters, parameters + parameterCount).filter((x) => x !== 0);
    expect(nonZero.length).toBe(flat(layersOf(setup)).length);
  });

  it.each<[string, Params]>([
    ['ten layers', { hiddenUnits: new Array(10).fill(6), activation: 'tanh' }],
    ['ten layers with batch norm', { hiddenUnits: new Array(10).fill(6), activation: 'relu', batchNorm: true }],
    ['one unit per layer', { hiddenUnits: [1, 1], activation: 'sigmoid' }],
    ['no hidden layer', { hiddenUnits: [], l1: 1, l2: 1 }],
    ['a batch larger than the data set', { batchSize: 1000, activation: 'leakyRelu', batchNorm: true }],
    ['a last batch of two examples', { batchSize: 40, activation: 'tanh', batchNorm: true }],
    ['lambdas of a hundred', { l1: 100, l2: 100, activation: 'tanh', learningRate: 0.002 }],
  ])('%s', (_, params) => {
    for (const head of heads) expect(compare(head, { ...base, ...params }).apart).toBeLessThan(1e-9);
  });

  it.each([1, 'full'])('batches of %s', (batchSize) => {
    expect(compare('softmax', { ...base, batchSize, activation: 'tanh', learningRate: 0.005 }).apart).toBeLessThan(
      1e-11,
    );
  });
});
