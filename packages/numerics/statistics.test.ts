import { describe, expect, it } from 'vitest';
import { stream } from './rng.js';
import { histogram, kolmogorovSmirnov, mean, median, quantile, variance } from './statistics.js';

describe('mean and variance', () => {
  it('of a worked example', () => {
    // mean (2 + 4 + 4 + 4 + 5 + 5 + 7 + 9) / 8 = 5; squared deviations 9+1+1+1+0+0+4+16 = 32, over 7
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(variance(values)).toBeCloseTo(32 / 7, 14);
  });

  it('do not cancel far from zero', () => {
    expect(variance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBeCloseTo(30, 12);
  });

  it('say NaN where there is nothing to say', () => {
    expect([mean([]), variance([1])]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('quantile', () => {
  it('interpolates as numpy does', () => {
    expect(quantile([3, 1, 2, 4], 0.25)).toBe(1.75);
    expect([quantile([3, 1, 2], 0), quantile([3, 1, 2], 1), quantile([5], 0.3)]).toEqual([1, 3, 5]);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('histogram', () => {
  it('counts a value on an edge in the upper bin, the last edge in the last bin, and nothing outside', () => {
    expect(histogram([-1, 0, 0.5, 1, 2.9, 3, 3.1, Number.NaN], [0, 1, 2, 3])).toEqual([2, 1, 2]);
  });
});

describe('kolmogorovSmirnov', () => {
  it('gives the statistic of a worked example', () => {
    // F_n jumps to 1/2 at 0.1 and to 1 at 0.4; the largest gap is 1 - 0.4 = 0.6
    expect(kolmogorovSmirnov([0.4, 0.1], (x) => x).statistic).toBeCloseTo(0.6, 15);
  });

  it('gives the p-value of the limit distribution', () => {
    // The 5 % point of the Kolmogorov distribution is 1.3581; a shift by d of an even grid has statistic d + 1/(2n).
    const n = 10_000;
    const d = 1.3581 / (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) - 0.5 / n;
    const shifted = Array.from({ length: n }, (_, i) => (i + 0.5) / n + d);
    expect(kolmogorovSmirnov(shifted, (x) => Math.min(1, x)).pValue).toBeCloseTo(0.05, 4);
  });

  it('accepts a uniform sample and refuses a skewed one', () => {
    const random = stream(1, 'ks');
    const xs = Array.from({ length: 2000 }, () => random.uniform());
    expect(kolmogorovSmirnov(xs, (x) => x).pValue).toBeGreaterThan(0.01);
    expect(kolmogorovSmirnov(xs, (x) => x * x).pValue).toBeLessThan(1e-6);
  });
});
