import { spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { type Histogram, previewSearch } from './preview.js';
import { searchSpec } from './testing/search-spec.js';

const space = spaceSchema.parse({
  learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
  beta1: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' },
  hiddenUnits: { kind: 'int', min: 16, max: 512, scale: 'log' },
  keepProb: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
  optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'rmsprop', 'adam'] },
  beta2: { kind: 'float', min: 0.9, max: 0.9999, scale: 'oneMinusLog', when: { optimizer: ['rmsprop', 'adam'] } },
});
const edgesOf = (histogram: Histogram | undefined) => (histogram?.kind === 'bins' ? histogram.edges : []);
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe('previewSearch', () => {
  const preview = previewSearch(searchSpec(space));
  const of = (name: string) => preview.parameters.find((parameter) => parameter.name === name);

  it('draws a thousand times, whatever the number of trials', () => {
    expect(preview.draws).toBe(1000);
    expect(preview.plan.totalTrials).toBe(60);
    expect(of('learningRate')).toMatchObject({ activeShare: 1 });
    expect(sum(of('learningRate')!.histogram.counts)).toBe(1000);
  });

  it('has twenty bins that are even on the scale and evenly filled', () => {
    for (const name of ['learningRate', 'beta1', 'hiddenUnits']) {
      const histogram = of(name)!.histogram;
      expect(histogram.counts).toHaveLength(20);
      for (const count of histogram.counts) expect(Math.abs(count - 50)).toBeLessThan(30);
    }
    expect(edgesOf(of('learningRate')?.histogram).filter((_, i) => i % 5 === 0)).toEqual([1e-4, 1e-3, 1e-2, 1e-1, 1]);
    expect(edgesOf(of('beta1')?.histogram)[10]).toBe(0.99);
    expect(edgesOf(of('hiddenUnits')?.histogram)).toSatisfy((edges: number[]) => edges.every(Number.isInteger));
  });

  it('counts choices and the values of short ranges one by one', () => {
    expect(of('optimizer')!.histogram).toMatchObject({ kind: 'values', values: ['gd', 'momentum', 'rmsprop', 'adam'] });
    expect(of('keepProb')!.histogram).toMatchObject({
      kind: 'values',
      values: [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1],
    });
  });

  it('tells how often a conditional parameter is active', () => {
    expect(of('beta2')!.activeShare).toBeGreaterThan(0.45);
    expect(of('beta2')!.activeShare).toBeLessThan(0.55);
    expect(sum(of('beta2')!.histogram.counts)).toBe(Math.round(of('beta2')!.activeShare * 1000));
  });

  it('adds the epochs up: default, fixed, searched, or none', () => {
    const trainer = { kind: 'mlp', dataset: 'digits', params: { epochs: 3 }, maxRetries: 2 } as const;
    expect(preview.epochs).toEqual({ perTrial: 10, total: 600 });
    expect(previewSearch(searchSpec(space, { trainer })).epochs).toEqual({ perTrial: 3, total: 180 });
    const searched = previewSearch(searchSpec(spaceSchema.parse({ epochs: { kind: 'int', min: 1, max: 9 } })));
    expect(searched.epochs!.perTrial).toBeCloseTo(5, 0);
    expect(previewSearch(searchSpec(space, { trainer, stop: { targetValue: 0 } })).epochs).toEqual({
      perTrial: 3,
      total: null,
    });
    const quadratic = searchSpec(spaceSchema.parse({ start: { kind: 'int', min: 1, max: 9 } }), {
      trainer: { kind: 'quadratic', params: {}, maxRetries: 2 },
    });
    expect(previewSearch(quadratic).epochs).toBeNull();
  });

  it('shows the real values of a grid', () => {
    const small = spaceSchema.parse({ x: { kind: 'float', min: 0, max: 1 }, n: { kind: 'int', min: 1, max: 2 } });
    const grid = previewSearch(searchSpec(small, { sampler: { kind: 'grid', levels: 3 } }));
    expect(grid).toMatchObject({ draws: 6, plan: { totalTrials: 6 } });
    expect(grid.parameters.map(({ histogram }) => histogram)).toEqual([
      { kind: 'values', values: [0, 0.5, 1], counts: [2, 2, 2] },
      { kind: 'values', values: [1, 2], counts: [3, 3] },
    ]);
    const large = previewSearch(
      searchSpec(space, { sampler: { kind: 'grid', levels: 9 }, stop: { maxDurationMs: 1 } }),
    );
    expect(large.draws).toBe(1000);
    expect(large.parameters[0]!.histogram).toMatchObject({ kind: 'values' });
    expect(large.parameters[0]!.histogram.counts).toHaveLength(9);
  });

  it('counts configurations where they can be counted', () => {
    expect(preview.configurations).toBeNull();
    expect(previewSearch(searchSpec(spaceSchema.parse({ n: { kind: 'int', min: 1, max: 9 } }))).configurations).toBe(9);
  });

  it('shows coarse-to-fine as it begins, and its rounds', () => {
    const sampler = { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'sobol' } as const;
    const coarse = previewSearch(searchSpec(space, { sampler }));
    expect(coarse.plan.rounds).toHaveLength(3);
    expect(coarse.parameters).toEqual(previewSearch(searchSpec(space, { sampler: { kind: 'sobol' } })).parameters);
  });
});
