import { stream } from '@caviar/numerics';
import { expect, test } from 'vitest';
import type { TrialTable } from './encode-trials.js';
import { type Extent, growTree, type Leaf, type RegressionTree } from './regression-tree.js';
import { treeVariance } from './tree-variance.js';

const range = (low: number, high: number): Extent => ({ kind: 'range', low, high });
const leaf = (value: number, box: readonly (readonly [number, Extent])[]): Leaf => ({ value, box: new Map(box) });
const treeOf = (...leaves: Leaf[]): RegressionTree => ({ leaves, gains: new Float64Array(2) });

test('a tree of three leaves, worked by hand', () => {
  // 0 where x < 1/4; else 4 where y < 1/2, 8 elsewhere.
  // mean = 3/4 * 6 = 9/2; E f^2 = 3/8 * 16 + 3/8 * 64 = 30; V = 30 - 81/4 = 39/4.
  // Marginal of x: 0 and 6: 1/4 * 81/4 + 3/4 * 9/4 = 27/4. Of y: 3 and 6: 9/4. Pair: 39/4 - 36/4 = 3/4.
  const tree = treeOf(
    leaf(0, [[0, range(0, 0.25)]]),
    leaf(4, [
      [0, range(0.25, 1)],
      [1, range(0, 0.5)],
    ]),
    leaf(8, [
      [0, range(0.25, 1)],
      [1, range(0.5, 1)],
    ]),
  );
  const variance = treeVariance(tree, [null, null]);
  expect(variance.total).toBeCloseTo(39 / 4, 12);
  expect(variance.single(0)).toBeCloseTo(27 / 4, 12);
  expect(variance.single(1)).toBeCloseTo(9 / 4, 12);
  expect(variance.pair(0, 1)).toBeCloseTo(3 / 4, 12);
});

test('a column that no leaf is limited in explains nothing', () => {
  const variance = treeVariance(treeOf(leaf(0, [[0, range(0, 0.5)]]), leaf(1, [[0, range(0.5, 1)]])), [null, null]);
  expect([variance.single(0), variance.single(1), variance.pair(0, 1)]).toEqual([0.25, 0, 0]);
});

test('a tree of one leaf has no variance', () => {
  expect(treeVariance(treeOf(leaf(3, [])), [null]).total).toBe(0);
});

/** The same by predicting at every point of a grid that has all borders of the tree on its lines. */
function naive({ leaves }: RegressionTree, grid: number, choices: readonly (number | null)[]) {
  const sizes = choices.map((count) => count ?? grid);
  const points = sizes.reduce((product, size) => product * size, 1);
  const values: number[] = [];
  const places: number[][] = [];
  for (let point = 0; point < points; point++) {
    let rest = point;
    const place = sizes.map((size) => {
      const k = rest % size;
      rest = Math.floor(rest / size);
      return k;
    });
    const holds = (extent: Extent, column: number) =>
      extent.kind === 'choices'
        ? extent.choices.includes(place[column]!)
        : (place[column]! + 0.5) / grid > extent.low && (place[column]! + 0.5) / grid < extent.high;
    const found = leaves.filter(({ box }) => [...box].every(([column, extent]) => holds(extent, column)));
    expect(found).toHaveLength(1); // the leaves partition the space
    values.push(found[0]!.value);
    places.push(place);
  }
  const variance = (columns: readonly number[]) => {
    const groups = new Map<string, number[]>();
    values.forEach((value, i) => {
      const key = columns.map((column) => places[i]![column]).join();
      groups.set(key, [...(groups.get(key) ?? []), value]);
    });
    const means = [...groups.values()].map((group) => group.reduce((sum, value) => sum + value, 0) / group.length);
    const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
    return means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / means.length;
  };
  return { total: variance(choices.map((_, i) => i)), variance };
}

test.each([1, 2, 3])(
  'a grown tree with ranges, choices and a condition agrees with its naive twin, seed %d',
  (seed) => {
    // Values on a grid of 4, so that every border falls on a line of a grid of 8.
    const random = stream(seed, 'test');
    const draw = (count: number, of: () => number) => Float64Array.from({ length: count }, of);
    const place = () => (random.below(4) + 0.5) / 4;
    const kinds = draw(80, () => random.below(5));
    const table: TrialTable = {
      columns: [
        { name: 'x', choices: null, values: draw(80, place) },
        { name: 'kind', choices: 5, values: kinds },
        { name: 'y', choices: null, values: kinds.map((kind) => (kind < 2 ? place() : Number.NaN)) },
        { name: 'other', choices: 3, values: draw(80, () => random.below(3)) },
      ],
      targets: draw(80, () => random.normal()),
    };
    const all = Int32Array.from({ length: 80 }, (_, i) => i);
    const key = (values: Float64Array, i: number) => (Number.isNaN(values[i]) ? 2 : values[i]!);
    const orders = table.columns.map(({ values, choices }) =>
      choices === null ? all.slice().sort((a, b) => key(values, a) - key(values, b)) : all,
    );
    const tree = growTree(table, { weights: new Uint16Array(80).fill(1), orders, random, predict: () => {} });
    const choices = table.columns.map((column) => column.choices);
    const fast = treeVariance(tree, choices);
    // Borders lie halfway between places: on multiples of 1/8.
    const slow = naive(tree, 8, choices);
    expect(tree.leaves.length).toBeGreaterThan(10);
    expect(fast.total).toBeCloseTo(slow.total, 9);
    for (let a = 0; a < 4; a++) {
      expect(fast.single(a)).toBeCloseTo(slow.variance([a]), 9);
      for (let b = a + 1; b < 4; b++) {
        const both = slow.variance([a, b]) - slow.variance([a]) - slow.variance([b]);
        expect(fast.pair(a, b)).toBeCloseTo(both, 9);
      }
    }
  },
);
