import { describe, expect, it } from 'vitest';
import { stream, streamKey } from './rng.js';
import { SOBOL_DIMENSIONS, sobolAxis, sobolInteger } from './sobol.js';

// Golden data: scipy 1.17.1, scipy.stats.qmc.Sobol(d=200, scramble=False, bits=32), points times 2^32; exact.
const GOLDEN_DIMENSIONS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 49, 99, 149, 199];
const GOLDEN: Readonly<Record<number, readonly number[]>> = {
  0: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  1: new Array<number>(14).fill(2147483648),
  2: [
    3221225472, 1073741824, 1073741824, 1073741824, 3221225472, 3221225472, 1073741824, 3221225472, 3221225472,
    3221225472, 3221225472, 3221225472, 3221225472, 1073741824,
  ],
  3: [
    1073741824, 3221225472, 3221225472, 3221225472, 1073741824, 1073741824, 3221225472, 1073741824, 1073741824,
    1073741824, 1073741824, 1073741824, 1073741824, 3221225472,
  ],
  4: [
    1610612736, 1610612736, 2684354560, 3758096384, 1610612736, 536870912, 1610612736, 3758096384, 3758096384,
    2684354560, 1610612736, 3758096384, 536870912, 3758096384,
  ],
  5: [
    3758096384, 3758096384, 536870912, 1610612736, 3758096384, 2684354560, 3758096384, 1610612736, 1610612736,
    536870912, 3758096384, 1610612736, 2684354560, 1610612736,
  ],
  7: [
    536870912, 2684354560, 1610612736, 536870912, 536870912, 1610612736, 2684354560, 2684354560, 2684354560, 3758096384,
    536870912, 2684354560, 1610612736, 536870912,
  ],
  8: [
    805306368, 1342177280, 4026531840, 1879048192, 2415919104, 1342177280, 1879048192, 4026531840, 4026531840,
    1342177280, 268435456, 4026531840, 805306368, 268435456,
  ],
  100: [
    1778384896, 1107296256, 3321888768, 3120562176, 3791650816, 3187671040, 100663296, 2046820352, 2717908992,
    2986344448, 2852126720, 3791650816, 1308622848, 570425344,
  ],
  1023: [
    4194304, 3233808384, 2629828608, 624951296, 801112064, 1883242496, 599785472, 2654994432, 1480589312, 3653238784,
    3535798272, 2277507072, 3535798272, 801112064,
  ],
  4095: [
    1048576, 4042260480, 1435500544, 3872391168, 4038066176, 338690048, 4077912064, 1678770176, 823132160, 1058013184,
    2609905664, 4134535168, 11534336, 3566206976,
  ],
};

describe('sobolInteger', () => {
  it.each(Object.keys(GOLDEN).map(Number))('gives the published integers of point %i', (index) => {
    expect(GOLDEN_DIMENSIONS.map((dimension) => sobolInteger(index, dimension))).toEqual(GOLDEN[index]);
  });

  it('puts one of the first 2^10 points in each of 2^10 parts, in every dimension', () => {
    for (let dimension = 0; dimension < SOBOL_DIMENSIONS; dimension++) {
      const parts = new Set(Array.from({ length: 1024 }, (_, i) => sobolInteger(i, dimension) >>> 22));
      expect(parts.size, `dimension ${dimension}`).toBe(1024);
    }
  });

  it('refuses dimensions it has no numbers for', () => {
    expect(() => sobolInteger(0, SOBOL_DIMENSIONS)).toThrow(RangeError);
    expect(() => sobolInteger(0, -1)).toThrow(RangeError);
  });
});

describe('sobolAxis', () => {
  const axes = (seed: number, dimensions: number) =>
    Array.from({ length: dimensions }, (_, d) => sobolAxis(d, streamKey(seed, 'axis', d)));

  it.each([1, 2, 4, 7, 11])('puts one of the first 2^%i points in each part of a projection, for every seed', (k) => {
    const parts = 2 ** k;
    for (let seed = 0; seed < 5; seed++) {
      axes(seed, 30).forEach((at, dimension) => {
        const seen = new Set(Array.from({ length: parts }, (_, i) => Math.floor(at(i) * parts)));
        expect(seen.size, `seed ${seed}, dimension ${dimension}`).toBe(parts);
      });
    }
  });

  it('keeps the net of the first two dimensions: elementary boxes of area 2^-6 hold one of 64 points each', () => {
    const [x, y] = axes(3, 2) as [(i: number) => number, (i: number) => number];
    for (let a = 0; a <= 6; a++) {
      const boxes = new Set(
        Array.from({ length: 64 }, (_, i) => `${Math.floor(x(i) * 2 ** a)},${Math.floor(y(i) * 2 ** (6 - a))}`),
      );
      expect(boxes.size, `boxes of width 2^-${a}`).toBe(64);
    }
  });

  it('has a lower discrepancy than random points', () => {
    for (let seed = 0; seed < 5; seed++) {
      const coordinates = axes(seed, 5);
      const sobol = Array.from({ length: 256 }, (_, i) => coordinates.map((at) => at(i)));
      const random = stream(seed, 'random');
      const independent = sobol.map((point) => point.map(() => random.uniform()));
      expect(l2StarDiscrepancy(sobol)).toBeLessThan(0.5 * l2StarDiscrepancy(independent));
    }
  });

  it('never changes: stored seeds must go on meaning what they meant', () => {
    expect([0, 1, 1000].map((index) => axes(42, 2).map((at) => at(index)))).toMatchInlineSnapshot(`
      [
        [
          0.7569167400831477,
          0.23170621108769285,
        ],
        [
          0.29505470221636587,
          0.5993009012036965,
        ],
        [
          0.9372738881427375,
          0.1290249680420874,
        ],
      ]
    `);
  });

  it('starts anywhere in [0, 1), depending on the seed', () => {
    const starts = Array.from({ length: 200 }, (_, seed) => axes(seed, 1)[0]!(0));
    expect(Math.min(...starts)).toBeLessThan(0.05);
    expect(Math.max(...starts)).toBeGreaterThan(0.95);
  });
});

/** Warnock's formula for the L2 star discrepancy. */
function l2StarDiscrepancy(points: readonly (readonly number[])[]): number {
  const n = points.length;
  const d = points[0]!.length;
  let single = 0;
  let pairs = 0;
  for (const x of points) {
    single += x.reduce((product, xi) => (product * (1 - xi * xi)) / 2, 1);
    for (const y of points) pairs += x.reduce((product, xi, i) => product * (1 - Math.max(xi, y[i]!)), 1);
  }
  return Math.sqrt(3 ** -d - (2 / n) * single + pairs / (n * n));
}
