import { describe, expect, it } from 'vitest';
import { clouds } from '../fixtures/jobs.js';
import { measureFeatures, measureTargets } from './normalize.js';

describe('measureFeatures', () => {
  it('gives mean and sigma, not sigma squared, of the named rows only', () => {
    const dataset = {
      ...clouds({ rows: 4, features: 2, classes: 2 }),
      features: Float32Array.of(1, 10, 3, 20, 5, 60, 999, 999),
    };
    const { mean, sigma } = measureFeatures(dataset, Int32Array.of(0, 1, 2));
    expect([...mean]).toEqual([3, 30]);
    // ((1-3)^2 + 0 + (5-3)^2) / 3 and (400 + 100 + 900) / 3
    expect(sigma[0]).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect(sigma[1]).toBeCloseTo(Math.sqrt(1400 / 3), 12);
  });

  it('leaves constant features alone, whatever rounding makes of their mean', () => {
    const rows = 1000;
    const dataset = { ...clouds({ rows, features: 1, classes: 2 }), features: new Float32Array(rows).fill(0.1) };
    const { mean, sigma } = measureFeatures(
      dataset,
      Int32Array.from({ length: rows }, (_, row) => row),
    );
    expect(sigma[0]).toBe(1);
    expect(Math.fround(0.1) - mean[0]!).toBe(0);
  });
});

describe('measureTargets', () => {
  const dataset = { ...clouds({ rows: 4, features: 1, classes: null }), targets: Float32Array.of(2e6, 4e6, 6e6, 9) };

  it('gives mean and sigma of the named rows only', () => {
    const { mean, sigma } = measureTargets(dataset, Int32Array.of(0, 1, 2));
    expect(mean).toBe(4e6);
    expect(sigma).toBeCloseTo(1e6 * Math.sqrt(8 / 3), 3);
  });

  it('gives a sigma of 1 where all are the same', () => {
    expect(measureTargets(dataset, Int32Array.of(3))).toEqual({ mean: 9, sigma: 1 });
  });
});
