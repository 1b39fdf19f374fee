import { type SearchSpace, spaceSchema } from '@caviar/spec';
import { describe, expect, test } from 'vitest';
import { contains } from './contains.js';
import { narrowSpace } from './narrow-space.js';

const space: SearchSpace = {
  learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
  keepProb: { kind: 'float', min: 0.5, max: 1, scale: 'linear', step: 0.05 },
  beta1: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' },
  hiddenUnits: { kind: 'int', min: 16, max: 256, scale: 'log' },
  hiddenLayers: { kind: 'int', min: 1, max: 4, scale: 'linear' },
  optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'adam'] },
  beta2: { kind: 'float', min: 0.9, max: 0.9999, scale: 'oneMinusLog', when: { optimizer: ['adam'] } },
  wide: { kind: 'float', min: 0, max: 1, scale: 'linear', when: { hiddenLayers: [3, 4] } },
};
const point = {
  learningRate: 0.01,
  keepProb: 0.75,
  beta1: 0.99,
  hiddenUnits: 64,
  hiddenLayers: 2,
  optimizer: 'adam',
  beta2: 0.99,
};
/** Params of the narrowed space at the point. */
const at = (narrowed: SearchSpace, values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(narrowed, name))) as typeof point;

describe('a space around a point', () => {
  test('has a quarter of each range on its own scale, the present choice, and the point in it', () => {
    const { space: narrowed, fixed } = narrowSpace(space, point, 0.25);
    expect(fixed).toEqual({});
    expect(spaceSchema.safeParse(narrowed).error).toBeUndefined();
    expect(contains(narrowed, point)).toBe(true);
    expect(narrowed).toMatchObject({
      optimizer: { kind: 'categorical', choices: ['adam'] },
      learningRate: { min: expect.closeTo(0.01 / 10 ** 0.5, 3), max: expect.closeTo(0.01 * 10 ** 0.5, 2) },
      beta2: { when: { optimizer: ['adam'] } },
    });
    // 3 and 4 layers are out of reach, and with them what they would make active.
    expect(narrowed['hiddenLayers']).toMatchObject({ min: 2, max: 2 });
    expect(Object.keys(narrowed)).not.toContain('wide');
    for (const [name, domain] of Object.entries(narrowed)) {
      const whole = space[name]!;
      if (domain.kind === 'categorical' || whole.kind === 'categorical') continue;
      expect(domain.min).toBeGreaterThanOrEqual(whole.min);
      expect(domain.max).toBeLessThanOrEqual(whole.max);
    }
  });

  test('keeps what may become active, whole, and is moved to lie within the bounds', () => {
    const { space: narrowed } = narrowSpace(
      space,
      { ...point, hiddenLayers: 4, wide: 0, learningRate: 1 } as never,
      0.5,
    );
    expect(narrowed).toMatchObject({
      learningRate: { min: expect.closeTo(0.01, 4), max: 1 },
      wide: { min: 0, max: 0.5, when: { hiddenLayers: [3, 4] } },
    });
    const { space: other } = narrowSpace(space, { ...point, hiddenLayers: 3 }, 1);
    expect(other['wide']).toEqual(space['wide']);
  });

  test.each([
    [{ learningRate: 5 }, { learningRate: { max: 5 } }],
    [{ keepProb: 0.77 }, { keepProb: { kind: 'float', scale: 'linear' } }],
    [{ hiddenUnits: 300 }, { hiddenUnits: { max: 300 } }],
    [{ optimizer: 'rmsprop' }, { optimizer: { choices: ['rmsprop'] } }],
  ])('widens its bounds for %j, which somebody has put there by hand', (edit, expected) => {
    const values = { ...point, ...edit };
    const { space: narrowed, fixed } = narrowSpace(space, values, 0.25);
    expect(fixed).toEqual({});
    expect(spaceSchema.safeParse(narrowed).error).toBeUndefined();
    expect(narrowed).toMatchObject(expected);
    expect(contains(narrowed, at(narrowed, values))).toBe(true);
  });

  test('fixes what no range can hold, and goes by it', () => {
    const conditional: SearchSpace = {
      ...space,
      extra: { kind: 'float', min: 0, max: 1, scale: 'linear', when: { hiddenUnits: [64] } },
      never: { kind: 'float', min: 0, max: 1, scale: 'linear', when: { hiddenUnits: [16] } },
    };
    const values = { ...point, learningRate: 0, hiddenUnits: [64, 32], extra: 0.5 };
    const { space: narrowed, fixed } = narrowSpace(conditional, values as never, 0.25);
    expect(fixed).toEqual({ learningRate: 0, hiddenUnits: [64, 32] });
    expect(narrowed['extra']).toMatchObject({ kind: 'float' });
    expect(narrowed['extra']).not.toHaveProperty('when');
    expect(Object.keys(narrowed)).not.toContain('never');
    expect(contains(narrowed, at(narrowed, values))).toBe(true);
  });

  test('of nothing but choices keeps them all', () => {
    const choices: SearchSpace = { optimizer: space['optimizer']! };
    expect(narrowSpace(choices, { optimizer: 'gd' }, 0.25).space).toEqual(choices);
  });
});
