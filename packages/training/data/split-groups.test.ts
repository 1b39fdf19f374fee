import type { Dataset } from '@caviar/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clouds } from '../fixtures/jobs.js';
import { splitRows } from './split.js';

const SPLIT = { train: 0.6, dev: 0.2, test: 0.2 };

/** A data set whose rows have these groups; the class of a row is its number modulo the classes. */
function grouped(groups: readonly number[], classes: number | null = 2): Dataset {
  const dataset = clouds({ rows: groups.length, features: 1, classes });
  return { ...dataset, info: { ...dataset.info, groups: new Set(groups).size }, groups: Int32Array.from(groups) };
}

describe('splitGroups', () => {
  it('never tears a group apart, loses no row, and depends on the seed alone', () => {
    const sizes = fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 12, maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.nat(), fc.constantFrom(null, 2), (groupSizes, seed, classes) => {
        const dataset = grouped(
          groupSizes.flatMap((size, group) => new Array<number>(size).fill(group)),
          classes,
        );
        const parts = splitRows(dataset, SPLIT, seed);
        expect(splitRows(dataset, SPLIT, seed)).toEqual(parts);
        const all = [...parts.train, ...parts.dev, ...parts.test].sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: dataset.info.rows }, (_, row) => row));
        const groupsOf = (rows: Int32Array) => new Set(Array.from(rows, (row) => dataset.groups![row]!));
        const [train, dev, test] = [groupsOf(parts.train), groupsOf(parts.dev), groupsOf(parts.test)];
        expect([...dev, ...test].some((group) => train.has(group))).toBe(false);
        expect([...dev].some((group) => test.has(group))).toBe(false);
      }),
    );
  });

  it('comes near to the ratios, class by class', () => {
    const dataset = grouped(Array.from({ length: 1000 }, (_, row) => Math.floor(row / 5)));
    const { train, dev, test } = splitRows(dataset, SPLIT, 1);
    for (const [rows, share] of [
      [train, 0.6],
      [dev, 0.2],
      [test, 0.2],
    ] as const) {
      const ones = Array.from(rows).filter((row) => dataset.targets[row] === 1).length;
      expect(Math.abs(ones - 500 * share)).toBeLessThanOrEqual(5);
      expect(Math.abs(rows.length - 1000 * share)).toBeLessThanOrEqual(5);
    }
  });

  it('is drawn anew by another seed', () => {
    const dataset = grouped(Array.from({ length: 100 }, (_, row) => Math.floor(row / 4)));
    expect(splitRows(dataset, SPLIT, 1).dev).not.toEqual(splitRows(dataset, SPLIT, 2).dev);
  });

  it('names what cannot be shared out', () => {
    expect(() => splitRows(grouped([0, 0, 1, 1]), SPLIT, 1)).toThrow('there are 2 groups, too few');
    // Class 1 is in group 0 alone.
    const dataset = { ...grouped([0, 0, 1, 1, 2, 2, 3, 3]), targets: Int32Array.of(0, 1, 0, 0, 0, 0, 0, 0) };
    expect(() => splitRows(dataset, SPLIT, 1)).toThrow('class "class 1" lies in 1 group, too few for one in each of');
  });
});

describe('a test part of its own', () => {
  const dataset = clouds({ rows: 120, features: 1, classes: 2 });
  const own: Dataset = { ...dataset, info: { ...dataset.info, rows: 100, testRows: 20 } };

  it('is the test part, whatever the seed', () => {
    const { train, dev, test } = splitRows(own, { train: 0.8, dev: 0.2, test: 0 }, 4);
    expect([train.length, dev.length]).toEqual([80, 20]);
    expect([...test]).toEqual(Array.from({ length: 20 }, (_, i) => 100 + i));
  });

  it('leaves nothing to draw another one for', () => {
    expect(() => splitRows(own, SPLIT, 4)).toThrow('there is a test part already');
  });
});
