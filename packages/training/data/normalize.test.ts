import { describe, expect, it } from 'vitest';
import { clouds } from '../fixtures/jobs.js';
import { measureFeatures } from './normalize.js';

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
