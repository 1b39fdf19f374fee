import { describe, expect, it } from 'vitest';
import { lowerIsBetter } from './direction.js';
import { rankTrials, type TrialRecord } from './history.js';

describe('lowerIsBetter', () => {
  it.each([
    [2, 'minimize', 2],
    [2, 'maximize', -2],
    [0, 'maximize', 0],
    [null, 'minimize', null],
    [Number.NaN, 'minimize', null],
    [Number.POSITIVE_INFINITY, 'maximize', null],
  ] as const)('of %d to %s is %d', (value, direction, cost) => {
    expect(lowerIsBetter(value, direction)).toBe(cost);
  });
});

describe('rankTrials', () => {
  it('puts the best first and ties in the order of numbers, and leaves out what has no result', () => {
    const trial = (number: number, value: number | null, status: TrialRecord['status'] = 'completed') => ({
      number,
      params: {},
      status,
      value,
    });
    const history = [
      trial(4, 1),
      trial(0, 3),
      trial(2, 1),
      trial(1, 0, 'failed'),
      trial(3, null),
      trial(5, 2, 'running'),
      trial(6, -1, 'pruned'),
    ];
    expect(rankTrials(history, 'minimize').map(({ number }) => number)).toEqual([2, 4, 0]);
    expect(rankTrials(history, 'maximize').map(({ number, cost }) => [number, cost])).toEqual([
      [0, -3],
      [2, -1],
      [4, -1],
    ]);
  });
});
