import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from './normal.js';

// Golden data: scipy 1.17.1, scipy.stats.norm.ppf; relative tolerance 4e-16.
const QUANTILES = [
  [1e-300, -37.0470962993612],
  [1e-20, -9.262340089798409],
  [1e-5, -4.264890793922825],
  [0.01, -2.3263478740408408],
  [0.3, -0.5244005127080409],
  [0.5, 0],
  [0.7, 0.5244005127080407],
  [0.999, 3.090232306167813],
  [1 - 1e-10, 6.361340889697422],
] as const;

describe('normalQuantile', () => {
  it.each(QUANTILES)('of %d is %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThanOrEqual(6e-16 * Math.abs(z));
  });

  it('gives the limits', () => {
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(-0.1), normalQuantile(1.1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

describe('normalCdf', () => {
  it('inverts the quantile', () => {
    for (let i = 1; i < 200; i++) expect(normalCdf(normalQuantile(i / 200))).toBeCloseTo(i / 200, 14);
    expect(normalCdf(-8) / 6.220960574271785e-16).toBeCloseTo(1, 6);
    expect([normalCdf(-50), normalCdf(50)]).toEqual([0, 1]);
  });
});
