import { type SearchSpec, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { exploreParams } from './explore.js';
import { contains } from './space/contains.js';
import { searchSpec } from './testing/search-spec.js';

const space = spaceSchema.parse({
  learningRate: { kind: 'float', min: 1e-3, max: 1, scale: 'log' },
  beta1: { kind: 'float', min: 0.5, max: 0.999, scale: 'oneMinusLog' },
  batchSize: { kind: 'int', min: 1, max: 64 },
  hiddenUnits: { kind: 'int', min: 8, max: 64 },
  keepProb: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
});
const pbt = { kind: 'pbt', population: 4, quantile: 0.25, factors: [0.5], resample: 0, maxResource: 9 } as const;
const spec = (changes: object = {}): SearchSpec => searchSpec(space, { scheduler: { ...pbt, ...changes } });
const parent = { number: 3, params: { learningRate: 0.1, beta1: 0.9, batchSize: 1, hiddenUnits: 32, keepProb: 0.8 } };

describe('exploreParams', () => {
  it('multiplies what may change in the middle of training, on its scale, within its bounds and on its grid', () => {
    const { params, proposal } = exploreParams(spec(), parent, 7);
    expect(params['learningRate']).toBeCloseTo(0.05, 12);
    expect(params['beta1']).toBeCloseTo(0.95, 12);
    expect(params['hiddenUnits']).toBe(32);
    expect(proposal).toMatch(/^Goes on from trial 3 with .*learningRate.* changed\.$/);
    expect(exploreParams(spec({ factors: [100] }), parent, 7).params['learningRate']).toBe(1);
  });

  it('depends on its arguments alone, and differs from trial to trial', () => {
    const both = spec({ factors: [0.8, 1.2], resample: 0.25 });
    const copies = Array.from({ length: 50 }, (_, i) => exploreParams(both, parent, 7 + i));
    expect(exploreParams(both, parent, 9)).toEqual(copies[2]);
    expect(new Set(copies.map(({ params }) => params['learningRate'])).size).toBeGreaterThan(5);
    for (const { params } of copies) {
      expect(contains(space, params), JSON.stringify(params)).toBe(true);
      expect(params['hiddenUnits']).toBe(32);
    }
  });

  it('is asked for population based training alone', () => {
    expect(() => exploreParams(searchSpec(space), parent, 7)).toThrow(TypeError);
  });
});
