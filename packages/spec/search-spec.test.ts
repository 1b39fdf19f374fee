import { describe, expect, it } from 'vitest';
import { defaultSplit } from './dataset.js';
import { sameParamValue } from './params.js';
import { searchSpecInputSchema } from './search-spec.js';
import { findTrainer, TRAINERS } from './trainers/registry.js';

const minimal = {
  trainer: { kind: 'mlp', dataset: 'digits' },
  space: { learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' } },
  stop: { maxTrials: 10 },
};

function pointersOf(changes: object): string[] {
  const result = searchSpecInputSchema.safeParse({ ...minimal, ...changes });
  return result.success ? [] : [...new Set(result.error.issues.map(({ path }) => `/${path.join('/')}`))];
}

describe('searchSpecInputSchema', () => {
  it.each<[string, object, string]>([
    ['an unknown key', { smapler: {} }, '/'],
    ['an unknown trainer', { trainer: { kind: 'svm' } }, '/trainer/kind'],
    ['a data set for a trainer without', { trainer: { kind: 'quadratic', dataset: 'digits' } }, '/trainer'],
    ['no data set', { trainer: { kind: 'mlp' } }, '/trainer/dataset'],
    [
      'a split that does not add up',
      { trainer: { ...minimal.trainer, split: { train: 0.6, dev: 0.3, test: 0.2 } } },
      '/trainer/split',
    ],
    [
      'a split without dev',
      { trainer: { ...minimal.trainer, split: { train: 0.5, dev: 0, test: 0.5 } } },
      '/trainer/split/dev',
    ],
    ['an unknown sampler', { sampler: { kind: 'magic' } }, '/sampler/kind'],
    ['an option of another sampler', { sampler: { kind: 'random', rounds: 3 } }, '/sampler'],
    ['no levels', { sampler: { kind: 'grid', levels: 0 } }, '/sampler/levels'],
    ['no rounds', { sampler: { kind: 'coarse-to-fine', rounds: 0 } }, '/sampler/rounds'],
    ['a shrink of 1', { sampler: { kind: 'coarse-to-fine', shrink: 1 } }, '/sampler/shrink'],
    ['a top of 0', { sampler: { kind: 'coarse-to-fine', top: 0 } }, '/sampler/top'],
    ['no stop criterion', { stop: {} }, '/stop'],
    ['no trials', { stop: { maxTrials: 0 } }, '/stop/maxTrials'],
    ['too many trials', { stop: { maxTrials: 10_000_001 } }, '/stop/maxTrials'],
    ['no parallelism', { parallelism: 0 }, '/parallelism'],
    ['a negative seed', { seed: -1 }, '/seed'],
    ['a seed beyond 2^53', { seed: 2 ** 53 }, '/seed'],
    ['an empty name', { name: '' }, '/name'],
    ['a long name', { name: 'x'.repeat(201) }, '/name'],
    ['an unknown mode', { reproducibility: 'fast' }, '/reproducibility'],
    ['an unknown direction', { objective: { metric: 'dev.error', direction: 'up' } }, '/objective'],
  ])('refuses %s', (_, changes, pointer) => {
    expect(pointersOf(changes)).toEqual([pointer]);
  });

  it.each([
    { stop: { targetValue: -1 } },
    { stop: { maxDurationMs: 1 } },
    { sampler: { kind: 'grid', levels: { learningRate: 3 } } },
  ])('accepts %j', (changes) => {
    expect(pointersOf(changes)).toEqual([]);
  });
});

describe('defaultSplit', () => {
  it.each([
    [1797, 0.6, 0.2, 0.2],
    [99_999, 0.6, 0.2, 0.2],
    [100_000, 0.98, 0.01, 0.01],
    [1_000_000, 0.98, 0.01, 0.01],
    [1_000_001, 0.995, 0.0025, 0.0025],
  ])('of %i rows is %d / %d / %d', (rows, train, dev, test) => {
    expect(defaultSplit({ rows })).toEqual({ train, dev, test });
    expect(defaultSplit({ rows, testRows: 9 })).toEqual({ train: 1 - dev, dev, test: 0 });
    expect(train + dev + test).toBeCloseTo(1, 12);
  });
});

describe('sameParamValue', () => {
  it.each([
    [1, 1, true],
    [0, -0, true],
    [1, '1', false],
    [null, false, false],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [[1], 1, false],
    [[], [], true],
  ])('%j and %j: %j', (a, b, same) => {
    expect(sameParamValue(a, b)).toBe(same);
  });
});

describe('trainers', () => {
  it.each(TRAINERS.map((trainer) => [trainer.kind, trainer] as const))(
    '%s: every default is legal',
    (kind, trainer) => {
      expect(findTrainer(kind)).toBe(trainer);
      for (const { name, schema, default: value } of trainer.parameters) {
        expect(schema.safeParse(value).success, name).toBe(true);
      }
      const metrics = trainer.isOpen ? [null] : trainer.metrics.map(({ name }) => name);
      expect(metrics).toContain(trainer.defaultObjective('classification'));
      expect(metrics).toContain(trainer.defaultObjective('regression'));
    },
  );

  it('says nothing of a kind there is not', () => {
    expect(findTrainer('toString')).toBeUndefined();
  });
});
