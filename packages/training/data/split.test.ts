import { type Dataset, defaultSplit, partRows, partSources } from '@caviar/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clouds } from '../fixtures/jobs.js';
import { splitRows } from './split.js';

const counts = (labels: ArrayLike<number>, rows: Int32Array, classes: number): number[] => {
  const result = new Array<number>(classes).fill(0);
  for (const row of rows) result[labels[row]!]!++;
  return result;
};

describe('splitRows', () => {
  it('draws by its own seed where it has one, whatever the search’s is', () => {
    const dataset = clouds({ rows: 120, features: 1, classes: 3 });
    const grouped = { ...dataset, groups: Int32Array.from({ length: 120 }, (_, row) => Math.floor(row / 4)) };
    const split = { train: 0.6, dev: 0.2, test: 0.2 };
    for (const each of [dataset, grouped]) {
      expect(splitRows(each, { ...split, seed: 5 }, 1)).toEqual(splitRows(each, split, 5));
      expect(splitRows(each, { ...split, seed: 5 }, 1)).not.toEqual(splitRows(each, split, 1));
      expect(splitRows(each, { ...split, seed: 0 }, 1)).toEqual(splitRows(each, split, 0));
    }
  });

  it('is disjoint, complete, stratified and of the right sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 8, max: 60 }),
        fc.constantFrom([0.6, 0.2, 0.2], [0.7, 0.3, 0], [0.98, 0.01, 0.01], [0.5, 0.25, 0.25]),
        fc.nat(),
        (classes, perClass, [train, dev, test], seed) => {
          const dataset = clouds({ rows: classes * perClass, features: 1, classes });
          const parts = splitRows(dataset, { train: train!, dev: dev!, test: test! }, seed);
          const all = [...parts.train, ...parts.dev, ...parts.test].sort((a, b) => a - b);
          expect(all).toEqual(Array.from({ length: classes * perClass }, (_, row) => row));
          for (const [part, share] of [
            [parts.train, train],
            [parts.dev, dev],
            [parts.test, test],
          ] as const) {
            for (const count of counts(dataset.targets, part, classes)) {
              if (share! > 0) expect(count).toBeGreaterThan(0);
              expect(Math.abs(count - perClass * share!)).toBeLessThan(2);
            }
          }
        },
      ),
    );
  });

  it('comes within one row of the ratios when classes are uneven', () => {
    const dataset = clouds({ rows: 1000, features: 1, classes: 10 });
    // 10 classes of 7 to 193 rows.
    const targets = Int32Array.from({ length: 1000 }, (_, row) => Math.floor(Math.sqrt(row / 10)));
    const { train, dev, test } = splitRows({ ...dataset, targets }, { train: 0.6, dev: 0.2, test: 0.2 }, 3);
    expect([train.length, dev.length, test.length]).toEqual([600, 200, 200]);
  });

  it('depends on the seed alone', () => {
    const dataset = clouds({ rows: 100, features: 1, classes: 2 });
    const split = { train: 0.6, dev: 0.2, test: 0.2 };
    expect(splitRows(dataset, split, 5)).toEqual(splitRows(dataset, split, 5));
    expect(splitRows(dataset, split, 5).dev).not.toEqual(splitRows(dataset, split, 6).dev);
  });

  it('splits regression rows without classes', () => {
    const { train, dev, test } = splitRows(
      clouds({ rows: 50, features: 1, classes: null }),
      { train: 0.6, dev: 0.2, test: 0.2 },
      1,
    );
    expect([train.length, dev.length, test.length]).toEqual([30, 10, 10]);
    expect(new Set([...train, ...dev, ...test]).size).toBe(50);
  });

  it('names the class that cannot be in every part', () => {
    const dataset = clouds({ rows: 20, features: 1, classes: 2 });
    const targets = Int32Array.from({ length: 20 }, (_, row) => (row < 2 ? 1 : 0));
    expect(() => splitRows({ ...dataset, targets }, { train: 0.6, dev: 0.2, test: 0.2 }, 1)).toThrow(
      /class "class 1" has 2 rows, too few for one in each of train, dev and test/,
    );
    // Two parts are possible: one row of the class each, even where rounding would give dev none.
    const { train, dev } = splitRows({ ...dataset, targets }, { train: 0.8, dev: 0.2, test: 0 }, 1);
    expect([counts(targets, train, 2), counts(targets, dev, 2)]).toEqual([
      [14, 1],
      [4, 1],
    ]);
  });

  it('has room for the smallest sets: a row, or a row of every class, in each part', () => {
    const split = { train: 0.6, dev: 0.2, test: 0.2 };
    const { train, dev, test } = splitRows(clouds({ rows: 3, features: 1, classes: null }), split, 1);
    expect([train.length, dev.length, test.length]).toEqual([1, 1, 1]);
    for (const rows of [9, 10, 11, 12]) {
      const dataset = clouds({ rows, features: 1, classes: 3 });
      const parts = splitRows(dataset, split, rows);
      for (const part of Object.values(parts)) expect(Math.min(...counts(dataset.targets, part, 3))).toBeGreaterThan(0);
    }
  });

  it('splits two million rows by the ratios of big data, row for row', () => {
    const rows = 2_000_000;
    const small = clouds({ rows: 2, features: 1, classes: 2 });
    // One in a thousand is of the second class.
    const targets = Int32Array.from({ length: rows }, (_, row) => Number(row % 1000 === 0));
    const dataset = { ...small, info: { ...small.info, rows }, features: new Float32Array(rows), targets };
    const parts = splitRows(dataset, defaultSplit(dataset.info), 1);
    expect([parts.train.length, parts.dev.length, parts.test.length]).toEqual([1_990_000, 5000, 5000]);
    for (const part of [parts.dev, parts.test]) expect(counts(targets, part, 2)).toEqual([4995, 5]);
    const seen = new Uint8Array(rows);
    for (const part of Object.values(parts)) for (const row of part) seen[row]!++;
    expect(seen.every((times) => times === 1)).toBe(true);
  });

  it('refuses a label that is no class, and a data set without rows', () => {
    const dataset = clouds({ rows: 20, features: 1, classes: 2 });
    const split = { train: 0.6, dev: 0.2, test: 0.2 };
    const targets = Int32Array.from({ length: 20 }, (_, row) => row % 3);
    expect(() => splitRows({ ...dataset, targets }, split, 1)).toThrow(
      expect.objectContaining({ path: ['dataset', 'targets', 2] }),
    );
    expect(() => splitRows({ ...dataset, targets: new Int32Array(0) }, split, 1)).toThrow(/no rows/);
  });
});

describe('a data set that tells its sources', () => {
  // 400 rows from the web and 40 from the app, of two classes; one class is rare in the app.
  const dataset: Dataset = {
    ...clouds({ rows: 440, features: 1, classes: 2 }),
    info: {
      ...clouds({ rows: 440, features: 1, classes: 2 }).info,
      sources: [
        { name: 'web', rows: 400 },
        { name: 'app', rows: 40 },
      ],
    },
    sources: Int32Array.from({ length: 440 }, (_, row) => (row % 11 === 0 ? 1 : 0)),
    targets: Int32Array.from({ length: 440 }, (_, row) => (row % 11 === 0 ? Number(row % 110 === 0) : row % 2)),
  };
  const ratios = { train: 0.5, dev: 0.25, test: 0.25 };
  const shares = (rows: Int32Array) => counts(dataset.sources!, rows, 2);

  it('has every source in every part, in the same shares', () => {
    const { train, dev, test } = splitRows(dataset, ratios, 3);
    expect([train, dev, test].map(shares)).toEqual([
      [200, 20],
      [100, 10],
      [100, 10],
    ]);
    expect(partSources(dataset.info, ratios)).toMatchObject({ mismatched: false, dev: [{ rows: 100 }, { rows: 10 }] });
  });

  it('draws dev and test from the sources that the split aims at, and trains on the rest', () => {
    const split = { ...ratios, sources: ['app'] };
    const { train, dev, test } = splitRows(dataset, split, 3);
    expect([train, dev, test].map(shares)).toEqual([
      [400, 20],
      [0, 10],
      [0, 10],
    ]);
    const all = [...train, ...dev, ...test].sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 440 }, (_, row) => row));
    const told = partSources(dataset.info, split)!;
    expect(told.mismatched).toBe(true);
    expect([told.train, told.dev, told.test].map((part) => part.map(({ rows }) => rows))).toEqual(
      [train, dev, test].map(shares),
    );
    expect(partRows(dataset.info, split)).toEqual({ train: 420, dev: 10, test: 10 });
  });

  it('is refused for a source that there is not, and for parts that stay empty', () => {
    const path = ['trainer', 'split', 'sources'];
    const lost = { ...ratios, sources: ['post'] };
    expect(() => splitRows(dataset, lost, 3)).toThrow(expect.objectContaining({ path }));
    expect(() => splitRows(clouds({ rows: 40, features: 1, classes: 2 }), lost, 3)).toThrow('has no source "post"');
    const small = { train: 0.98, dev: 0.01, test: 0.01, sources: ['app'] };
    expect(() => splitRows(dataset, small, 3)).toThrow(/leaves no rows for the dev part/);
  });
});
