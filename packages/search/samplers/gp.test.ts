import { type Params, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import type { TrialRecord } from '../history.js';
import { observe, startLearning, suggestNext } from '../suggest.js';
import { bestValue, type Outcome, runSearch } from '../testing/run-search.js';
import { searchSpec } from '../testing/search-spec.js';
import { lastFit } from './gp/model.js';

const sampler = { kind: 'gp', startup: 8 } as const;
const plane = spaceSchema.parse({
  x: { kind: 'float', min: -5, max: 5 },
  y: { kind: 'float', min: -5, max: 5 },
});
const specOf = (space: typeof plane, maxTrials: number, parallelism = 1) =>
  searchSpec(space, { sampler, stop: { maxTrials }, parallelism });
const bowl = ({ x, y }: Params) => (Number(x) - 1) ** 2 + (Number(y) + 2) ** 2;

describe('gp', () => {
  it('finds the bottom of a bowl to three digits in 30 trials', () => {
    expect(bestValue(runSearch(specOf(plane, 30), bowl))).toBeLessThan(1e-3);
  });

  it('does so four at a time, and where a quarter of the plane fails', () => {
    const evaluate = (params: Params): Outcome =>
      Number(params['x']) > 2 && Number(params['y']) > 0 ? 'failed' : bowl(params);
    const { history } = runSearch(specOf(plane, 40, 4), evaluate);
    expect(Math.min(...history.flatMap(({ value }) => value ?? []))).toBeLessThan(1e-2);
    // Random trials would fail 15 times in 100 there; after a few it keeps away.
    expect(history.slice(20).filter(({ status }) => status === 'failed').length).toBeLessThanOrEqual(2);
  });

  it('is not misled by outliers', () => {
    const evaluate = (params: Params) => (Number(params['x']) < -2 ? 1e12 : bowl(params));
    expect(bestValue(runSearch(specOf(plane, 30), evaluate))).toBeLessThan(1e-2);
  });

  it('tries every configuration of a small space before it repeats one', () => {
    const space = spaceSchema.parse({
      a: { kind: 'int', min: 1, max: 4 },
      b: { kind: 'categorical', choices: ['p', 'q', 'r'] },
      c: { kind: 'float', min: 0, max: 1, step: 0.5, when: { b: ['r'] } },
    });
    // 4 * (2 + 3)
    const startup = 1;
    const spec = searchSpec(space, { sampler: { kind: 'gp', startup }, stop: { maxTrials: 20 }, parallelism: 1 });
    const { history } = runSearch(spec, ({ a, b }) => Number(a) + (b === 'q' ? 0 : 1));
    // The three that come before a process can be fitted are drawn.
    expect(new Set(history.slice(3).map(({ params }) => JSON.stringify(params))).size).toBe(17);
  });

  it('goes on when all of a space has been tried, and in a space of one configuration', () => {
    const two = spaceSchema.parse({ a: { kind: 'categorical', choices: [1, 2] } });
    expect(runSearch(specOf(two, 15), ({ a }) => Number(a)).history).toHaveLength(15);
    const one = spaceSchema.parse({ a: { kind: 'int', min: 1, max: 1 } });
    expect(runSearch(specOf(one, 15), () => 1).history).toHaveLength(15);
  });

  it('says what it leaned on: trials with a value, the best first', () => {
    const { suggestions, history } = runSearch(specOf(plane, 20), bowl);
    expect(suggestions[3]).toMatchObject({ proposal: 'Point of a Sobol sequence, one of 8 to begin with.' });
    const { basis, proposal } = suggestions[19]!;
    expect(proposal).toMatch(/^Largest expected improvement under a Gaussian process of 19 trials: /);
    expect(basis!.score!.name).toBe('logExpectedImprovement');
    const values = basis!.trials.map((number) => history[number]!.value!);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values).toHaveLength(5);
  });

  it('takes more trials than the process holds', () => {
    const learning = startLearning(specOf(plane, 5000))!;
    const history = Array.from({ length: 1000 }, (_, number): TrialRecord => {
      const params = { x: ((number * 37) % 101) / 10.1 - 5, y: ((number * 53) % 97) / 9.7 - 5 };
      return { number, params, status: 'completed', value: bowl(params), step: 1 };
    });
    observe(learning, history);
    const { params, proposal } = suggestNext(learning, 1000, []);
    expect(bowl(params)).toBeLessThan(0.1);
    expect(proposal).toContain('1000 trials');
  });
});

it('fits at counts that grow, never beyond what there is', () => {
  const counts = [1, 15, 16, 17, 31, 32, 35, 36, 63, 64, 79, 80, 127, 128, 200, 10_000];
  expect(counts.map(lastFit)).toEqual([1, 15, 16, 16, 30, 32, 32, 36, 60, 64, 64, 80, 112, 128, 192, 9984]);
});
