import { type SamplerSpec, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { checkSampler } from '../check-sampler.js';
import { historyNeeded, planSearch } from '../plan-search.js';
import { contains } from '../space/contains.js';
import { observe, prepareSearch, startLearning, suggestNext } from '../suggest.js';
import { mixedOutcome } from '../testing/outcomes.js';
import { bestValue, runSearch } from '../testing/run-search.js';
import { searchSpec } from '../testing/search-spec.js';
import { SPACES } from '../testing/spaces.js';

const over = (base: 'tpe' | 'gp' | 'cma-es'): SamplerSpec => ({
  kind: 'coarse-to-fine',
  rounds: 3,
  shrink: 0.4,
  top: 0.2,
  base,
});
const plane = spaceSchema.parse({
  x: { kind: 'float', min: -5, max: 5 },
  y: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
});

describe.each(['tpe', 'gp', 'cma-es'] as const)('coarse-to-fine over %s', (base) => {
  it('lets the base search each region, from what lies in it', () => {
    const spec = searchSpec(plane, { sampler: over(base), stop: { maxTrials: 45 }, parallelism: 4 });
    const bowl = ({ x, y }: Readonly<Record<string, unknown>>) =>
      (Number(x) - 2) ** 2 + (Math.log10(Number(y)) + 1) ** 2;
    const finished = runSearch(spec, bowl);
    expect(finished.rounds).toHaveLength(3);
    finished.suggestions.forEach(({ number, params, round, proposal, basis }) => {
      expect(round).toBe(Math.floor(number / 15));
      expect(contains(finished.rounds[round!]!.region, params)).toBe(true);
      expect(proposal).toMatch(/^Round [123] of 3, in the (whole space|region around .*): [A-Z].*\.$/);
      if (basis !== undefined) expect(basis.sampler).toBe('coarse-to-fine');
    });
    expect(finished.suggestions.at(-1)!.basis).toBeDefined();
    expect(bestValue(finished)).toBeLessThan(0.2);
  });

  it.each(Object.entries(SPACES))('is the same for a learner built anew at any trial, on %s', (_, space) => {
    const spec = searchSpec(space, { sampler: over(base), stop: { maxTrials: 24 }, parallelism: 4 });
    const plan = planSearch(spec);
    const { history, rounds, suggestions } = runSearch(spec, (_, number) => mixedOutcome(number));
    for (const number of [3, 8, 13, 16, 23]) {
      const known = rounds.filter(({ firstNumber }) => firstNumber <= number);
      const context = startLearning(spec, { spaceFirstNumber: 0, rounds: known })!;
      const seen = historyNeeded(plan, number);
      observe(context, history.slice(0, seen));
      expect(suggestNext(context, number, history.slice(seen, number))).toEqual(suggestions[number]);
    }
  });
});

describe('coarse-to-fine over a sampler that learns', () => {
  it('is asked through startLearning, after its round has been decided', () => {
    const spec = searchSpec(plane, { sampler: over('tpe') });
    expect(() => prepareSearch(spec)).toThrow(TypeError);
    expect(() => suggestNext(startLearning(spec)!, 0, [])).toThrow('round 0 has not been decided yet');
    expect(() => suggestNext(startLearning(spec)!, 60, [])).toThrow('trial 60 is beyond the last round');
  });

  it('waits for whole rounds and, within one, for its window', () => {
    const plan = planSearch(searchSpec(plane, { sampler: over('tpe'), parallelism: 4 }));
    expect([0, 10, 20, 22, 30].map((number) => historyNeeded(plan, number))).toEqual([0, 7, 20, 20, 27]);
  });

  it('goes with no scheduler that lets trials wait', () => {
    const asha = { kind: 'asha', minResource: 1, maxResource: 9, eta: 3 } as const;
    expect(checkSampler(searchSpec(plane, { sampler: over('gp'), scheduler: asha }))).toEqual([
      { path: ['sampler'], message: 'coarse-to-fine sits on gp only with the scheduler fifo' },
    ]);
    expect(checkSampler(searchSpec(plane, { sampler: over('gp') }))).toEqual([]);
  });
});
