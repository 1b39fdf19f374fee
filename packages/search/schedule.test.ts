import { describe, expect, it } from 'vitest';
import { advanceScheduler, startScheduler } from './schedule.js';
import { SCHEDULERS } from './schedulers/registry.js';
import { searchSpec } from './testing/search-spec.js';

describe('fifo', () => {
  const spec = searchSpec({ x: { kind: 'float', min: 0, max: 1, scale: 'linear' } });

  it('lets every trial go on, whatever it reports, and remembers nothing', () => {
    const start = startScheduler(spec);
    for (const value of [1, null, Number.POSITIVE_INFINITY]) {
      const { state, decisions } = advanceScheduler(spec, start, { kind: 'measured', number: 3, step: 1, value });
      expect(decisions).toEqual([{ number: 3, action: 'continue', reason: null }]);
      expect(state).toEqual(start);
    }
    const ended = advanceScheduler(spec, start, { kind: 'ended', number: 3, status: 'completed', value: 1 });
    expect(ended.decisions).toEqual([]);
  });
});

describe('every scheduler', () => {
  it.each(Object.entries(SCHEDULERS))('%s has its kind and a state that survives JSON', (kind, scheduler) => {
    const spec = searchSpec({ x: { kind: 'float', min: 0, max: 1, scale: 'linear' } });
    const state = scheduler.start(spec, spec.scheduler);
    expect(scheduler.kind).toBe(kind);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(state.version).toBeGreaterThanOrEqual(1);
  });
});
