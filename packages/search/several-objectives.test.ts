import { describe, expect, it } from 'vitest';
import { keepsConstraints } from './constraints.js';
import type { TrialRecord } from './history.js';
import { valuesOf, withOneValue } from './several-objectives.js';

const error = { metric: 'error', direction: 'minimize' } as const;
const speed = { metric: 'speed', direction: 'maximize' } as const;
const spec = { objective: error, objectives: [error, speed] };

const trial = (
  number: number,
  values: (number | null)[],
  status: TrialRecord['status'] = 'completed',
): TrialRecord => ({
  number,
  params: {},
  status,
  value: values[0] ?? null,
  values,
});

describe('withOneValue', () => {
  it('gives each completed trial its place: fronts first, the lonely before the crowded', () => {
    const history = [
      trial(0, [3, 1]), // dominated by 1
      trial(1, [2, 2]), // 1.1 / 4 + 1.1 / 8 from neighbour to neighbour
      trial(2, [1, 1]),
      trial(3, [5, 9]),
      trial(4, [2.1, 2.1]), // 3 / 4 + 7 / 8
      trial(5, [0, 0], 'failed'),
    ];
    expect(withOneValue(spec, history).map(({ value }) => value)).toEqual([4, 3, 0, 1, 2, null]);
    expect(withOneValue({ objective: error }, history)).toBe(history);
  });

  it('reads values in the order of the objectives', () => {
    expect(valuesOf(spec, { speed: 3, error: 0.1, other: 9 })).toEqual([0.1, 3]);
    expect(valuesOf(spec, { speed: null })).toEqual([null, null]);
  });
});

describe('keepsConstraints', () => {
  const constraints = [
    { metric: 'size', max: 100 },
    { metric: 'accuracy', min: 0.9, max: 1 },
  ];
  it.each([
    [{ size: 100, accuracy: 0.9 }, true],
    [{ size: 101, accuracy: 0.95 }, false],
    [{ size: 5, accuracy: 0.89 }, false],
    [{ size: 5 }, false],
    [{ size: null, accuracy: 0.95 }, false],
  ])('of %j says %s', (metrics, kept) => {
    expect(keepsConstraints({ constraints }, metrics)).toBe(kept);
  });

  it('has nothing against a trial where there are none', () => {
    expect(keepsConstraints({}, {})).toBe(true);
  });
});
