import { stream } from '@caviar/numerics';
import { type Params, type SamplerSpec, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { dtlz2, type SeveralProblem, zdt1 } from '../bench/problems/several.js';
import { volumesMissed } from '../bench/regret/volume-so-far.js';
import { checkSampler } from '../check-sampler.js';
import { observe, startLearning, suggestNext } from '../suggest.js';
import { completedTrial, severalSpec } from '../testing/several.js';

const SAMPLERS = {
  tpe: { kind: 'tpe', startup: 10, candidates: 24 },
  gp: { kind: 'gp', startup: 10 },
  nsga2: { kind: 'nsga2', population: 12 },
} as const satisfies Record<string, SamplerSpec>;

const SEEDS = [0, 1, 2];

/** Sum over three seeds of the share of the front's volume that is missed after a number of trials. */
function missed(problem: SeveralProblem, sampler: SamplerSpec, trials: number): number {
  const runs = SEEDS.map((seed) => volumesMissed(problem, { sampler, trials, seed, marks: [trials] })[0]!);
  return runs.reduce((sum, share) => sum + share, 0);
}

describe('several objectives', () => {
  it.each([
    ['zdt1', zdt1, 'tpe', 60],
    ['zdt1', zdt1, 'gp', 30],
    ['dtlz2', dtlz2, 'tpe', 200],
  ] as const)('%s: closer to the front than random search given twice the trials (%#)', (_, problem, kind, trials) => {
    expect(missed(problem, SAMPLERS[kind], trials)).toBeLessThan(missed(problem, { kind: 'random' }, 2 * trials));
  });

  it.each(Object.entries(SAMPLERS))('%s goes on from any mixture of outcomes', (_, sampler) => {
    const space = spaceSchema.parse({
      x: { kind: 'float', min: 0, max: 1 },
      n: { kind: 'int', min: 1, max: 5 },
      c: { kind: 'categorical', choices: ['a', 'b'] },
      y: { kind: 'float', min: 0, max: 1, when: { c: ['b'] } },
    });
    const constraints = [{ metric: 'size', max: 0.5 }];
    const spec = severalSpec(space, 3, { sampler, constraints, stop: { maxTrials: 24 }, parallelism: 1 });
    const learning = startLearning(spec)!;
    for (let number = 0; number < 24; number++) {
      const { params, proposal, basis } = suggestNext(learning, number, []);
      expect(proposal).toMatch(/^[A-Z][^\n]{10,}\.$/);
      const random = stream(3, 'outcome', number);
      const bad = [null, Number.NaN, 1e308, -1e308][Math.floor(random.uniform() * 12)];
      const value = () => (bad === undefined ? random.normal() : bad);
      const metrics = { f1: random.normal(), f2: value(), f3: number % 2, size: random.uniform() };
      observe(learning, [{ ...completedTrial(spec, number, metrics), params }]);
      if (number > 16) expect(basis!.sampler).toBe(sampler.kind);
    }
  });

  it('is refused where one distribution moves to one place', () => {
    const space = spaceSchema.parse({ x: { kind: 'float', min: 0, max: 1 } });
    const issues = (sampler: SamplerSpec) => checkSampler(severalSpec(space, 2, { sampler }));
    expect(issues({ kind: 'cma-es' })).toMatchObject([{ path: ['sampler', 'kind'] }]);
    const coarse = { kind: 'coarse-to-fine', rounds: 2, shrink: 0.4, top: 0.2 } as const;
    expect(issues({ ...coarse, base: 'cma-es' })).toMatchObject([{ path: ['sampler', 'base'] }]);
    for (const base of ['random', 'tpe', 'gp'] as const) expect(issues({ ...coarse, base })).toEqual([]);
    for (const sampler of Object.values(SAMPLERS)) expect(issues(sampler)).toEqual([]);
  });
});

describe('constraints', () => {
  const space = spaceSchema.parse({
    x: { kind: 'float', min: 0, max: 1 },
    y: { kind: 'float', min: 0, max: 1 },
    z: { kind: 'float', min: 0, max: 1 },
  });
  // The best lies on the border of a ball that fills a thousandth of the cube; what is best without it lies far away.
  const evaluate = (params: Params) => {
    const [x = 0, y = 0, z = 0] = ['x', 'y', 'z'].map((name) => Number(params[name]));
    return { f1: x + y + z, distance: Math.sqrt((x - 0.7) ** 2 + (y - 0.6) ** 2 + (z - 0.8) ** 2) };
  };
  const constraints = [{ metric: 'distance', max: 0.06 }];

  function best(sampler: SamplerSpec, trials: number, seed: number) {
    const spec = severalSpec(space, 1, { sampler, constraints, stop: { maxTrials: trials }, parallelism: 1, seed });
    const learning = startLearning(spec)!;
    const kept: number[] = [];
    let closest = Number.POSITIVE_INFINITY;
    let proposal = '';
    for (let number = 0; number < trials; number++) {
      const suggestion = suggestNext(learning, number, []);
      const trial = completedTrial(spec, number, evaluate(suggestion.params));
      observe(learning, [{ ...trial, params: suggestion.params }]);
      closest = Math.min(closest, trial.violation!);
      if (trial.violation === 0) kept.push(trial.value!);
      proposal = suggestion.proposal;
    }
    return { kept, closest, proposal };
  }

  it.each([
    ['gp', SAMPLERS.gp, 40],
    ['tpe', SAMPLERS.tpe, 120],
    ['nsga2', SAMPLERS.nsga2, 200],
    ['cma-es', { kind: 'cma-es' }, 200],
  ] as const)('%s finds what keeps them, where random search has one chance in a thousand', (_, sampler, trials) => {
    for (const seed of [0, 1]) expect(best(sampler, trials, seed).kept.length).toBeGreaterThan(2);
  });

  it('are told in the reasons', () => {
    expect(best(SAMPLERS.gp, 12, 0).proposal).toMatch(/^As no trial keeps the constraints, largest expected reduction/);
    const { proposal, kept } = best(SAMPLERS.gp, 40, 0);
    expect(proposal).toContain('with all constraints kept');
    expect(proposal).toMatch(/expected to keep the constraints\.$/);
    // the least sum in the ball is 2.1 - 0.06 sqrt(3)
    expect(Math.min(...kept)).toBeLessThan(2.1 - 0.06 * Math.sqrt(3) + 0.02);
  });
});
