import type { Params } from '@caviar/spec';
import {
  checkSearchSpec,
  completeSearchSpec,
  type Dataset,
  findTrainer,
  partRows,
  partSources,
  searchSpecInputSchema,
} from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { deviation } from '../packages/datasets/from-arrays.js';
import { readCurve } from '../packages/diagnosis/curve.js';
import { type Diagnosis, diagnose } from '../packages/diagnosis/diagnose.js';
import { difference, exactly, rmseEstimate, shareEstimate } from '../packages/diagnosis/intervals.js';
import { nextSearch } from '../packages/diagnosis/next-search.js';
import { type JudgedTrial, pressedBounds } from '../packages/diagnosis/pressed-bounds.js';
import { stream } from '../packages/numerics/rng.js';
import { clouds, drain, lastMetrics, mlpJob } from '../packages/training/fixtures/jobs.js';
import { startTraining } from '../packages/training/start-training.js';

/** Trains a network and diagnoses it. */
function examine(dataset: Dataset, params: Params): Diagnosis {
  const steps = drain(startTraining(mlpJob(dataset, params)));
  const rows = { train: Math.round(0.6 * dataset.info.rows), dev: Math.round(0.2 * dataset.info.rows) };
  const curve = steps.flatMap((step) => (step.kind === 'measurement' ? [step] : []));
  return diagnose({ dataset: dataset.info, rows, metrics: lastMetrics(steps), params, curve });
}

const easy = clouds({ rows: 1500, features: 6, classes: 3 });
/** Every `one in n`th label is turned round. */
const noisy = (dataset: Dataset, n: number): Dataset => {
  const targets = Int32Array.from(dataset.targets, (label, row) => (Math.floor(row / 2) % n === 0 ? 1 - label : label));
  return { ...dataset, targets };
};

describe('networks that are made to have', () => {
  it('high bias: a network that cannot learn for smallness of steps', () => {
    const diagnosis = examine(easy, { hiddenUnits: 2, learningRate: 1e-5, epochs: 5 });
    expect(diagnosis.verdict).toBe('high-bias');
    const kinds = diagnosis.recipe.map(({ kind }) => kind);
    expect(kinds).toEqual(['bigger-network', 'another-optimizer']);
    expect(diagnosis.curve.plateauSince).not.toBeNull();
    expect(diagnosis.recipe[1]?.advice).toContain('plateau');
  });

  it('high bias: too few epochs', () => {
    const diagnosis = examine(easy, { hiddenUnits: 4, learningRate: 0.001, epochs: 5 });
    expect(diagnosis.verdict).toBe('high-bias');
    expect(diagnosis.recipe[0]?.kind).toBe('train-longer');
  });

  it('high variance: labels learned by heart', () => {
    const dataset = noisy(clouds({ rows: 600, features: 30, classes: 2 }), 5);
    const diagnosis = examine(dataset, { hiddenUnits: 128, learningRate: 0.01, epochs: 60 });
    expect(diagnosis.trainError.value).toBeLessThan(0.02);
    expect(diagnosis.verdict).toBe('high-variance');
    const kinds = diagnosis.recipe.map(({ kind }) => kind);
    expect(kinds).toEqual(['more-data', 'regularize', 'early-stopping']);
  });

  it('both: half learned by heart', () => {
    const dataset = noisy(clouds({ rows: 600, features: 60, classes: 2 }), 3);
    const diagnosis = examine(dataset, { hiddenUnits: 16, learningRate: 0.01, epochs: 6 });
    expect(diagnosis.verdict).toBe('high-bias-and-variance');
  });

  it('neither: an easy task, well learned', () => {
    const diagnosis = examine(easy, { hiddenUnits: 32, learningRate: 0.01, epochs: 20 });
    expect(diagnosis.verdict).toBe('low-bias-and-variance');
    expect(diagnosis.recipe.map(({ kind }) => kind)).toEqual(['done']);
  });

  it('low bias where the Bayes error is known to be high', () => {
    const dataset = noisy(clouds({ rows: 3000, features: 4, classes: 2 }), 5);
    const params = { hiddenLayers: 0, learningRate: 0.01, epochs: 20 };
    const steps = drain(startTraining(mlpJob(dataset, params)));
    const input = { dataset: dataset.info, rows: { train: 1800, dev: 600 }, metrics: lastMetrics(steps), params };
    expect(diagnose(input).verdict).toBe('high-bias');
    expect(diagnose({ ...input, bayesError: 0.2 }).verdict).toBe('low-bias-and-variance');
  });
});

describe("the notes' table", () => {
  const info = easy.info;
  const verdict = (train: number, dev: number, rows = 10_000) =>
    diagnose({
      dataset: info,
      rows: { train: rows, dev: rows },
      metrics: { 'train.error': train, 'dev.error': dev },
      params: {},
    }).verdict;

  it.each([
    [0.01, 0.11, 'high-variance'],
    [0.15, 0.16, 'high-bias'],
    [0.15, 0.3, 'high-bias-and-variance'],
    [0.005, 0.01, 'low-bias-and-variance'],
  ])('train %d, dev %d: %s', (train, dev, expected) => {
    expect(verdict(train, dev)).toBe(expected);
  });

  it('does not call noise variance: 2 wrong of 30 against none of 30', () => {
    expect(verdict(0, 2 / 30, 30)).toBe('low-bias-and-variance');
    expect(verdict(0, 2 / 30, 3000)).toBe('high-variance');
  });

  it('needs errors, and for regression something to judge them by', () => {
    expect(() => diagnose({ dataset: info, rows: { train: 1, dev: 1 }, metrics: {}, params: {} })).toThrow(
      'the trial has no finite train.error',
    );
    const plane = clouds({ rows: 40, features: 2, classes: null }).info;
    const judged = (targetDeviation: number | null) =>
      diagnose({
        dataset: { ...plane, targetDeviation },
        rows: { train: 1000, dev: 1000 },
        metrics: { 'train.rmse': 0.1, 'dev.rmse': 0.3 },
        params: {},
        bayesError: 0.1,
      });
    expect(() => judged(null)).toThrow('the deviation of the targets is not known');
    expect(judged(1).verdict).toBe('high-variance');
    expect(judged(100).verdict).toBe('low-bias-and-variance');
  });

  it('refuses a Bayes error above 1, which is no share', () => {
    const metrics = { 'train.error': 0.1, 'dev.error': 0.1 };
    const input = { dataset: info, rows: { train: 100, dev: 100 }, metrics, params: {}, bayesError: 1.5 };
    expect(() => diagnose(input)).toThrow('above 1');
  });

  it('judges regressions that were trained: too few steps, and enough', () => {
    const plane = clouds({ rows: 600, features: 3, classes: null });
    const rough = { ...plane, info: { ...plane.info, targetDeviation: deviation(plane.targets as Float32Array) } };
    const short = examine(rough, { hiddenLayers: 0, learningRate: 1e-4, epochs: 5 });
    expect(short.verdict).toBe('high-bias');
    expect(short.summary).toContain('train error');
    // The noise of the targets is 0.1, which no network can foretell.
    const long = examine(rough, { hiddenLayers: 0, learningRate: 0.02, epochs: 100 });
    expect(long.trainError.value).toBeCloseTo(0.1, 1);
    expect(long.verdict).toBe('low-bias-and-variance');
  });
});

describe('sources', () => {
  const info = {
    ...easy.info,
    rows: 1500,
    sources: [
      { name: 'web', rows: 1000 },
      { name: 'app', rows: 500 },
    ],
  };
  const examined = (sources: string[] | undefined, dev: number) => {
    const split = { train: 0.6, dev: 0.2, test: 0.2, ...(sources && { sources }) };
    const metrics = { 'train.error': 0.01, 'dev.error': dev };
    const rows = partRows(info, split);
    return diagnose({ dataset: info, rows, metrics, params: {}, sources: partSources(info, split) });
  };

  it('are told, and a mismatch is warned of', () => {
    const { sources, recipe } = examined(['app'], 0.01);
    expect(sources).toMatchObject({
      mismatched: true,
      train: [{ rows: 1000 }, { rows: 300 }],
      dev: [{ rows: 0 }, { rows: 100 }],
    });
    expect(recipe.map(({ kind }) => kind)).toEqual(['done', 'mismatched-data']);
  });

  it('come first where the dev error is much higher: the gap may not be variance', () => {
    const { recipe, verdict } = examined(['app'], 0.2);
    expect(verdict).toBe('high-variance');
    expect(recipe[0]).toMatchObject({ kind: 'mismatched-data', section: '1.1' });
    expect(recipe[1]?.kind).toBe('more-data');
  });

  it('are no worry when every part has them alike', () => {
    expect(examined(undefined, 0.2).recipe.map(({ kind }) => kind)).not.toContain('mismatched-data');
    expect(examined(undefined, 0.2).sources?.mismatched).toBe(false);
    const metrics = { 'train.error': 0, 'dev.error': 0 };
    expect(diagnose({ dataset: easy.info, rows: { train: 9, dev: 9 }, metrics, params: {} }).sources).toBeNull();
  });
});

describe('intervals', () => {
  it("are Wilson's: 10 of 100 gives 5.52 % to 17.44 %", () => {
    const { low, high } = shareEstimate(0.1, 100);
    expect(low).toBeCloseTo(0.05523, 4);
    expect(high).toBeCloseTo(0.17437, 4);
    expect(shareEstimate(0, 100).low).toBe(0);
    expect(shareEstimate(0, 100).high).toBeCloseTo(0.037, 3);
  });

  it("differ by Newcombe's method 10: 56/70 against 48/80", () => {
    // Newcombe (1998), table II, row (a).
    const { value, low, high } = difference(shareEstimate(56 / 70, 70), shareEstimate(48 / 80, 80));
    expect(value).toBeCloseTo(0.2, 12);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });

  it.each([
    // sqrt(n / q) of the chi-squared quantiles q at 97.5 % and 2.5 % (scipy 1.10)
    [5, 0.6242, 2.4526],
    [10, 0.6987, 1.7549],
    [50, 0.83671, 1.24308],
    [1000, 0.958032, 1.045841],
  ])('of an rmse over %i rows are those of chi-squared', (rows, low, high) => {
    const interval = rmseEstimate(2, rows);
    expect(interval.value).toBe(2);
    expect(interval.low / (2 * low)).toBeCloseTo(1, 3);
    expect(Math.abs(interval.high / (2 * high) - 1)).toBeLessThan(0.03);
  });

  it('of an rmse over a single row are wide, and finite', () => {
    expect(rmseEstimate(1, 1).high).toBeCloseTo(31.9, 1);
    expect(rmseEstimate(0, 7)).toEqual({ value: 0, low: 0, high: 0 });
    expect(difference(rmseEstimate(2, 50), exactly(0.5)).value).toBe(1.5);
  });

  it.each([4, 8, 30])('of an rmse hold the truth in 95 of 100 data sets of %i rows', (rows) => {
    const random = stream(26, 'coverage', rows);
    let held = 0;
    for (let trial = 0; trial < 4000; trial++) {
      let squares = 0;
      for (let row = 0; row < rows; row++) squares += random.normal() ** 2;
      const { low, high } = rmseEstimate(Math.sqrt(squares / rows), rows);
      if (low <= 1 && 1 <= high) held++;
    }
    // Three standard deviations of a binomial are 1 %.
    expect(Math.abs(held / 4000 - 0.95)).toBeLessThan(0.012);
  });
});

describe('readCurve', () => {
  const points = (losses: readonly (number | null)[]) =>
    losses.map((loss, i) => ({ step: i + 1, metrics: { 'train.loss': loss } }));

  it('sees a plateau, and since when', () => {
    expect(readCurve(points([3, 2, 1, 0.7, 0.7, 0.699, 0.7, 0.698]))).toEqual({ plateauSince: 4, stillFalling: false });
  });

  it('sees a loss that still falls', () => {
    expect(readCurve(points([3, 2.5, 2.1, 1.8, 1.6, 1.4, 1.25, 1.1]))).toEqual({
      plateauSince: null,
      stillFalling: true,
    });
  });

  it('says nothing of short or broken curves', () => {
    expect(readCurve(points([1, 1, 1]))).toEqual({ plateauSince: null, stillFalling: false });
    expect(readCurve(points([null, null, 1]))).toEqual({ plateauSince: null, stillFalling: false });
  });
});

describe('nextSearch', () => {
  const trainer = findTrainer('mlp')!;
  const context = { trainer, dataset: { ...easy.info, image: { height: 2, width: 3 } } };
  const spec = completeSearchSpec(
    searchSpecInputSchema.parse({
      name: 'first',
      trainer: { kind: 'mlp', dataset: 'clouds', params: { epochs: 10, l2: 1, optimizer: 'gd' } },
      space: {
        learningRate: { kind: 'float', min: 1e-4, max: 1e-2, scale: 'log' },
        hiddenUnits: { kind: 'int', min: 8, max: 64, scale: 'log' },
        keepProb: { kind: 'float', min: 0.5, max: 1 },
        beta1: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' },
      },
      sampler: { kind: 'grid', levels: { keepProb: 3 } },
      stop: { maxTrials: 20 },
      seed: 7,
    }),
    context,
    0,
  );
  // The larger the learning rate the better, up to the bound; nothing else matters.
  const trials: JudgedTrial[] = Array.from({ length: 20 }, (_, i) => ({
    params: {
      learningRate: 1e-4 * Math.exp((Math.log(100) * i) / 19),
      hiddenUnits: 8 + ((i * 7) % 50),
      keepProb: 0.5 + ((i * 3) % 10) / 20,
      beta1: 0.95,
    },
    value: 1 - i / 20,
  }));
  const withVerdict = (train: number, dev: number) =>
    nextSearch({
      spec,
      trials,
      isImage: true,
      diagnosis: diagnose({
        dataset: easy.info,
        rows: { train: 10_000, dev: 10_000 },
        metrics: { 'train.error': train, 'dev.error': dev },
        params: {},
      }),
    });

  it.each([
    ['high bias', 0.15, 0.16],
    ['high variance', 0.01, 0.11],
    ['both', 0.15, 0.3],
    ['neither', 0.005, 0.01],
  ])('can be POSTed as it is: %s', (_, train, dev) => {
    const { spec: next } = withVerdict(train, dev);
    const parsed = searchSpecInputSchema.parse(JSON.parse(JSON.stringify(next)));
    expect(checkSearchSpec(parsed, context)).toEqual([]);
  });

  it('widens the bound that good trials press against, and no other', () => {
    expect(pressedBounds(spec, trials)).toEqual([
      { name: 'learningRate', side: 'max', value: 1e-2, share: expect.any(Number) },
    ]);
    const { spec: next, changes } = withVerdict(0.005, 0.01);
    // Half the range further on a logarithmic scale: ten times as much.
    expect(next.space['learningRate']).toMatchObject({ min: 1e-4, max: 0.1, scale: 'log' });
    expect(next.space['beta1']).toEqual(spec.space['beta1']);
    expect(changes).toEqual([expect.stringContaining('learningRate'), expect.stringContaining('tried first')]);
  });

  it('takes a bigger network and drops regularisation against bias', () => {
    const { spec: next } = withVerdict(0.15, 0.16);
    const best = trials.at(-1)!.params['hiddenUnits'];
    expect(next.space['hiddenUnits']).toMatchObject({ kind: 'int', min: best, max: 4 * (best as number) });
    expect(next.trainer.params).toMatchObject({ l2: 0, keepProb: 1 });
    expect(next.space['optimizer']).toMatchObject({ kind: 'categorical' });
    expect(next.space['keepProb']).toBeUndefined();
    expect(next.seed).toBe(8);
  });

  it('regularises and stops early against variance', () => {
    const { spec: next } = withVerdict(0.01, 0.11);
    expect(next.trainer.params).toMatchObject({ earlyStopping: true });
    expect(next.space['l2']).toMatchObject({ kind: 'float', scale: 'log' });
  });

  it('never widens beyond what the trainer allows', () => {
    const tight = { ...spec, space: { keepProb: spec.space['keepProb']! } };
    const pressing = trials.map(({ value }, i) => ({ value, params: { keepProb: 0.999 - i / 1000 } }));
    const { spec: next, pressed } = nextSearch({
      spec: tight,
      trials: pressing,
      isImage: false,
      diagnosis: diagnose({
        dataset: easy.info,
        rows: { train: 100, dev: 100 },
        metrics: { 'train.error': 0, 'dev.error': 0 },
        params: {},
      }),
    });
    expect(pressed).toHaveLength(1);
    expect(next.space['keepProb']).toEqual(spec.space['keepProb']);
  });
});
