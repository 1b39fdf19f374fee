import { describe, expect, it } from 'vitest';
import { rungSteps } from './levels.js';

describe('rungSteps', () => {
  it.each([
    [1, 81, 3, [1, 3, 9, 27, 81]],
    [3, 81, 3, [3, 9, 27, 81]],
    [1, 10, 3, [1, 3, 10]],
    [1, 50, 3, [1, 2, 6, 17, 50]], // log3 50 = 3.56
    [1, 45, 3, [2, 5, 15, 45]], // log3 45 = 3.46
    [5, 27, 2, [7, 14, 27]], // log2 5.4 = 2.4
    [4, 27, 2, [4, 7, 14, 27]], // log2 6.75 = 2.75; 3.4 is raised to 4
    [1, 4, 2.5, [1, 2, 4]], // log2.5 4 = 1.51
    [1, 3, 2, [1, 2, 3]],
    [1, 1, 3, [1]],
    [9, 9, 3, [9]],
    [8, 9, 3, [9]],
    [1, 1_000_000, 10, [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]],
  ])('from %i to %i by %d', (minResource, maxResource, eta, steps) => {
    expect(rungSteps({ kind: 'asha', minResource, maxResource, eta })).toEqual(steps);
  });
});
