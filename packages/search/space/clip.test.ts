import { type SearchSpace, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { clipRegion, withoutImpossible } from './clip.js';

const space = (input: unknown): SearchSpace => spaceSchema.parse(input);

describe('clipRegion', () => {
  const before = space({
    x: { kind: 'float', min: 0.2, max: 0.4 },
    n: { kind: 'int', min: 3, max: 8 },
    c: { kind: 'categorical', choices: ['a', 'b'] },
  });

  it('returns a region within the space as it was', () => {
    const whole = space({
      x: { kind: 'float', min: 0, max: 1 },
      n: { kind: 'int', min: 1, max: 9 },
      c: { kind: 'categorical', choices: ['a', 'b', 'z'] },
    });
    expect(clipRegion(before, whole)).toEqual({ region: before, replaced: [] });
  });

  it('cuts it to the new bounds and moves it to the new grid', () => {
    const changed = space({
      x: { kind: 'float', min: 0, max: 0.3, step: 0.05 },
      n: { kind: 'int', min: 0, max: 20, step: 5 },
      c: { kind: 'categorical', choices: ['z', 'b'] },
    });
    expect(clipRegion(before, changed)).toEqual({
      region: space({
        x: { kind: 'float', min: 0.2, max: 0.3, step: 0.05 },
        n: { kind: 'int', min: 5, max: 5, step: 5 },
        c: { kind: 'categorical', choices: ['b'] },
      }),
      replaced: [],
    });
  });

  it('uses the whole domain where nothing is left, and says where', () => {
    const changed = space({
      x: { kind: 'float', min: 0.5, max: 1 },
      n: { kind: 'int', min: 0, max: 20, step: 10 },
      c: { kind: 'int', min: 1, max: 2 },
    });
    expect(clipRegion(before, changed)).toEqual({ region: changed, replaced: ['x', 'n', 'c'] });
  });

  it('takes new parameters in whole and leaves out those that are gone', () => {
    const changed = space({ x: { kind: 'float', min: 0, max: 1 }, y: { kind: 'int', min: 1, max: 5 } });
    const { region, replaced } = clipRegion(before, changed);
    expect(region).toEqual(space({ x: { kind: 'float', min: 0.2, max: 0.4 }, y: { kind: 'int', min: 1, max: 5 } }));
    expect(replaced).toEqual([]);
  });
});

describe('withoutImpossible', () => {
  it('cuts conditions to what the parents can be, and drops what can never be active with its descendants', () => {
    const narrowed = {
      optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
      beta1: { kind: 'float', min: 0, max: 0.9, scale: 'linear', when: { optimizer: ['momentum', 'adam'] } },
      decay: { kind: 'int', min: 1, max: 2, scale: 'linear', when: { optimizer: ['rmsprop'] } },
      deeper: { kind: 'int', min: 1, max: 2, scale: 'linear', when: { decay: [1] } },
    } as const;
    const { optimizer, beta1 } = narrowed;
    const expected = { optimizer, beta1: { ...beta1, when: { optimizer: ['adam'] } } };
    const result = withoutImpossible(narrowed as unknown as SearchSpace);
    expect(result).toEqual(expected);
    expect(spaceSchema.safeParse(result).success).toBe(true);
  });
});
