import { stream } from '@caviar/numerics';
import { type SamplerSpec, type SearchSpace, type SearchSpec, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { decideRound, historyNeeded, planSearch, type SearchState } from '../plan-search.js';
import { previewSearch } from '../preview.js';
import { contains } from '../space/contains.js';
import { prepareSearch, suggest } from '../suggest.js';
import { type Outcome, runSearch } from '../testing/run-search.js';
import { searchSpec } from '../testing/search-spec.js';
import { findSampler, SAMPLERS } from './registry.js';

/** Every sampler with the settings it is tried with. */
const SETTINGS: Readonly<Record<SamplerSpec['kind'], readonly SamplerSpec[]>> = {
  random: [{ kind: 'random' }],
  grid: [{ kind: 'grid', levels: 3 }],
  sobol: [{ kind: 'sobol' }],
  'coarse-to-fine': [
    { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
    { kind: 'coarse-to-fine', rounds: 5, shrink: 0.1, top: 1, base: 'sobol' },
  ],
};

const SPACES: Readonly<Record<string, SearchSpace>> = {
  'the documented example': spaceSchema.parse({
    learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
    beta1: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' },
    hiddenUnits: { kind: 'int', min: 16, max: 512, scale: 'log' },
    keepProb: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
    optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'rmsprop', 'adam'] },
    beta2: { kind: 'float', min: 0.9, max: 0.9999, scale: 'oneMinusLog', when: { optimizer: ['rmsprop', 'adam'] } },
  }),
  'nested conditions, lists and booleans': spaceSchema.parse({
    units: { kind: 'categorical', choices: [[16], [32, 16], 8], when: { layers: [1, 2] } },
    layers: { kind: 'int', min: 0, max: 3 },
    drop: { kind: 'categorical', choices: [true, false, null] },
    rate: { kind: 'float', min: 0, max: 0.5, when: { drop: [true], layers: [1, 2, 3] } },
    slope: { kind: 'int', min: 1, max: 9, step: 2, when: { units: [[16], 8] } },
  }),
  'single values and extremes': spaceSchema.parse({
    one: { kind: 'float', min: 3, max: 3 },
    only: { kind: 'categorical', choices: ['x'] },
    huge: { kind: 'int', min: 0, max: Number.MAX_SAFE_INTEGER },
    tiny: { kind: 'float', min: 5e-324, max: 1e-300, scale: 'log' },
    wide: { kind: 'float', min: 1e-300, max: 1e300, scale: 'log' },
  }),
};

/** Outcomes as a real search has them, from the trial's number alone: values, failures, divergence, a non-finite value. */
function mixedOutcome(number: number): Outcome {
  const random = stream(7, 'outcome', number);
  const chance = random.uniform();
  if (chance < 0.1) return 'failed';
  if (chance < 0.2) return 'infeasible';
  if (chance < 0.25) return 'pruned';
  return chance < 0.3 ? Number.NaN : random.normal();
}

/** What every sampler must do; to be run for each with typical settings. */
function samplerConformance(name: string, sampler: SamplerSpec): void {
  describe(`sampler ${name}`, () => {
    describe.each(Object.entries(SPACES))('on %s', (_, space) => {
      const spec = searchSpec(space, { sampler, stop: { maxTrials: 40 } });
      const finished = runSearch(spec, (_, number) => mixedOutcome(number));
      const state: SearchState = { spaceFirstNumber: 0, rounds: finished.rounds };
      const drawnBy = (other: SearchSpec, at: SearchState = state) =>
        suggest(prepareSearch(other, at), 0, finished.history.length);

      it('proposes params of the space, the active ones and no others, with native types', () => {
        expect(finished.history.length).toBeGreaterThan(0);
        for (const { params } of finished.history) expect(contains(space, params), JSON.stringify(params)).toBe(true);
      });

      it('proposes params that survive JSON, with keys in the order of the spec', () => {
        const names = Object.keys(space);
        for (const { params } of finished.history) {
          expect(JSON.parse(JSON.stringify(params))).toStrictEqual(params);
          expect(Object.keys(params)).toEqual(names.filter((key) => Object.hasOwn(params, key)));
        }
      });

      it('says why, in one sentence', () => {
        for (const { proposal } of drawnBy(spec)) expect(proposal).toMatch(/^[A-Z][^\n]{10,}\.$/);
      });

      it('depends on the number alone: in one go, one by one, and backwards it is the same', () => {
        const all = drawnBy(spec);
        expect(all.map(({ params }) => params)).toEqual(finished.history.map(({ params }) => params));
        const context = prepareSearch(spec, state);
        expect(suggest(context, 5, 8)).toEqual(all.slice(5, 8));
        const backwards = [...all].reverse().flatMap(({ number }) => suggest(context, number, number + 1));
        expect(backwards.reverse()).toEqual(all);
        expect(suggest(context, 3, 3)).toEqual([]);
      });

      it('comes back from JSON to the same proposals', () => {
        const stored = JSON.parse(JSON.stringify({ spec, state })) as { spec: SearchSpec; state: SearchState };
        expect(drawnBy(stored.spec, stored.state)).toEqual(drawnBy(spec));
      });

      it('does not depend on the order of the keys of the space', () => {
        const reversed = Object.fromEntries(Object.entries(space).reverse());
        const params = drawnBy({ ...spec, space: reversed }).map((suggestion) => suggestion.params);
        expect(params).toEqual(finished.history.map((trial) => trial.params));
      });

      it('decides rounds that are valid spaces, whatever the order of the history', () => {
        const plan = planSearch(spec);
        finished.rounds.forEach((round, index) => {
          expect(spaceSchema.safeParse(round.region).success).toBe(true);
          const question = { spaceFirstNumber: 0, rounds: finished.rounds.slice(0, index), index };
          const shuffled = [...stream(index, 'order').permutation(finished.history.length)];
          const history = shuffled.map((i) => finished.history[i]!);
          expect(decideRound(spec, plan, { ...question, history })).toEqual(round);
        });
      });

      it('needs no history from a trial on', () => {
        const plan = planSearch(spec);
        for (let number = 0; number < finished.history.length; number++) {
          expect(historyNeeded(plan, number)).toBeLessThanOrEqual(number);
        }
      });

      it('can be previewed', () => {
        const preview = previewSearch(spec);
        expect(preview.parameters.map((parameter) => parameter.name)).toEqual(Object.keys(space));
        for (const { activeShare, histogram } of preview.parameters) {
          const counted = histogram.counts.reduce((sum, count) => sum + count, 0);
          expect(counted).toBe(Math.round(activeShare * preview.draws));
        }
        expect(JSON.parse(JSON.stringify(preview))).toEqual(preview);
      });
    });
  });
}

for (const settings of Object.values(SETTINGS)) {
  for (const sampler of settings) samplerConformance(JSON.stringify(sampler), sampler);
}

it('runs for every sampler that is registered, each under its own name', () => {
  expect(Object.keys(SAMPLERS).sort()).toEqual(Object.keys(SETTINGS).sort());
  for (const kind of Object.keys(SAMPLERS) as SamplerSpec['kind'][]) expect(findSampler(kind).kind).toBe(kind);
});
