import { type Params, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import type { TrialRecord } from '../history.js';
import { samplerFor } from '../plan-search.js';
import { runSearch } from '../testing/run-search.js';
import { searchSpec } from '../testing/search-spec.js';
import { tpeSampler } from './tpe.js';

const sampler = { kind: 'tpe', startup: 10, candidates: 24 } as const;
const line = spaceSchema.parse({ x: { kind: 'float', min: 0, max: 1 } });
const learner = (space = line, changes: Partial<typeof sampler> = {}) => {
  const own = { ...sampler, ...changes };
  const { problem } = samplerFor(searchSpec(space, { sampler: own }), { spaceFirstNumber: 0, rounds: [] });
  return tpeSampler.learn({ ...problem, sampler: own });
};
const trial = (number: number, params: Params, value: number | null, status: TrialRecord['status'] = 'completed') => ({
  number,
  params,
  status,
  value,
  step: 1,
});

describe('tpe', () => {
  it('covers the space first, and says what it waits for', () => {
    const one = learner();
    for (let number = 0; number < 9; number++) one.observe(trial(number, { x: number / 10 }, number));
    expect(one.propose(9, [])).toMatchObject({
      number: 9,
      proposal: 'Point 10 of the scrambled Sobol sequence: there are 9 outcomes to learn from, and 10 are needed.',
    });
    expect(one.propose(9, []).basis).toBeUndefined();
  });

  it('leaves a plateau for what may be better: it counts a fifth of those that tie as good at most', () => {
    // a wide shelf at 1, and a narrow hole beside it
    const shelf = (params: Params) => {
      const x = Number(params['x']);
      return x < 0.5 ? 1 : x > 0.62 && x < 0.64 ? 0 : 2 + x;
    };
    const space = { x: line['x']! };
    for (let seed = 0; seed < 5; seed++) {
      const { suggestions } = runSearch(
        searchSpec(space, { sampler, stop: { maxTrials: 80 }, parallelism: 1, seed }),
        shelf,
      );
      const beyond = suggestions.slice(30).filter(({ params }) => Number(params['x']) >= 0.5);
      expect(beyond.length).toBeGreaterThan(8);
    }
  });

  it('goes to where the good trials are, and names them', () => {
    const one = learner();
    for (let number = 0; number < 20; number++) {
      const x = (number + 0.5) / 20;
      one.observe(trial(number, { x }, Math.abs(x - 0.725)));
    }
    const { params, proposal, basis } = one.propose(20, []);
    expect(Math.abs(Number(params['x']) - 0.725)).toBeLessThan(0.15);
    expect(basis).toMatchObject({ sampler: 'tpe', trials: [14, 13, 15], score: { name: 'logDensityRatio' } });
    expect(basis!.score!.value).toBeGreaterThan(0);
    expect(proposal).toBe(
      'The best of 24 draws around the 3 best trials and away from the others; trial 14 leads with dev.error 0.',
    );
  });

  it('keeps away from where nothing gave a value', () => {
    const one = learner();
    for (let number = 0; number < 20; number++) one.observe(trial(number, { x: number / 40 }, null, 'infeasible'));
    const { params, proposal, basis } = one.propose(20, []);
    expect(Number(params['x'])).toBeGreaterThan(0.5);
    expect(proposal).toBe('The best of 24 draws away from 20 trials, none of which gave a value.');
    expect(basis?.trials).toEqual([]);
  });

  it('keeps away from what is pending', () => {
    const one = learner();
    for (let number = 0; number < 20; number++) {
      const x = (number + 0.5) / 20;
      one.observe(trial(number, { x }, Math.min(Math.abs(x - 0.2), Math.abs(x - 0.8) + 0.001)));
    }
    const at = (pending: readonly number[]) =>
      Number(
        one.propose(
          40,
          pending.map((x, i) => ({ number: 20 + i, params: { x } })),
        ).params['x'],
      );
    const first = at([]);
    const elsewhere = at(Array.from({ length: 12 }, (_, i) => first + (i - 6) / 100));
    expect(Math.abs(elsewhere - first)).toBeGreaterThan(0.15);
  });

  it('learns the parameters of a branch from the trials that have them', () => {
    const space = spaceSchema.parse({
      kind: { kind: 'categorical', choices: ['a', 'b'] },
      x: { kind: 'float', min: 0, max: 1, when: { kind: ['a'] } },
      y: { kind: 'float', min: 0, max: 1, when: { kind: ['b'] } },
    });
    const evaluate = ({ kind, x, y }: Params) => (kind === 'a' ? 1 + Number(x) : Math.abs(Number(y) - 0.3));
    const { history } = runSearch(searchSpec(space, { sampler, parallelism: 1, stop: { maxTrials: 60 } }), evaluate);
    const late = history.slice(40);
    expect(late.filter(({ params }) => params['kind'] === 'b').length).toBeGreaterThan(14);
    const near = late.filter(({ params }) => Math.abs(Number(params['y']) - 0.3) < 0.15);
    expect(near.length).toBeGreaterThan(10);
  });
});
