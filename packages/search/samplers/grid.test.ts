import { type SamplerSpec, type SearchSpec, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { checkSampler } from '../check-sampler.js';
import { planSearch } from '../plan-search.js';
import { prepareSearch, suggest } from '../suggest.js';
import { searchSpec } from '../testing/search-spec.js';

const grid = (space: unknown, levels: Extract<SamplerSpec, { kind: 'grid' }>['levels']): SearchSpec =>
  searchSpec(spaceSchema.parse(space), { sampler: { kind: 'grid', levels }, stop: { maxDurationMs: 1000 } });
const paramsOf = (spec: SearchSpec, first: number, end: number, spaceFirstNumber = 0) =>
  suggest(prepareSearch(spec, { spaceFirstNumber, rounds: [] }), first, end).map(({ params }) => params);

const example = {
  learningRate: { kind: 'float', min: 1e-3, max: 1e-1, scale: 'log' },
  optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
  beta2: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog', when: { optimizer: ['adam'] } },
};

describe('grid', () => {
  it('tries every combination once, in order, a conditional parameter only where it is active', () => {
    const spec = grid(example, { learningRate: 2, beta2: 3 });
    expect(planSearch(spec).totalTrials).toBe(2 * (1 + 3));
    expect(paramsOf(spec, 0, 8)).toEqual(
      [0.001, 0.1].flatMap((learningRate) => [
        { learningRate, optimizer: 'gd' },
        ...[0.9, 0.99, 0.999].map((beta2) => ({ learningRate, optimizer: 'adam', beta2 })),
      ]),
    );
  });

  it('uses all values where there are fewer than levels, and every choice', () => {
    const spec = grid(
      { n: { kind: 'int', min: 1, max: 3 }, c: { kind: 'categorical', choices: [1, 2, 3, 4, 5, 6] } },
      4,
    );
    expect(planSearch(spec).totalTrials).toBe(3 * 6);
  });

  it('takes 5 levels where a list of levels names none', () => {
    expect(
      planSearch(grid({ x: { kind: 'float', min: 0, max: 1 }, y: { kind: 'float', min: 0, max: 1 } }, { x: 2 })),
    ).toEqual({
      sampler: { kind: 'grid', reason: null },
      totalTrials: 10,
      rounds: [],
      window: null,
    });
  });

  it('makes no more trials than maxTrials, and none beyond its end', () => {
    const spec = { ...grid(example, 5), stop: { maxTrials: 7 } };
    expect(planSearch(spec).totalTrials).toBe(7);
    expect(planSearch({ ...spec, stop: { maxTrials: 1000 } }).totalTrials).toBe(30);
    expect(() => paramsOf(spec, 30, 31)).toThrow(RangeError);
  });

  it('begins the new grid with the first trial after a change of the space', () => {
    const spec = grid({ n: { kind: 'int', min: 1, max: 3 } }, 5);
    expect(planSearch(spec, { spaceFirstNumber: 10, rounds: [] }).totalTrials).toBe(13);
    expect(paramsOf(spec, 10, 13, 10)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(() => paramsOf(spec, 9, 10, 10)).toThrow(RangeError);
  });

  it('numbers grids too large to list', () => {
    const space = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`x${i}`, { kind: 'int', min: 0, max: 99 }]),
    );
    const spec = grid(space, 100);
    expect(planSearch(spec).totalTrials).toBe(Number.MAX_SAFE_INTEGER);
    expect(paramsOf(spec, 9_999_999, 10_000_000)[0]).toMatchObject({ x99: 99, x98: 99, x97: 99, x96: 9 });
  });

  it('refuses conditions that it cannot count, with the reason', () => {
    const entangled = Object.fromEntries([
      ...Array.from({ length: 40 }, (_, i) => [`a${i}`, { kind: 'int', min: 0, max: 1 }]),
      ...Array.from({ length: 40 }, (_, i) => [
        `z${i}`,
        {
          kind: 'int',
          min: 0,
          max: 1,
          when: { [`a${i}`]: [1], [`a${(i * 17 + 5) % 40}`]: [1], [`a${(i * 7 + 3) % 40}`]: [0] },
        },
      ]),
    ]);
    const message = 'the conditions of this space are too entangled for a grid';
    expect(checkSampler(grid(entangled, 2))).toEqual([{ path: ['sampler'], message }]);
    expect(checkSampler(grid(example, 2))).toEqual([]);
    expect(checkSampler({ ...grid(entangled, 2), sampler: { kind: 'random' } })).toEqual([]);
  });
});
