import { spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { decideRound, historyNeeded, plannedRoundOf, planSearch } from './plan-search.js';
import { searchSpec } from './testing/search-spec.js';

const space = spaceSchema.parse({ x: { kind: 'float', min: 0, max: 1 } });

describe('planSearch', () => {
  it('makes maxTrials trials, or as many as time allows', () => {
    const random = { sampler: { kind: 'random', reason: null }, rounds: [], window: null };
    expect(planSearch(searchSpec(space))).toEqual({ ...random, totalTrials: 60 });
    expect(planSearch(searchSpec(space, { stop: { maxDurationMs: 5 } }))).toEqual({ ...random, totalTrials: null });
  });
});

describe('historyNeeded', () => {
  it('is nothing for samplers that go by the number alone', () => {
    for (const kind of ['random', 'sobol'] as const) {
      const plan = planSearch(searchSpec(space, { sampler: { kind } }));
      expect([0, 1, 59, 1000].map((number) => historyNeeded(plan, number))).toEqual([0, 0, 0, 0]);
      expect(plannedRoundOf(plan, 3)).toBeNull();
      expect(() =>
        decideRound(searchSpec(space), plan, { index: 0, history: [], rounds: [], spaceFirstNumber: 0 }),
      ).toThrow(RangeError);
    }
  });

  it('is all earlier rounds for coarse-to-fine', () => {
    const sampler = { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' } as const;
    const plan = planSearch(searchSpec(space, { sampler }));
    expect([0, 19, 20, 39, 40, 59].map((number) => historyNeeded(plan, number))).toEqual([0, 0, 20, 20, 40, 40]);
    expect(plannedRoundOf(plan, 20)).toEqual({ index: 1, firstNumber: 20, endNumber: 40 });
  });
});
