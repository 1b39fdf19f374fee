import { describe, expect, it } from 'vitest';
import { keepsConstraints, violationOf } from './constraints.js';
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

  it('measures what is broken in parts of the bound, or of the range between two', () => {
    expect(violationOf({ constraints }, { size: 150, accuracy: 0.875 })).toEqual({
      violation: 0.5 + (0.9 - 0.875) / (1 - 0.9),
      gap: 0.5,
    });
    expect(violationOf({ constraints }, { size: 50, accuracy: 0.95 })).toEqual({
      violation: 0,
      gap: expect.closeTo(-0.5, 12),
    });
    expect(violationOf({ constraints: [{ metric: 'bias', min: 0 }] }, { bias: -3 }).violation).toBe(3);
    expect(violationOf({ constraints }, { size: 50 })).toEqual({ violation: 1e300, gap: 1e300 });
  });

  it('tells a bound that is broken by the least from one that is kept', () => {
    const one = { constraints: [{ metric: 'size', max: 1e300 }] };
    expect(violationOf(one, { size: 1e300 }).violation).toBe(0);
    expect(violationOf({ constraints: [{ metric: 'x', max: 0, min: -1e308 }] }, { x: 5e-324 }).violation).toBe(5e-324);
    expect(violationOf({ constraints: [{ metric: 'x', max: 5e-324 }] }, { x: 1e308 }).violation).toBe(1e300);
  });

  it('has nothing against a trial where there are none', () => {
    expect(keepsConstraints({}, {})).toBe(true);
  });
});
