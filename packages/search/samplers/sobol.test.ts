import { spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { prepareSearch, suggest } from '../suggest.js';
import { searchSpec } from '../testing/search-spec.js';

describe('sobol', () => {
  const draw = (space: unknown, n: number, seed = 42) =>
    suggest(prepareSearch(searchSpec(spaceSchema.parse(space), { sampler: { kind: 'sobol' }, seed })), 0, n);

  it('puts one of the first 2^k trials in each of 2^k equally likely parts of every parameter', () => {
    const space = {
      learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
      x: { kind: 'float', min: 0, max: 1 },
      n: { kind: 'int', min: 0, max: 63 },
    };
    const params = draw(space, 64).map((suggestion) => suggestion.params);
    const parts = {
      learningRate: params.map((one) => Math.floor((1 + Math.log10(Number(one['learningRate'])) / 4) * 64)),
      x: params.map((one) => Math.floor(Number(one['x']) * 64)),
      n: params.map((one) => Number(one['n'])),
    };
    for (const part of Object.values(parts))
      expect(new Set(part)).toEqual(new Set(Array.from({ length: 64 }, (_, i) => i)));
  });

  it('gives 16 trials to each of 4 choices in 64', () => {
    const chosen = draw({ c: { kind: 'categorical', choices: ['a', 'b', 'c', 'd'] } }, 64).map(
      ({ params }) => params['c'],
    );
    for (const choice of ['a', 'b', 'c', 'd']) expect(chosen.filter((one) => one === choice)).toHaveLength(16);
  });

  it('scrambles by the seed', () => {
    const space = { x: { kind: 'float', min: 0, max: 1 } };
    expect(draw(space, 4, 1)).not.toEqual(draw(space, 4, 2));
  });

  it('goes up to 200 parameters', () => {
    const space = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`x${i}`, { kind: 'float', min: 0, max: 1 }]),
    );
    expect(Object.keys(draw(space, 2)[1]!.params)).toHaveLength(200);
  });
});
