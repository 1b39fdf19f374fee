import { median } from '@caviar/numerics';
import { type Params, type Round, type SamplerSpec, type SearchSpace, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import type { TrialRecord } from '../history.js';
import { decideRound, planSearch } from '../plan-search.js';
import { contains } from '../space/contains.js';
import { prepareSearch, suggest } from '../suggest.js';
import { bestValue, runSearch } from '../testing/run-search.js';
import { searchSpec } from '../testing/search-spec.js';

type CoarseToFine = Extract<SamplerSpec, { kind: 'coarse-to-fine' }>;
const sampler: CoarseToFine = { kind: 'coarse-to-fine', rounds: 3, shrink: 0.5, top: 0.2, base: 'random' };
const space = spaceSchema.parse({
  x: { kind: 'float', min: 0, max: 1 },
  optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
  beta2: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog', when: { optimizer: ['adam'] } },
});
const spec = searchSpec(space, { sampler, stop: { maxTrials: 30 } });
const trial = (number: number, params: Params, value: number | null, status: TrialRecord['status'] = 'completed') => ({
  number,
  params,
  status,
  value,
});
const wholeRound: Round = { index: 0, firstNumber: 0, endNumber: 10, region: space, reason: '' };
const decide = (
  history: readonly TrialRecord[],
  changes: Partial<typeof spec> = {},
  rounds: readonly Round[] = [wholeRound],
) => {
  const changed = { ...spec, ...changes };
  const plan = planSearch(changed, { spaceFirstNumber: 0, rounds });
  return decideRound(changed, plan, { index: rounds.length, history, rounds, spaceFirstNumber: 0 });
};

describe('the plan', () => {
  const plan = (maxTrials: number, decided: readonly Round[] = [], rounds = 3) => {
    const planned = planSearch(
      { ...spec, sampler: { ...sampler, rounds }, stop: { maxTrials } },
      { spaceFirstNumber: 0, rounds: decided },
    );
    return planned.rounds.map(({ firstNumber, endNumber }) => [firstNumber, endNumber]);
  };

  it('shares the trials out evenly, the first rounds larger by one', () => {
    expect(plan(30)).toEqual([
      [0, 10],
      [10, 20],
      [20, 30],
    ]);
    expect(plan(32)).toEqual([
      [0, 11],
      [11, 22],
      [22, 32],
    ]);
    expect(plan(3)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('takes up a change of maxTrials without moving what has been decided', () => {
    const second: Round = { ...wholeRound, index: 1, firstNumber: 10, endNumber: 20 };
    expect(plan(60, [wholeRound])).toEqual([
      [0, 10],
      [10, 35],
      [35, 60],
    ]);
    expect(plan(60, [wholeRound, second])).toEqual([
      [0, 10],
      [10, 20],
      [20, 60],
    ]);
    expect(plan(15, [wholeRound, second])).toEqual([
      [0, 10],
      [10, 15],
    ]);
    const third: Round = { ...wholeRound, index: 2, firstNumber: 20, endNumber: 30 };
    expect(plan(60, [wholeRound, second, third])).toEqual([
      [0, 10],
      [10, 20],
      [20, 60],
    ]);
  });
});

describe('the first round', () => {
  it('covers the whole space', () => {
    expect(decide([], {}, [])).toEqual({
      index: 0,
      firstNumber: 0,
      endNumber: 10,
      region: space,
      reason: 'The first round covers the whole space.',
    });
  });
});

describe('a later round', () => {
  const history = [
    trial(0, { x: 0.5, optimizer: 'adam', beta2: 0.99 }, 0.1),
    trial(1, { x: 0.9, optimizer: 'gd' }, 0.9),
    trial(2, { x: 0.8, optimizer: 'gd' }, 0.8),
    trial(3, { x: 0.7, optimizer: 'gd' }, 0.7),
    trial(4, { x: 0.1, optimizer: 'gd' }, null, 'infeasible'),
  ];

  it('lies around the best share, and says why', () => {
    expect(decide(history)).toEqual({
      index: 1,
      firstNumber: 10,
      endNumber: 20,
      region: spaceSchema.parse({
        x: { kind: 'float', min: 0.25, max: 0.75 },
        optimizer: { kind: 'categorical', choices: ['adam'] },
        // 1 - x from 0.01 * 10^(1/2) to 0.01 / 10^(1/2)
        beta2: { kind: 'float', min: 0.968, max: 0.9968, scale: 'oneMinusLog', when: { optimizer: ['adam'] } },
      }),
      reason:
        'Around the best of 4 completed trials (trial 0 leads with dev.error 0.1), 0.5 times as wide on each ' +
        'parameter\'s own scale; optimizer keeps "adam".',
    });
  });

  it('shrinks each parameter as far as the best trials lie together on it', () => {
    const plane = spaceSchema.parse({
      close: { kind: 'float', min: 0, max: 1 },
      apart: { kind: 'float', min: 0, max: 1 },
    });
    const best = [trial(0, { close: 0.5, apart: 0.05 }, 0), trial(1, { close: 0.52, apart: 0.9 }, 1)];
    const rest = Array.from({ length: 8 }, (_, n) => trial(2 + n, { close: n / 8, apart: n / 8 }, 10 + n));
    const { region, reason } = decide([...best, ...rest], { space: plane });
    // ranks weigh .8042 and .1958: one and a half standard deviations are 1.5 * .85 * sqrt(.8042 * .1958) = .506
    expect(region).toMatchObject({ close: { min: 0.25, max: 0.75 }, apart: { min: 0, max: 0.51 } });
    expect(reason).toContain('the best 2 of 10 completed trials');
    expect(reason).toMatch(/, 0\.5 to 0\.506 times as wide on each parameter's own scale\.$/);
  });

  it('turns to the other end when the objective is to be maximised', () => {
    const { region, reason } = decide(history, { objective: { metric: 'accuracy', direction: 'maximize' } });
    expect(region['x']).toMatchObject({ min: 0.5, max: 1 });
    expect(reason).toContain('trial 1 leads with accuracy 0.9');
  });

  it('leaves out parameters that can no longer be active, and keeps the region of those nothing is known of', () => {
    const { region } = decide([
      trial(0, { x: 0.5, optimizer: 'gd' }, 0.1),
      trial(1, { x: 0.1, optimizer: 'adam', beta2: 0.99 }, 1),
    ]);
    expect(Object.keys(region)).toEqual(['x', 'optimizer']);
    const either = decide([trial(0, { x: 0.5, optimizer: 'gd' }, 0.1)], {
      space: {
        ...space,
        optimizer: { kind: 'categorical', choices: ['gd'] },
        beta2: { ...space['beta2']!, when: { optimizer: ['gd'] } },
      } as SearchSpace,
    });
    expect(either.region['beta2']).toMatchObject({ min: 0.9, max: 0.999 });
  });

  it('breaks ties by the number of the trial', () => {
    const tied = [trial(1, { x: 0.2, optimizer: 'gd' }, 0.5), trial(0, { x: 0.8, optimizer: 'gd' }, 0.5)];
    expect(decide(tied).region['x']).toMatchObject({ min: 0.5, max: 1 });
    expect(decide([...tied].reverse())).toEqual(decide(tied));
  });

  it('counts neither trials that went wrong, nor trials of its own or later numbers', () => {
    const noise = [
      trial(5, { x: 0, optimizer: 'gd' }, -1, 'failed'),
      trial(6, { x: 0, optimizer: 'gd' }, -1, 'pruned'),
      trial(7, { x: 0, optimizer: 'gd' }, Number.NEGATIVE_INFINITY),
      trial(10, { x: 0, optimizer: 'gd' }, -1),
    ];
    expect(decide([...noise, ...history])).toEqual(decide(history));
  });

  it('stays where it was when no trial gave a value', () => {
    const failed = [trial(0, { x: 0.5, optimizer: 'gd' }, null, 'failed'), trial(1, { x: 0.5, optimizer: 'gd' }, null)];
    expect(decide(failed)).toMatchObject({
      region: space,
      reason: 'None of the 2 trials so far gave a value to go by, so the region stays as it was.',
    });
  });

  it('widens again, beyond the region before, when the best lies on its border, and says so', () => {
    const narrow: Round = {
      index: 1,
      firstNumber: 10,
      endNumber: 20,
      region: { ...space, x: { kind: 'float', min: 0.4, max: 0.6, scale: 'linear' } },
      reason: '',
    };
    const { region, reason } = decide([trial(0, { x: 0.6, optimizer: 'gd' }, 0)], {}, [wholeRound, narrow]);
    expect(region['x']).toMatchObject({ min: 0.45, max: 0.75 });
    expect(reason).toContain('x widens again, as the best lie on the border');
    const near = decide([trial(0, { x: 0.57, optimizer: 'gd' }, 0)], {}, [wholeRound, narrow]);
    expect(near.region['x']).toMatchObject({ min: 0.52, max: 0.62 });
    expect(near.reason).toContain('x reaches beyond the region before, near whose border the best values lie');
  });

  it('must be decided before its trials are drawn, after the round before', () => {
    expect(() => suggest(prepareSearch(spec), 0, 1)).toThrow('round 0 has not been decided yet');
    expect(() => suggest(prepareSearch(spec, { spaceFirstNumber: 0, rounds: [wholeRound] }), 10, 11)).toThrow(
      RangeError,
    );
    const plan = planSearch(spec);
    expect(() => decideRound(spec, plan, { index: 1, history: [], rounds: [], spaceFirstNumber: 0 })).toThrow(
      RangeError,
    );
    expect(() => decideRound(spec, plan, { index: 3, history: [], rounds: [], spaceFirstNumber: 0 })).toThrow(
      RangeError,
    );
  });
});

describe('after a change of the space', () => {
  const second: Round = {
    index: 1,
    firstNumber: 10,
    endNumber: 20,
    region: { x: { kind: 'float', min: 0.2, max: 0.4, scale: 'linear' } },
    reason: '',
  };
  const drawn = (x: object) => {
    const changed = { ...spec, space: spaceSchema.parse({ x }) };
    return suggest(prepareSearch(changed, { spaceFirstNumber: 12, rounds: [wholeRound, second] }), 12, 20);
  };

  it('clips the present region to the new bounds', () => {
    for (const { params } of drawn({ kind: 'float', min: 0.3, max: 2 })) {
      expect(params['x']).toBeGreaterThanOrEqual(0.3);
      expect(params['x']).toBeLessThanOrEqual(0.4);
    }
  });

  it('uses the whole new domain where nothing is left, and says so', () => {
    const suggestions = drawn({ kind: 'float', min: 5, max: 9 });
    expect(Math.max(...suggestions.map(({ params }) => Number(params['x'])))).toBeGreaterThan(7);
    expect(suggestions[0]!.proposal).toContain('nothing of it is left in the changed space for x');
  });

  it('goes on in the whole of the new space while the first round lasts', () => {
    const wider = { ...spec, space: spaceSchema.parse({ x: { kind: 'float', min: 0, max: 100 } }) };
    const suggestions = suggest(prepareSearch(wider, { spaceFirstNumber: 4, rounds: [wholeRound] }), 4, 10);
    expect(Math.max(...suggestions.map(({ params }) => Number(params['x'])))).toBeGreaterThan(10);
  });
});

describe('steps that are no short decimals', () => {
  it('keeps to the values of the user in every round', () => {
    const thirds = spaceSchema.parse({ x: { kind: 'float', min: 0.1, max: 0.1 + 20 / 3, step: 1 / 3 } });
    const { history } = runSearch(searchSpec(thirds, { sampler, stop: { maxTrials: 60 } }), (params) =>
      Math.abs(Number(params['x']) - 4),
    );
    for (const { params } of history) expect(contains(thirds, params)).toBe(true);
  });
});

describe('against random search', () => {
  const functions: Record<string, { space: unknown; evaluate: (p: Record<string, number>) => number }> = {
    'a bowl in 4 dimensions': {
      space: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, { kind: 'float', min: 0, max: 1 }])),
      evaluate: (p) => (p['a']! - 0.3) ** 2 + (p['b']! - 0.7) ** 2 + (p['c']! - 0.95) ** 2 + (p['d']! - 0.05) ** 2,
    },
    'a valley on the log scale (Rosenbrock)': {
      space: Object.fromEntries(['x', 'y'].map((name) => [name, { kind: 'float', min: 0.1, max: 10, scale: 'log' }])),
      evaluate: (p) => 100 * (p['y']! - p['x']! ** 2) ** 2 + (1 - p['x']!) ** 2,
    },
    Branin: {
      space: { x: { kind: 'float', min: -5, max: 10 }, y: { kind: 'float', min: 0, max: 15 } },
      evaluate: ({ x = 0, y = 0 }) =>
        (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 +
        10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
        10,
    },
  };

  it.each(Object.entries(functions))(
    'is better in the median over 20 seeds, even with half of the trials, on %s',
    (_, { space: input, evaluate }) => {
      const smooth = spaceSchema.parse(input);
      const medianOf = (chosen: SamplerSpec, maxTrials: number) =>
        median(
          Array.from({ length: 20 }, (_, seed) =>
            bestValue(
              runSearch(searchSpec(smooth, { sampler: chosen, seed, stop: { maxTrials } }), (params) =>
                evaluate(params as Record<string, number>),
              ),
            ),
          ),
        );
      const random = medianOf({ kind: 'random' }, 120);
      expect(medianOf({ ...sampler, shrink: 0.4 }, 60)).toBeLessThan(random);
      expect(medianOf({ ...sampler, shrink: 0.4, base: 'sobol' }, 60)).toBeLessThan(random);
    },
  );
});
