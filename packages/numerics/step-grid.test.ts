import { describe, expect, it } from 'vitest';
import { stepGrid } from './step-grid.js';

const all = (min: number, max: number, step: number) => {
  const grid = stepGrid(min, max, step);
  return Array.from({ length: grid.count }, (_, k) => grid.at(k));
};

describe('stepGrid', () => {
  it.each([
    [0.5, 1, 0.05, [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1]],
    [0, 0.3, 0.1, [0, 0.1, 0.2, 0.3]], // 0.3 / 0.1 < 3 in floating point
    [0.2, 0.3, 0.1, [0.2, 0.3]],
    [0.1, 0.75, 0.2, [0.1, 0.3, 0.5, 0.7]],
    [-0.2, 0.2, 0.1, [-0.2, -0.1, 0, 0.1, 0.2]],
    [1e-5, 5e-5, 1e-5, [1e-5, 2e-5, 3e-5, 4e-5, 5e-5]],
    [1, 10, 4, [1, 5, 9]],
    [7, 7, 1, [7]],
    [-3, 2, 5, [-3, 2]],
  ])('from %d to %d by %d', (min, max, step, values) => {
    expect(all(min, max, step)).toEqual(values);
  });

  it('never gives -0', () => {
    expect(Object.is(stepGrid(-1, 1, 1).at(1), 0)).toBe(true);
    expect(Object.is(stepGrid(-0, 1, 0.5).at(0), 0)).toBe(true);
  });

  it('finds the nearest value, and the ends for what is outside', () => {
    const grid = stepGrid(0.5, 1, 0.05);
    expect([0.5, 0.52, 0.53, 1, 9, -9].map((x) => grid.at(grid.nearest(x)))).toEqual([0.5, 0.5, 0.55, 1, 1, 0.5]);
  });

  it('counts whole numbers up to 2^53 exactly', () => {
    const max = Number.MAX_SAFE_INTEGER;
    expect(stepGrid(1, max, 1).count).toBe(max);
    expect(stepGrid(0, max, 1).at(max)).toBe(max);
    expect(stepGrid(-max, max, 2).at(0)).toBe(-max);
  });

  it('goes on where decimals do not: steps that are no short decimals, numbers beyond 10^22', () => {
    expect(all(0, 1, 1 / 3)).toEqual([0, 1 / 3, 2 / 3, 1]);
    expect(all(1e200, 3e200, 1e200)).toEqual([1e200, 2e200, 3e200]);
    expect(all(1e-200, 3e-200, 1e-200)).toHaveLength(3);
  });
});
