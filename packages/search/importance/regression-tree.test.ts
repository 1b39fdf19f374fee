import { stream } from '@caviar/numerics';
import { expect, test } from 'vitest';
import type { Column } from './encode-trials.js';
import { type Extent, growTree, type RegressionTree } from './regression-tree.js';

function grow(columns: readonly Column[], targets: readonly number[], weights = targets.map(() => 1)) {
  const predicted: [number, number][] = [];
  const orders = columns.map(({ values }) =>
    Int32Array.from(targets, (_, i) => i).sort((a, b) => (values[a]! || 2) - (values[b]! || 2) || a - b),
  );
  const tree = growTree(
    { columns, targets: Float64Array.from(targets) },
    {
      weights: Uint16Array.from(weights),
      orders,
      random: stream(1, 'test'),
      predict: (trial, value) => predicted.push([trial, value]),
    },
  );
  return { ...tree, predicted };
}

const shown = ({ leaves }: RegressionTree) =>
  leaves.map(({ value, box }) => [value, Object.fromEntries(box)]).sort((a, b) => Number(a[0]) - Number(b[0]));
const range = (low: number, high: number): Extent => ({ kind: 'range', low, high });
const column = (name: string, values: readonly number[], choices: number | null = null): Column => ({
  name,
  choices,
  values: Float64Array.from(values),
});

test('a range is cut halfway between the trials where that explains most, and a trial outside the sample is predicted', () => {
  // Sum of squares explained: 4 trials of -1, 2 trials of 2 about their mean 0: 4 * 1 + 2 * 4 = 12.
  const x = column('x', [0.1, 0.2, 0.3, 0.4, 0.8, 0.9, 0.55]);
  const tree = grow([x], [-1, -1, -1, -1, 2, 2, 9], [1, 1, 1, 1, 1, 1, 0]);
  expect(shown(tree)).toEqual([
    [-1, { 0: range(0, expect.closeTo(0.6, 12)) }],
    [2, { 0: range(expect.closeTo(0.6, 12), 1) }],
  ]);
  expect(tree.gains[0]).toBeCloseTo(12, 12);
  expect(tree.predicted).toEqual([[6, -1]]);
});

test('a trial that was drawn twice counts twice', () => {
  const tree = grow([column('x', [0.2, 0.8])], [-1, 1], [2, 3]);
  expect(shown(tree).map(([value]) => value)).toEqual([-1, 1]);
  expect(tree.gains[0]).toBeCloseTo(5 - 1 / 5, 12); // 2 + 3 about the mean 1/5
});

test('choices are parted by their means; one that was not tried goes with the larger part', () => {
  const kind = column('kind', [0, 0, 2, 2, 3, 3], 4);
  const tree = grow([kind], [1, 1, -2, -2, 1, 1]);
  expect(shown(tree)).toEqual([
    [-2, { 0: { kind: 'choices', choices: [2] } }],
    [1, { 0: { kind: 'choices', choices: [0, 1, 3] } }],
  ]);
});

test('a parameter is split on only where all trials have it; a trial outside that lacks it takes the larger part', () => {
  const { NaN: none } = Number;
  const kind = column('kind', [0, 0, 1, 1, 1, 1, 1, 1], 2);
  const x = column('x', [none, none, 0.2, 0.2, 0.8, 0.8, 0.8, none]);
  const tree = grow([kind, x], [0, 0, 1, 1, 3, 3, 3, 7], [1, 1, 1, 1, 1, 1, 1, 0]);
  expect(shown(tree)).toEqual([
    [0, { 0: { kind: 'choices', choices: [0] } }],
    [1, { 0: { kind: 'choices', choices: [1] }, 1: range(0, 0.5) }],
    [3, { 0: { kind: 'choices', choices: [1] }, 1: range(0.5, 1) }],
  ]);
  expect(tree.predicted).toEqual([[7, 3]]);
});

test('leaves hold two trials at least, and equal values are never parted', () => {
  expect(grow([column('x', [0.1, 0.5, 0.9])], [0, 1, 2]).leaves).toHaveLength(1);
  expect(grow([column('x', [0.5, 0.5, 0.5, 0.5])], [0, 1, 2, 3]).leaves).toHaveLength(1);
});

test('between neighbouring doubles nothing is cut: a part without width has no share of the space', () => {
  const next = 0.5 + Number.EPSILON / 2;
  expect(grow([column('x', [0.5, 0.5, next, next])], [0, 0, 1, 1]).leaves).toHaveLength(1);
  expect(grow([column('x', [0, 0, Number.MIN_VALUE, Number.MIN_VALUE])], [0, 0, 1, 1]).leaves).toHaveLength(1);
});
