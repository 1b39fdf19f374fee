import { exp, normalCdf, stream } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import { logChebyshevImprovement, type Scalar, scalarOf } from './log-chebyshev-improvement.js';
import { logExpectedImprovement } from './log-expected-improvement.js';
import { logNormalCdf } from './mills-ratio.js';

describe('logChebyshevImprovement', () => {
  it('is the expected improvement itself for one objective, also where it is next to nothing', () => {
    for (const mean of [-8, -2, -0.5, 0, 0.3, 2, 9, 60, 1e4]) {
      for (const deviation of [1e-3, 0.2, 1, 5]) {
        const [best, ideal, direction] = [0.1, -1, 0.7];
        const scalar = { ideal: [ideal], direction: [direction], best: (best - ideal) / direction };
        const one = logExpectedImprovement(best, { mean, deviation });
        const { value, slopes } = logChebyshevImprovement(scalar, [{ mean, deviation }]);
        // the scalar is measured in units of its direction
        expect((value + Math.log(direction) - one.value) / Math.max(1, Math.abs(one.value))).toBeCloseTo(0, 5);
        expect(slopes[0]!.dMean / one.dMean).toBeCloseTo(1, 4);
        // the quadrature's own error: 8e-4 at most
        const off = (slopes[0]!.dDeviation - one.dDeviation) / Math.max(1, Math.abs(one.dDeviation));
        expect(Math.abs(off)).toBeLessThan(1e-3);
      }
    }
  });

  it('agrees with draws from the predictions', () => {
    const scalar: Scalar = { ideal: [-1, -2, 0], direction: [0.8, 0.5, 0.33], best: 1.2 };
    const predictions = [
      { mean: -0.5, deviation: 0.7 },
      { mean: -1.8, deviation: 0.5 },
      { mean: 0.2, deviation: 0.3 },
    ];
    const random = stream(5, 'draws');
    const draws = Array.from({ length: 40_000 }, () => {
      const costs = predictions.map(({ mean, deviation }) => mean + deviation * random.normal());
      return Math.max(0, scalar.best - scalarOf(scalar, costs));
    });
    const mean = draws.reduce((sum, v) => sum + v, 0) / draws.length;
    const squares = draws.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / draws.length;
    const error = Math.sqrt(squares / draws.length);
    expect(Math.abs(exp(logChebyshevImprovement(scalar, predictions).value) - mean)).toBeLessThan(4 * error);
  });

  it('has the slopes of central differences', () => {
    const scalar: Scalar = { ideal: [-1, -2], direction: [0.8, 0.6], best: 0.9 };
    for (const shift of [0, 2, 10]) {
      const predictions = [
        { mean: -0.5 + shift, deviation: 0.4 },
        { mean: -1.7, deviation: 0.9 },
      ];
      const { slopes } = logChebyshevImprovement(scalar, predictions);
      const step = 1e-4;
      for (const j of [0, 1]) {
        for (const name of ['mean', 'deviation'] as const) {
          const at = (by: number) =>
            logChebyshevImprovement(
              scalar,
              predictions.map((one, k) => (k === j ? { ...one, [name]: one[name] + by } : one)),
            ).value;
          const difference = (at(step) - at(-step)) / (2 * step);
          const slope = name === 'mean' ? slopes[j]!.dMean : slopes[j]!.dDeviation;
          expect(Math.abs(difference - slope)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
        }
      }
    }
  });
});

describe('logNormalCdf', () => {
  it('is the logarithm where that can be had, and goes on below', () => {
    for (const z of [-6, -3, -1.9, 0, 2, 8]) expect(exp(logNormalCdf(z).value) / normalCdf(z)).toBeCloseTo(1, 8);
    // Mills' ratio far out: Phi(-x) ~ phi(x) / x (1 - 1 / x²)
    const x = 1e3;
    const expected = -(x * x) / 2 - 0.5 * Math.log(2 * Math.PI) - Math.log(x) + Math.log1p(-1 / (x * x));
    expect(logNormalCdf(-x).value).toBeCloseTo(expected, 6);
    expect(logNormalCdf(-x).slope).toBeCloseTo(x, 2);
  });
});
