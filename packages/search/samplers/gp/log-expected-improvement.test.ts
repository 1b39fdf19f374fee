import { log } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import { logExpectedImprovement } from './log-expected-improvement.js';

// z, log h(z), -Phi(z) / h(z), phi(z) / h(z) with h(z) = phi(z) + z Phi(z); mpmath 1.3.0 with 400 digits, rounded to doubles.
const EXACT = [
  [5, 1.6094379231264313, -0.19999994053122006, 2.9734389976756013e-7],
  [1, 0.08002621884930694, -0.7766387252017393, 0.22336127479826073],
  [0, -0.9189385332046728, -1.2533141373155003, 1],
  [-0.5, -1.6205162643873199, -1.5598731483480797, 1.7799365741740398],
  [-1.9999, -4.768515586330912, -2.6793348402301222, 6.358401746976222],
  [-2, -4.768783523917114, -2.679416883955586, 6.358833767911172],
  [-2.5, -6.212541645443513, -3.098423296791162, 8.746058241977904],
  [-4, -11.849061577550662, -4.432483741873118, 18.729934967492472],
  [-8, -37.12236426169263, -8.239396506840066, 66.91517205472053],
  [-11.9, -76.69769951768451, -12.06467144266286, 144.56959016768803],
  [-12.1, -79.13037071758207, -12.262054268400982, 149.3708566476519],
  [-30, -457.724653760598, -30.06644615416242, 902.9933846248725],
  [-100, -5010.12957880025, -100.01999400419587, 10002.999400419587],
] as const;

const relative = (actual: number, expected: number) => Math.abs(actual - expected) / Math.max(1, Math.abs(expected));

describe('logExpectedImprovement', () => {
  it.each(EXACT)(
    'has the exact value and slopes at z = %d, from far down the tail up',
    (z, value, dMean, dDeviation) => {
      const found = logExpectedImprovement(z, { mean: 0, deviation: 1 });
      expect(relative(found.value, value)).toBeLessThan(1e-12);
      expect(relative(found.dMean, dMean)).toBeLessThan(1e-11);
      expect(relative(found.dDeviation, dDeviation)).toBeLessThan(1e-11);
    },
  );

  it('has no gap where the branches meet, and falls without end', () => {
    const at = (z: number) => logExpectedImprovement(z, { mean: 0, deviation: 1 }).value;
    for (const z of [-2, -12]) expect(Math.abs(at(z + 1e-9) - at(z - 1e-9))).toBeLessThan(1e-7);
    let last = Number.POSITIVE_INFINITY;
    for (let z = 10; z > -1e6; z = z > -1 ? z - 0.01 : z * 1.1) {
      expect(at(z)).toBeLessThan(last);
      last = at(z);
    }
  });

  it('is shifted by the mean and scaled by the deviation', () => {
    const found = logExpectedImprovement(3, { mean: 5, deviation: 4 });
    const standard = logExpectedImprovement(-0.5, { mean: 0, deviation: 1 });
    expect(found.value).toBeCloseTo(standard.value + log(4), 14);
    expect(found.dMean).toBeCloseTo(standard.dMean / 4, 14);
    expect(found.dDeviation).toBeCloseTo(standard.dDeviation / 4, 14);
  });
});
