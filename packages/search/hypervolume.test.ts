import { stream } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import { hypervolume, hypervolumeContributions } from './hypervolume.js';
import type { Costs } from './pareto.js';

describe('hypervolume', () => {
  it('of two objectives is the area under the stairs', () => {
    // columns from x to the next: [1, 2) up to 4 is 1 high, [2, 3) 2 high, [3, 5) 3 high: 1 + 2 + 6
    const points = [
      [1, 4],
      [2, 3],
      [3, 2],
      [4, 2.5], // dominated
      [0, 6], // beyond the reference
    ];
    expect(hypervolume(points, [5, 5])).toBe(1 + 2 + 2 * 3);
  });

  it('of three boxes that overlap, by inclusion and exclusion', () => {
    // sides 1 x 2 x 3, 2 x 1 x 3, 2 x 2 x 1; pairs 1 x 1 x 3, 1 x 2 x 1, 2 x 1 x 1; all 1 x 1 x 1
    const points = [
      [2, 1, 0],
      [1, 2, 0],
      [1, 1, 2],
    ];
    expect(hypervolume(points, [3, 3, 3])).toBe(6 + 6 + 4 - (3 + 2 + 2) + 1);
    expect(hypervolumeContributions(points, [3, 3, 3])).toEqual([6 - 3 - 2 + 1, 6 - 3 - 2 + 1, 4 - 2 - 2 + 1]);
  });

  it('counts equal points once, and nothing for none', () => {
    expect(hypervolume([], [1, 1])).toBe(0);
    expect(
      hypervolume(
        [
          [0, 0, 0],
          [0, 0, 0],
        ],
        [1, 1, 1],
      ),
    ).toBe(1);
    expect(hypervolume([[0.25]], [1])).toBe(0.75);
  });

  it.each([2, 3, 4, 5])('agrees with a Monte Carlo estimate for %i objectives', (objectives) => {
    const random = stream(7, 'points', objectives);
    const points: Costs[] = Array.from({ length: 14 }, () =>
      Array.from({ length: objectives }, () => random.uniform()),
    );
    const reference = new Array<number>(objectives).fill(1);
    const draws = 40_000;
    let hits = 0;
    for (let i = 0; i < draws; i++) {
      const at = reference.map(() => random.uniform());
      if (points.some((point) => point.every((cost, m) => cost <= at[m]!))) hits++;
    }
    const share = hits / draws;
    const deviation = Math.sqrt((share * (1 - share)) / draws);
    expect(Math.abs(hypervolume(points, reference) - share)).toBeLessThan(4 * deviation);
  });
});
