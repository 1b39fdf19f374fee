import { describe, expect, it } from 'vitest';
import { normalCdf } from './normal.js';
import { stream } from './rng.js';
import { kolmogorovSmirnov } from './statistics.js';
import { type TruncatedNormal, truncatedNormalQuantile } from './truncated-normal.js';

describe('truncatedNormalQuantile', () => {
  it.each<TruncatedNormal>([
    { mean: 0.5, sd: 0.2, low: 0, high: 1 },
    { mean: 0, sd: 0.05, low: 0, high: 1 },
    { mean: 1, sd: 1, low: 0, high: 1 },
    { mean: -0.3, sd: 0.1, low: 0, high: 1 },
    { mean: 7, sd: 2, low: -1, high: 4 },
  ])('draws from %o (Kolmogorov and Smirnov)', (distribution) => {
    const { mean, sd, low, high } = distribution;
    const below = normalCdf((low - mean) / sd);
    const inside = normalCdf((high - mean) / sd) - below;
    const random = stream(11, 'truncated');
    const draws = Array.from({ length: 5000 }, () => truncatedNormalQuantile(distribution, random.uniformOpen()));
    expect(draws.every((x) => x >= low && x <= high)).toBe(true);
    const test = kolmogorovSmirnov(draws, (x) => (normalCdf((x - mean) / sd) - below) / inside);
    expect(test.pValue).toBeGreaterThan(0.01);
  });

  it('keeps its digits in the tails', () => {
    // scipy 1.17: norm.isf(0.5 * norm.sf(10))
    const above = truncatedNormalQuantile({ mean: 0, sd: 1, low: 10, high: 20 }, 0.5);
    expect(above).toBeCloseTo(10.06841183608143, 9);
    expect(truncatedNormalQuantile({ mean: 0, sd: 1, low: -20, high: -10 }, 0.5)).toBeCloseTo(-above, 12);
  });

  it('stays within the interval where no probability is left', () => {
    expect(truncatedNormalQuantile({ mean: 1000, sd: 1, low: 0, high: 1 }, 0.5)).toBe(1);
    expect(truncatedNormalQuantile({ mean: -1000, sd: 1, low: 0, high: 1 }, 0.5)).toBe(0);
    expect(truncatedNormalQuantile({ mean: 0.5, sd: 0.1, low: 0, high: 1 }, 0)).toBeCloseTo(0, 9);
    expect(truncatedNormalQuantile({ mean: 0.5, sd: 0.1, low: 0, high: 1 }, 1)).toBeCloseTo(1, 9);
  });
});
