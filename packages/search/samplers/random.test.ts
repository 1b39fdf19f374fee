import { kolmogorovSmirnov } from '@caviar/numerics';
import { spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { prepareSearch, suggest } from '../suggest.js';
import { searchSpec } from '../testing/search-spec.js';

const space = spaceSchema.parse({
  learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
  beta1: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' },
});

const params = (changes: Parameters<typeof searchSpec>[1], n = 50) =>
  suggest(prepareSearch(searchSpec(changes?.space ?? space, changes)), 0, n).map((suggestion) => suggestion.params);

describe('random', () => {
  it('never changes: a seed stored long ago goes on giving the same params', () => {
    expect(params({ seed: 42 }, 3)).toMatchInlineSnapshot(`
      [
        {
          "beta1": 0.9280186910354942,
          "learningRate": 0.0013840880282265703,
        },
        {
          "beta1": 0.9966010888585054,
          "learningRate": 0.0023223744133203162,
        },
        {
          "beta1": 0.9868415645956352,
          "learningRate": 0.00041446564896855976,
        },
      ]
    `);
  });

  it('draws each parameter from its own stream: to add one does not change the others', () => {
    const more = spaceSchema.parse({ extra: { kind: 'int', min: 1, max: 9 }, ...space });
    const without = params({ space: more }).map(({ extra: _, ...rest }) => rest);
    expect(without).toEqual(params({}));
  });

  it('draws other params for other seeds, also for seeds that differ above 32 bits', () => {
    const seeds = [0, 1, 42, 42 + 2 ** 32, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => JSON.stringify(params({ seed }))))).toHaveProperty('size', seeds.length);
  });

  it('draws each parameter from its distribution, independent of the others', () => {
    const drawn = params({}, 5000);
    const a = drawn.map(({ learningRate }) => 1 + Math.log10(Number(learningRate)) / 4);
    const b = drawn.map(({ beta1 }) => (-1 - Math.log10(1 - Number(beta1))) / 2);
    for (const values of [a, b, a.map((x, i) => (x + b[i]!) % 1)]) {
      expect(kolmogorovSmirnov(values, (x) => x).pValue).toBeGreaterThan(0.01);
    }
    const above = drawn.filter(({ beta1 }) => Number(beta1) > 0.99).length / drawn.length;
    expect(Math.abs(above - 0.5)).toBeLessThan(0.025);
  });
});
