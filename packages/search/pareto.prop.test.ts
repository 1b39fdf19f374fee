import { stream } from '@caviar/numerics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Costs, crowdingDistances, dominates, nonDominationRanks } from './pareto.js';

/** The definition: peel off what nothing left dominates, again and again. */
function peel(points: readonly Costs[]): number[] {
  const ranks: number[] = new Array(points.length).fill(-1);
  for (let rank = 0; ranks.includes(-1); rank++) {
    const left = points.map((_, i) => i).filter((i) => ranks[i] === -1);
    for (const i of left) if (!left.some((j) => dominates(points[j]!, points[i]!))) ranks[i] = rank;
  }
  return ranks;
}

describe('nonDominationRanks', () => {
  it('peels off fronts, for two objectives and for more, with ties and without', () => {
    const coordinate = fc.integer({ min: 0, max: 6 });
    for (const objectives of [2, 3, 4]) {
      const point = fc.array(coordinate, { minLength: objectives, maxLength: objectives });
      fc.assert(
        fc.property(fc.array(point, { maxLength: 40 }), (points) => {
          expect(nonDominationRanks(points)).toEqual(peel(points));
        }),
        { numRuns: 300 },
      );
    }
    const fine = fc.array(fc.float({ noNaN: true }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(fine, { maxLength: 40 }), (points) => {
        expect(nonDominationRanks(points)).toEqual(peel(points));
      }),
    );
  });

  it('puts points without a value behind all others', () => {
    const none = Number.POSITIVE_INFINITY;
    expect(
      nonDominationRanks([
        [none, none],
        [1, 2],
        [2, 1],
        [3, 3],
      ]),
    ).toEqual([2, 0, 0, 1]);
  });

  it('sorts many points in no time', () => {
    const random = stream(1, 'points');
    const points = Array.from({ length: 20_000 }, () => [random.uniform(), random.uniform()]);
    const since = performance.now();
    const ranks = nonDominationRanks(points);
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(Math.max(...ranks)).toBeGreaterThan(100);
  });
});

describe('crowdingDistances', () => {
  it('is the gap between neighbours as a share of the span, and endless at the ends', () => {
    const points = [
      [0, 4],
      [1, 2],
      [3, 1],
      [4, 0],
    ];
    const [first, second, third, last] = crowdingDistances(points);
    expect([first, last]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(second).toBeCloseTo(3 / 4 + 3 / 4, 12);
    expect(third).toBeCloseTo(3 / 4 + 2 / 4, 12);
  });

  it('does not break where all are the same', () => {
    expect(
      crowdingDistances([
        [1, 1],
        [1, 1],
        [1, 1],
      ])[1],
    ).toBe(0);
    expect(crowdingDistances([])).toEqual([]);
  });
});
