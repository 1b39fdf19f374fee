import { type SearchSpace, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { cardinality } from './cardinality.js';
import { assemble, compileSpace } from './compile-space.js';
import { contains } from './contains.js';

const space = (input: unknown): SearchSpace => spaceSchema.parse(input);

/** A child written before its parent, and a grandchild. */
const nested = space({
  beta2: { kind: 'int', min: 1, max: 3, when: { optimizer: ['rmsprop', 'adam'] } },
  amsgrad: { kind: 'categorical', choices: [true, false], when: { beta2: [2, 3] } },
  optimizer: { kind: 'categorical', choices: ['gd', 'rmsprop', 'adam'] },
});

describe('compileSpace', () => {
  it('puts parents before children and goes by name otherwise, whatever the order of the keys', () => {
    const names = (input: SearchSpace) => {
      const { order, parameters } = compileSpace(input);
      return order.map((i) => parameters[i]!.name);
    };
    expect(names(nested)).toEqual(['optimizer', 'beta2', 'amsgrad']);
    const reversed = Object.fromEntries(Object.entries(nested).reverse());
    expect(names(reversed)).toEqual(['optimizer', 'beta2', 'amsgrad']);
    expect(names(space({ b: { kind: 'int', min: 0, max: 1 }, a: { kind: 'int', min: 0, max: 1 } }))).toEqual([
      'a',
      'b',
    ]);
  });

  it('refuses what spaceSchema would have refused', () => {
    const circle = { a: { kind: 'int', min: 0, max: 1, scale: 'linear', when: { a: [1] } } } as const;
    expect(() => compileSpace(circle as unknown as SearchSpace)).toThrow(RangeError);
    const missing = { a: { kind: 'int', min: 0, max: 1, scale: 'linear', when: { b: [1] } } } as const;
    expect(() => compileSpace(missing as unknown as SearchSpace)).toThrow(RangeError);
  });
});

describe('assemble', () => {
  const compiled = compileSpace(nested);
  const from = (values: Record<string, string | number | boolean>) =>
    assemble(compiled, (i) => values[compiled.parameters[i]!.name]!);

  it('leaves out what is inactive, its descendants with it, and keeps the order of the spec', () => {
    expect(Object.entries(from({ optimizer: 'adam', beta2: 3, amsgrad: true }))).toEqual([
      ['beta2', 3],
      ['amsgrad', true],
      ['optimizer', 'adam'],
    ]);
    expect(from({ optimizer: 'adam', beta2: 1, amsgrad: true })).toEqual({ optimizer: 'adam', beta2: 1 });
    expect(from({ optimizer: 'gd', beta2: 3, amsgrad: true })).toEqual({ optimizer: 'gd' });
  });
});

describe('contains', () => {
  it.each([
    [{ optimizer: 'gd' }, true],
    [{ optimizer: 'adam', beta2: 1 }, true],
    [{ optimizer: 'adam', beta2: 2, amsgrad: false }, true],
    [{}, false], // optimizer is missing
    [{ optimizer: 'adam' }, false], // beta2 is active and missing
    [{ optimizer: 'gd', beta2: 1 }, false], // beta2 is inactive
    [{ optimizer: 'adam', beta2: 4 }, false],
    [{ optimizer: 'adam', beta2: 1.5 }, false],
    [{ optimizer: 'adam', beta2: '1' }, false],
    [{ optimizer: 'gd', other: 1 }, false],
  ])('%j: %j', (params, expected) => {
    expect(contains(nested, params)).toBe(expected);
  });
});

describe('cardinality', () => {
  it('counts only what is distinct: gd, and for each of two others beta2 = 1 or two values of amsgrad with 2 and 3', () => {
    expect(cardinality(nested)).toBe(1 + 2 * (1 + 2 * 2));
  });

  it('does not list long ranges', () => {
    const wide = { kind: 'int', min: 1, max: 1_000_000_000 };
    expect(cardinality(space({ n: wide }))).toBe(1e9);
    expect(cardinality(space({ n: wide, c: { kind: 'int', min: 1, max: 10, when: { n: [5, 7] } } }))).toBe(
      1e9 - 2 + 20,
    );
  });

  it('is Infinity with a float range, and ends at 2^53 - 1 otherwise', () => {
    expect(cardinality(space({ x: { kind: 'float', min: 0, max: 1 } }))).toBe(Number.POSITIVE_INFINITY);
    expect(cardinality(space({ x: { kind: 'float', min: 0, max: 1, step: 0.25 } }))).toBe(5);
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x${i}`, { kind: 'int', min: 0, max: 9 }]));
    expect(cardinality(space(many))).toBe(Number.MAX_SAFE_INTEGER);
  });
});
