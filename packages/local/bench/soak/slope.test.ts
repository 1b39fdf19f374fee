import { expect, test } from 'vitest';
import { growth, median, medianSlope, type Point } from './slope.js';

const points = (y: (x: number) => number): Point[] => Array.from({ length: 60 }, (_, x) => [x, y(x)]);
/** Looks like noise, and is the same each time. */
const noise = (x: number) => ((x * 7919) % 13) - 6;
const BOUNDS = { share: 0.05, noise: 4 };

test('the median slope is that of the line, whatever a few points say', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(medianSlope(points((x) => 5 + 2 * x))).toBe(2);
  expect(medianSlope(points((x) => (x % 5 === 0 ? 900 : 5 + 2 * x)))).toBeCloseTo(2, 0);
});

test('noise and single peaks are flat; a leak is not, however small each step', () => {
  expect(
    growth(
      points((x) => 120 + noise(x)),
      BOUNDS,
    ).isFlat,
  ).toBe(true);
  expect(
    growth(
      points((x) => (x % 10 === 0 ? 300 : 120)),
      BOUNDS,
    ).isFlat,
  ).toBe(true);
  expect(
    growth(
      points((x) => 120 - x),
      BOUNDS,
    ).isFlat,
  ).toBe(true);
  const leak = growth(
    points((x) => 120 + 0.25 * x + noise(x)),
    BOUNDS,
  );
  expect(leak.isFlat).toBe(false);
  expect(leak.by).toBeGreaterThan(12);
  expect(leak.to - leak.from).toBeGreaterThan(8);
});
