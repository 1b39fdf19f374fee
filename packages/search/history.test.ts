import { describe, expect, it } from 'vitest';
import { lowerIsBetter } from './direction.js';
import { compareLearnt, learntTrial, rankTrials, type TrialRecord } from './history.js';

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

describe('compareLearnt', () => {
  const trial = (number: number, status: TrialRecord['status'], value: number | null, step?: number): TrialRecord => ({
    number,
    params: {},
    status,
    value,
    ...(step === undefined ? {} : { step }),
  });

  it('ranks the completed by value, then the others by how far they came, then those without a value', () => {
    const history = [
      trial(0, 'infeasible', -9, 9),
      trial(1, 'pruned', 0, 1),
      trial(2, 'completed', 5, 3),
      trial(3, 'paused', 0.5, 3),
      trial(4, 'completed', Number.NaN),
      trial(5, 'pruned', 0.25, 3),
      trial(6, 'completed', 1, 27),
      trial(7, 'failed', null),
      trial(8, 'pruned', null),
      trial(9, 'completed', 1, 3),
      trial(10, 'paused', 0.1),
    ];
    const numbers = (direction: 'minimize' | 'maximize') =>
      history
        .map((one) => learntTrial(one, { objective: { metric: 'loss', direction } })!)
        .sort(compareLearnt)
        .map(({ number }) => number);
    expect(numbers('minimize')).toEqual([6, 9, 2, 5, 3, 1, 10, 0, 4, 7, 8]);
    expect(numbers('maximize')).toEqual([2, 6, 9, 3, 5, 1, 10, 0, 4, 7, 8]);
  });

  it('puts trials that break a constraint behind all that keep them, those that break it least first', () => {
    const breaking = (
      number: number,
      violation: number,
      value: number,
      status: TrialRecord['status'] = 'completed',
    ) => ({
      ...trial(number, status, value, 3),
      violation,
    });
    const history = [
      breaking(0, 0.5, 1),
      breaking(1, 0, 9, 'pruned'),
      breaking(2, 0.1, 8),
      breaking(3, 0, 7),
      breaking(4, 0.1, 6),
      breaking(5, 0, 0, 'failed'),
    ];
    const numbers = history
      .map((one) => learntTrial(one, { objective: { metric: 'loss', direction: 'minimize' } })!)
      .sort(compareLearnt)
      .map(({ number }) => number);
    expect(numbers).toEqual([3, 1, 4, 2, 0, 5]);
    expect(rankTrials(history, 'minimize').map(({ number }) => number)).toEqual([3, 4, 2, 0]);
  });

  it('needs all of several objectives', () => {
    const objectives = [
      { metric: 'loss', direction: 'minimize' },
      { metric: 'speed', direction: 'maximize' },
    ] as const;
    const spec = { objective: objectives[0], objectives };
    expect(learntTrial({ ...trial(0, 'completed', 2), values: [2, 3] }, spec)).toMatchObject({
      extent: 'complete',
      cost: 2,
      costs: [2, -3],
    });
    expect(learntTrial({ ...trial(0, 'completed', 2), values: [2, null] }, spec)).toMatchObject({ extent: 'useless' });
  });

  it('learns nothing from what has not run, or was cancelled', () => {
    for (const status of ['queued', 'running', 'cancelled'] as const) {
      expect(learntTrial(trial(0, status, 1), { objective: { metric: 'loss', direction: 'minimize' } })).toBeNull();
    }
  });
});
