import { type Params, type SearchSpace, spaceSchema } from '@caviar/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allConfigurations, cardinality } from './cardinality.js';
import { assemble, compileSpace } from './compile-space.js';
import { contains } from './contains.js';
import { gridIndex, MAX_GRID_SIZE, runsOfValues } from './grid-index.js';

/** Up to five small parameters, each with conditions on up to two before it, in any order of keys. */
const smallSpace: fc.Arbitrary<SearchSpace> = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 3 }),
      parents: fc.uniqueArray(
        fc.record({ back: fc.integer({ min: 1, max: 4 }), bits: fc.integer({ min: 1, max: 7 }) }),
        {
          maxLength: 2,
          selector: ({ back }) => back,
        },
      ),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .chain((parts) =>
    fc
      .shuffledSubarray(
        parts.map((_, i) => i),
        { minLength: parts.length },
      )
      .map((keys) => ({ parts, keys })),
  )
  .map(({ parts, keys }) => {
    const domains = parts.map(({ size, parents }, i) => {
      const when: Record<string, number[]> = {};
      for (const { back, bits } of parents) {
        const parent = parts[i - back];
        const values = [0, 1, 2].filter((v) => (bits >> v) % 2 === 1 && v < (parent?.size ?? 0));
        if (values.length > 0) when[`p${i - back}`] = values;
      }
      return { kind: 'int', min: 0, max: size - 1, ...(Object.keys(when).length > 0 ? { when } : {}) };
    });
    return spaceSchema.parse(Object.fromEntries(keys.map((i) => [`p${i}`, domains[i]])));
  });

/** Every combination of values, the inactive ones removed, each once. */
function bruteForce(space: SearchSpace): Set<string> {
  const compiled = compileSpace(space);
  let combinations: number[][] = [[]];
  for (const { unit } of compiled.parameters) {
    combinations = combinations.flatMap((head) => Array.from({ length: unit.count }, (_, v) => [...head, v]));
  }
  return new Set(combinations.map((values) => JSON.stringify(assemble(compiled, (i) => values[i]!))));
}

function fullGrid(space: SearchSpace) {
  const compiled = compileSpace(space);
  const index = gridIndex(
    compiled,
    compiled.parameters.map(({ unit }, i) => runsOfValues(compiled, i, unit.spread(10))),
  );
  const at = (k: number): Params => {
    const values = index.at(k);
    return assemble(compiled, (i) => values[i]!);
  };
  return { size: index.size, at };
}

describe('gridIndex', () => {
  it('numbers each distinct configuration once, and no others', () => {
    fc.assert(
      fc.property(smallSpace, (space) => {
        const { size, at } = fullGrid(space);
        const listed = Array.from({ length: size }, (_, k) => at(k));
        const expected = bruteForce(space);
        expect(new Set(listed.map((params) => JSON.stringify(params)))).toEqual(expected);
        expect(size).toBe(expected.size);
        expect(cardinality(space)).toBe(expected.size);
        expect(listed.every((params) => contains(space, params))).toBe(true);
      }),
      { numRuns: 400, seed: 6 },
    );
  });

  it('finds the number of every configuration again, also where values that conditions name are told apart', () => {
    fc.assert(
      fc.property(smallSpace, (space) => {
        const compiled = compileSpace(space);
        const all = allConfigurations(compiled)!;
        const listed = Array.from({ length: all.size }, (_, k) => all.at(k));
        expect(listed.map((values) => all.indexOf(values))).toEqual(listed.map((_, k) => k));
        const distinct = new Set(listed.map((values) => JSON.stringify(assemble(compiled, (i) => values[i]!))));
        expect(distinct).toEqual(bruteForce(space));
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('is lexicographic: by name, children after parents, the last one fastest', () => {
    const space = spaceSchema.parse({
      z: { kind: 'int', min: 0, max: 1 },
      a: { kind: 'categorical', choices: ['x', 'y'] },
      b: { kind: 'int', min: 1, max: 2, when: { a: ['y'] } },
    });
    const { size, at } = fullGrid(space);
    expect(Array.from({ length: size }, (_, k) => at(k))).toEqual([
      { a: 'x', z: 0 },
      { a: 'x', z: 1 },
      { a: 'y', b: 1, z: 0 },
      { a: 'y', b: 1, z: 1 },
      { a: 'y', b: 2, z: 0 },
      { a: 'y', b: 2, z: 1 },
    ]);
  });

  it('finds any configuration of 10^200 without listing them, and 200 nested parents in no time', () => {
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x${i}`, { kind: 'int', min: 0, max: 9 }]));
    const { size, at } = fullGrid(spaceSchema.parse(wide));
    expect(size).toBe(MAX_GRID_SIZE);
    expect(Object.values(at(12)).filter((value) => value !== 0)).toEqual([1, 2]);

    const chain = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [
        `x${String(i).padStart(3, '0')}`,
        { kind: 'int', min: 0, max: 1, ...(i > 0 ? { when: { [`x${String(i - 1).padStart(3, '0')}`]: [1] } } : {}) },
      ]),
    );
    const nested = fullGrid(spaceSchema.parse(chain));
    expect(nested.size).toBe(201);
    expect(Object.keys(nested.at(200))).toHaveLength(200);
  });

  it('counts a hundred parents with a child each, whatever their names', () => {
    const pairs = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [
        [`a${i}`, { kind: 'categorical', choices: [true, false] }],
        [`z${i}`, { kind: 'int', min: 1, max: 3, when: { [`a${i}`]: [true] } }],
      ]).flat() as [string, unknown][],
    );
    expect(fullGrid(spaceSchema.parse(pairs)).size).toBe(4 ** 12);
  });

  it('refuses conditions too entangled to count', () => {
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
    expect(() => fullGrid(spaceSchema.parse(entangled))).toThrow('too entangled');
  });
});
