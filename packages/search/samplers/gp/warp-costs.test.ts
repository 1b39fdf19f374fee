import { normalQuantile } from '@caviar/numerics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLearnt, type LearntTrial } from '../../history.js';
import { warpCosts } from './warp-costs.js';

const trial = (number: number, cost: number, changes: Partial<LearntTrial> = {}): LearntTrial => ({
  number,
  params: {},
  extent: Number.isFinite(cost) ? 'complete' : 'useless',
  step: 1,
  cost,
  costs: [cost],
  violation: 0,
  gap: null,
  ...changes,
});
const warp = (costs: readonly number[]) => [...warpCosts(costs.map((cost, number) => trial(number, cost)))];
const score = (rank: number, n: number) => normalQuantile((rank + 0.5) / n);

describe('warpCosts', () => {
  it('keeps the distances of the better half, worked by hand', () => {
    // Ranks 0 to 4; the third of five, cost 6, is the anchor at score 0. Gaps below it: 4 and 3, scores there q0 and q1.
    const [q0, q1, , q3, q4] = [0, 1, 2, 3, 4].map((rank) => score(rank, 5)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const spread = Math.sqrt((q0 * q0 + q1 * q1) / (4 * 4 + 3 * 3));
    const z = warp([6, 1000, 2, 7, 3]);
    [0, q4, -4 * spread, q3, -3 * spread].forEach((expected, i) => {
      expect(z[i]).toBeCloseTo(expected, 12);
    });
  });

  it('does not care how bad the bad ones are, nor for the unit', () => {
    expect(warp([1, 2, 3, 4, 5])).toEqual(warp([1, 2, 3, 4e9, 5e300]));
    warp([1, 2, 3, 4, 5]).forEach((z, i) => {
      expect(z).toBeCloseTo(warp([10, 30, 50, 70, 90])[i]!, 12);
    });
  });

  it('goes by rank alone for trials that stopped early or have no value', () => {
    const z = warpCosts([
      trial(0, 5),
      trial(1, 4),
      trial(2, 1, { extent: 'partial', step: 3 }),
      trial(3, 0, { extent: 'partial', step: 2 }),
      trial(4, Number.POSITIVE_INFINITY),
      trial(5, Number.POSITIVE_INFINITY),
    ]);
    const scores = [0, 1, 2, 3, 4, 5].map((rank) => score(rank, 6));
    expect(z[1]).toBeCloseTo(scores[0]!, 12);
    expect([z[0], z[2], z[3]]).toEqual([scores[1], scores[2], scores[3]]);
    expect(z[4]).toBe(z[5]);
    expect(z[4]).toBeCloseTo((scores[4]! + scores[5]!) / 2, 12);
  });

  it('stays finite and keeps the order for costs of any size', () => {
    const cost = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(fc.array(cost, { minLength: 1, maxLength: 40 }), (costs) => {
        const trials = costs.map((value, number) => trial(number, value));
        const z = warpCosts(trials);
        const ranked = [...trials].sort(compareLearnt);
        ranked.forEach(({ number, cost: value }, rank) => {
          expect(Number.isFinite(z[number])).toBe(true);
          const before = ranked[rank - 1];
          if (before === undefined) return;
          expect(z[number]).toBeGreaterThanOrEqual(z[before.number]! - 1e-12);
          if (value === before.cost) expect(z[number]).toBe(z[before.number]);
        });
      }),
    );
  });

  it('has nothing to say of equal costs', () => {
    for (const z of warp([3, 3, 3, 3])) expect(z).toBeCloseTo(0, 15);
    expect(warp([3])).toEqual([0]);
    expect(warp([])).toEqual([]);
  });
});
