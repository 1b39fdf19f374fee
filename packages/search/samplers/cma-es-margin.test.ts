import { normalCdf } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import { keepInReach } from './cma-es-margin.js';

const margin = 0.05;
const leaving = ({ mean, spread }: { mean: number; spread: number }, low: number, high: number) => ({
  below: normalCdf((low - mean) / spread),
  above: normalCdf((mean - high) / spread),
});

describe('the margin of a discrete coordinate', () => {
  it('leaves a distribution alone that reaches the neighbours often enough', () => {
    const wide = { mean: 0.5, spread: 0.2, low: 0.4, high: 0.6 };
    expect(keepInReach(wide, margin)).toEqual({ mean: 0.5, spread: 0.2 });
  });

  it('widens one in the middle until half of the margin lies on either side', () => {
    const { mean, spread } = keepInReach({ mean: 0.5, spread: 1e-9, low: 0.4, high: 0.6 }, margin);
    expect(mean).toBeCloseTo(0.5, 12);
    const { below, above } = leaving({ mean, spread }, 0.4, 0.6);
    expect(below).toBeCloseTo(margin / 2, 12);
    expect(above).toBeCloseTo(margin / 2, 12);
  });

  it('raises the rarer side alone, and keeps the mean on the side where it was', () => {
    const { mean, spread } = keepInReach({ mean: 0.59, spread: 0.02, low: 0.4, high: 0.6 }, margin);
    const { below, above } = leaving({ mean, spread }, 0.4, 0.6);
    expect(below).toBeCloseTo(margin / 2, 12);
    expect(above).toBeGreaterThan(margin / 2);
    expect(above).toBeLessThan(leaving({ mean: 0.59, spread: 0.02 }, 0.4, 0.6).above);
    expect(mean).toBeGreaterThan(0.5);
  });

  it('moves the mean towards the one way out at an end of the range', () => {
    for (const [mean, low, high] of [
      [0.01, 0, 0.1],
      [0.99, 0.9, 1],
    ] as const) {
      const kept = keepInReach({ mean, spread: 0.001, low, high }, margin);
      expect(kept.spread).toBe(0.001);
      const { below, above } = leaving(kept, low, high);
      expect(low === 0 ? above : below).toBeCloseTo(margin, 12);
    }
  });
});
