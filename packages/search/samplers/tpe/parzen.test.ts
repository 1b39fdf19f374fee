import { kolmogorovSmirnov, stream } from '@caviar/numerics';
import { spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { compileSpace } from '../../space/compile-space.js';
import { bandwidths } from './bandwidths.js';
import { groupParameters } from './groups.js';
import { ParzenEstimator, type WeightedPoint } from './parzen.js';

const CELLS = 4000;

/** Density at the middle of each of 4000 cells of [0, 1], for an estimator over one continuous range. */
function densities(estimator: ParzenEstimator): number[] {
  return Array.from({ length: CELLS }, (_, i) => {
    const u = (i + 0.5) / CELLS;
    return Math.exp(estimator.logDensity({ at: Float64Array.of(u), cells: Float64Array.of(u, u) }));
  });
}

const points = (...positions: readonly number[][]): WeightedPoint[] =>
  positions.map((at, i) => ({ at: Float64Array.from(at), weight: 1 + i }));
const axesOf = (space: Parameters<typeof spaceSchema.parse>[0]) =>
  groupParameters(compileSpace(spaceSchema.parse(space)))[0]!.axes;
const range = axesOf({ x: { kind: 'float', min: 0, max: 1 } });
const three = axesOf({ c: { kind: 'categorical', choices: ['a', 'b', 'c'] } });

describe('bandwidths', () => {
  it('are the distance to the farther neighbour, within bounds', () => {
    // floor: 1 / (4 + 2); 0.1 and 0.2 are 0.1 apart, 0.7 is 0.5 from 0.2 and 0.2 from 0.9
    expect([...bandwidths([0.9, 0.2, 0.1, 0.7])].map((x) => Number(x.toFixed(6)))).toEqual([0.2, 0.5, 0.166667, 0.5]);
    expect([...bandwidths([0.3])]).toEqual([0.7]);
    expect([...bandwidths([])]).toEqual([]);
  });

  it('take positions that coincide as one, and get no finer than a hundredth', () => {
    expect([...bandwidths([0.5, 0.5])]).toEqual([0.25, 0.25]);
    expect(Math.min(...bandwidths(Array.from({ length: 500 }, (_, i) => i / 499)))).toBe(0.01);
  });
});

describe('ParzenEstimator', () => {
  it.each([
    ['no observation', points()],
    ['one', points([0.2])],
    ['one at the border', points([0])],
    ['several', points([0.2], [0.25], [0.9], [1])],
    ['many', points(...Array.from({ length: 300 }, (_, i) => [(i * 0.618) % 1]))],
  ])('has a density that integrates to one over a range: %s', (_, observed) => {
    const sum = densities(new ParzenEstimator(range, observed, 1)).reduce((total, density) => total + density, 0);
    expect(sum / CELLS).toBeCloseTo(1, 4);
  });

  it.each([5, 11, 200])('has probabilities that add up to one over %d whole numbers', (max) => {
    const axes = axesOf({ n: { kind: 'int', min: 1, max, scale: 'log' } });
    const [axis] = axes;
    if (axis?.kind !== 'range') throw new TypeError('an int is a range');
    const observed = points([axis.unit.toUnit(2)], [axis.unit.toUnit(3)], [axis.unit.toUnit(max)]);
    const estimator = new ParzenEstimator(axes, observed, 1);
    let sum = 0;
    for (let value = 1; value <= max; value++) {
      const [low, high] = axis.unit.cell(value);
      const at = Float64Array.of(axis.unit.toUnit(value));
      sum += (high - low) * Math.exp(estimator.logDensity({ at, cells: Float64Array.of(low, high) }));
    }
    expect(sum).toBeCloseTo(1, 2);
  });

  it('gives choices the shares worked out by hand', () => {
    // Two kernels, weights 1/2 each. The observation's: own (1 + 1/2) / (1 + 3/2) = 3/5, others 1/5. The prior's: 1/3.
    const estimator = new ParzenEstimator(three, points([0]), 1);
    const share = (c: number) =>
      Math.exp(estimator.logDensity({ at: Float64Array.of(c), cells: Float64Array.of(0, 0) })) / 3;
    expect(share(0)).toBeCloseTo((3 / 5 + 1 / 3) / 2, 12);
    expect(share(1)).toBeCloseTo((1 / 5 + 1 / 3) / 2, 12);
    expect(share(0) + share(1) + share(2)).toBeCloseTo(1, 12);
    const random = stream(3, 'choices');
    const counts = [0, 0, 0];
    for (let i = 0; i < 6000; i++) counts[estimator.sample(random)[0]!]!++;
    counts.forEach((count, c) => {
      expect(Math.abs(count / 6000 - share(c))).toBeLessThan(0.02);
    });
  });

  it('draws from its density (Kolmogorov and Smirnov)', () => {
    const estimator = new ParzenEstimator(range, points([0.02], [0.3], [0.31], [0.8]), 1);
    const cumulative = [0];
    for (const density of densities(estimator)) cumulative.push(cumulative.at(-1)! + density / CELLS);
    const cdf = (x: number) => {
      const i = Math.min(CELLS - 1, Math.floor(x * CELLS));
      return cumulative[i]! + (x * CELLS - i) * (cumulative[i + 1]! - cumulative[i]!);
    };
    const random = stream(5, 'draws');
    const draws = Array.from({ length: 5000 }, () => estimator.sample(random)[0]!);
    expect(kolmogorovSmirnov(draws, cdf).pValue).toBeGreaterThan(0.01);
  });

  it('neither overflows nor vanishes on two hundred axes', () => {
    const choices = Array.from({ length: 500 }, (_, c) => c);
    const axes = Array.from({ length: 200 }, (_, j) =>
      j % 2 === 0 ? range[0]! : { kind: 'choice' as const, choices },
    );
    const at = axes.map(({ kind }) => (kind === 'range' ? 0.5 : 7));
    const estimator = new ParzenEstimator(axes, points(...Array.from({ length: 200 }, () => at)), 1);
    const cells = Float64Array.from({ length: 400 }, (_, j) => at[j >> 1]!);
    const near = estimator.logDensity({ at: Float64Array.from(at), cells });
    const far = estimator.logDensity({
      at: Float64Array.from(at, (x) => (x === 7 ? 8 : 0)),
      cells: cells.map(() => 0),
    });
    expect(near).toBeGreaterThan(100);
    expect(Number.isFinite(far)).toBe(true);
    expect(far).toBeLessThan(near);
  });
});
