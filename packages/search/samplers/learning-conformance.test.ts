import { stream } from '@caviar/numerics';
import { type Params, type SearchSpace, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import type { PendingTrial, TrialRecord } from '../history.js';
import { contains } from '../space/contains.js';
import { startLearning } from '../suggest.js';
import { mixedOutcome } from '../testing/outcomes.js';
import { runParallel } from '../testing/run-parallel.js';
import { bestValue, runSearch } from '../testing/run-search.js';
import { SAMPLER_SETTINGS } from '../testing/sampler-settings.js';
import { searchSpec } from '../testing/search-spec.js';
import { SPACES } from '../testing/spaces.js';
import type { NamedSampler } from './auto.js';
import { findSampler } from './registry.js';
import { type Learner, learns } from './sampler.js';

const TRIALS = 24;
const PARALLELISM = 4;
/** Numbers at which learners are compared: while they begin, soon after, and late. */
const PROBES = [3, 16, TRIALS - 1];

/** What every sampler that learns must do, besides what all samplers do (conformance.test.ts). */
function learningConformance(name: string, sampler: NamedSampler): void {
  const specOf = (space: SearchSpace) =>
    searchSpec(space, { sampler, stop: { maxTrials: TRIALS }, parallelism: PARALLELISM });
  const learner = (space: SearchSpace, changes: Partial<ReturnType<typeof specOf>> = {}): Learner => {
    const spec = { ...specOf(space), ...changes };
    const learning = startLearning(spec);
    if (learning === null) throw new TypeError(`${sampler.kind} does not learn`);
    return learning.learner;
  };
  const taught = (history: readonly TrialRecord[], space: SearchSpace) => {
    const fresh = learner(space);
    for (const trial of history) fresh.observe(trial);
    return fresh;
  };

  describe(`learning sampler ${name}`, () => {
    describe.each(Object.entries(SPACES))('on %s', (_, space) => {
      const spec = specOf(space);
      const { history, suggestions } = runSearch(spec, (_, number) => mixedOutcome(number));
      const seenBy = (number: number) => Math.max(0, number - PARALLELISM + 1);
      const pendingOf = (number: number): PendingTrial[] => history.slice(seenBy(number), number);

      it('built anew from the outcomes, proposes what the one kept up to date did', () => {
        for (const number of PROBES) {
          const fresh = taught(history.slice(0, seenBy(number)), space);
          expect(fresh.propose(number, pendingOf(number))).toEqual(suggestions[number]);
        }
      });

      it('comes back from JSON, whatever the order of keys, to the same proposals', () => {
        const number = TRIALS - 1;
        const reordered = <T>(record: Readonly<Record<string, T>>) =>
          Object.fromEntries(Object.entries(record).reverse());
        const stored = JSON.parse(JSON.stringify({ space, history })) as { space: SearchSpace; history: TrialRecord[] };
        const trials = stored.history.map((trial) => ({ ...trial, params: reordered(trial.params) }));
        const fresh = taught(trials.slice(0, seenBy(number)), reordered(stored.space));
        expect(fresh.propose(number, trials.slice(seenBy(number), number))).toEqual(suggestions[number]);
      });

      it('proposes without changing what it knows', () => {
        const one = taught(history.slice(0, 20), space);
        const first = one.propose(23, pendingOf(23));
        one.propose(24, history.slice(20));
        one.propose(100, []);
        expect(one.propose(23, pendingOf(23))).toEqual(first);
      });

      it('leaves what it is given as it was', () => {
        const given = structuredClone(history);
        const frozen = history.map((trial) => Object.freeze({ ...trial, params: Object.freeze({ ...trial.params }) }));
        taught(Object.freeze(frozen).slice(0, 20), space).propose(23, Object.freeze(frozen.slice(20)));
        expect(history).toEqual(given);
      });

      it.each([1, 2, 4, 16])('proposes the same for %d workers, whoever is slow and whoever dies', (workers) => {
        const run = { workers, seed: workers, evaluate: (_: Params, number: number) => mixedOutcome(number) };
        expect(runParallel(spec, run)).toEqual(suggestions);
      });

      it('says what its proposals rest on, in plain JSON', () => {
        for (const { number, basis } of suggestions) {
          if (basis === undefined) continue;
          expect(JSON.parse(JSON.stringify(basis))).toStrictEqual(basis);
          expect(basis.sampler).toBe(sampler.kind);
          expect(new Set(basis.trials).size).toBe(basis.trials.length);
          expect(basis.trials.length).toBeLessThanOrEqual(10);
          for (const leanedOn of basis.trials) {
            expect(leanedOn).toBeLessThan(seenBy(number));
            expect(Number.isFinite(history[leanedOn]!.value)).toBe(true);
          }
          if (basis.score !== undefined) expect(Number.isFinite(basis.score.value)).toBe(true);
        }
        expect(suggestions.at(-1)!.basis).toBeDefined();
      });

      it('takes outcomes in any order, and stays the same for the same order', () => {
        const order = [...stream(3, 'order').permutation(20)];
        const shuffled = order.map((i) => history[i]!);
        const kept = learner(space);
        shuffled.forEach((trial, i) => {
          kept.observe(trial);
          if (i % 5 === 0) kept.propose(20 + i, shuffled.slice(i + 1));
        });
        const params = kept.propose(40, history.slice(20));
        expect(params).toEqual(taught(shuffled, space).propose(40, history.slice(20)));
        expect(contains(space, params.params)).toBe(true);
      });

      it('puts the later record of a paused trial in the place of the earlier one', () => {
        const records = history.slice(0, 20).map((trial) => ({ ...trial, step: 9 }));
        const paused = records.map((trial) => ({ ...trial, status: 'paused' as const, value: -trial.number, step: 1 }));
        const twice = learner(space);
        for (const trial of paused) {
          twice.observe(trial);
          if (trial.number % 2 === 0) twice.observe({ ...trial, value: trial.number, step: 3 });
          if (trial.number === 15) expect(contains(space, twice.propose(20, history.slice(16)).params)).toBe(true);
        }
        for (const trial of records) twice.observe(trial);
        expect(twice.propose(30, [])).toEqual(taught(records, space).propose(30, []));
        // some paused, and pending as well
        const half = [...records.slice(0, 10), ...paused.slice(10)];
        const mixed = taught(half, space).propose(30, paused.slice(10));
        expect(mixed).toEqual(taught(half, space).propose(30, paused.slice(10)));
        expect(contains(space, mixed.params)).toBe(true);
      });

      it('proposes params of the space after any history', () => {
        const values: readonly (readonly [string, (number: number) => Partial<TrialRecord>])[] = [
          ['all failed', () => ({ status: 'failed', value: null })],
          ['all infeasible', () => ({ status: 'infeasible', value: null })],
          ['all cancelled', () => ({ status: 'cancelled', value: 1 })],
          ['all pruned', (number) => ({ status: 'pruned', value: number, step: 1 + (number % 3) })],
          ['all the same', () => ({ status: 'completed', value: 0 })],
          [
            'not finite',
            (number) => ({ status: 'completed', value: [Number.NaN, Infinity, -Infinity, null][number % 4]! }),
          ],
          ['enormous', (number) => ({ status: 'completed', value: number % 2 === 0 ? -1.7e308 : 1.7e308 })],
          ['tiny', (number) => ({ status: 'completed', value: number * 5e-324 })],
        ];
        for (const [what, change] of values) {
          const one = taught(
            history.slice(0, 20).map((trial) => ({ ...trial, ...change(trial.number) })),
            space,
          );
          const { params } = one.propose(23, pendingOf(23));
          expect(contains(space, params), `${what}: ${JSON.stringify(params)}`).toBe(true);
        }
      });

      it('leaves out of account what does not fit the space', () => {
        const foreign: readonly Params[] = [
          {},
          { unknown: 1 },
          Object.fromEntries(Object.keys(space).map((key) => [key, 'no such value'])),
          Object.fromEntries(Object.keys(space).map((key) => [key, 1e308])),
          Object.fromEntries(Object.keys(space).map((key) => [key, null])),
        ];
        const before = foreign.map((params, number) => ({ number, params, status: 'completed' as const, value: -9 }));
        const after = history.slice(foreign.length, 20);
        const one = taught([...before, ...after], space);
        const pending = [...pendingOf(23), { number: 22, params: foreign[2]! }];
        expect(contains(space, one.propose(23, pending).params)).toBe(true);
        expect(contains(space, taught(before, space).propose(23, pending).params)).toBe(true);
      });

      it('does with -y to be maximised what it does with y to be minimised', () => {
        const mirrored = learner(space, { objective: { metric: 'm', direction: 'maximize' } });
        for (const trial of history.slice(0, 20)) {
          mirrored.observe({ ...trial, value: trial.value === null ? null : -trial.value });
        }
        expect(mirrored.propose(23, pendingOf(23)).params).toEqual(suggestions[23]!.params);
      });
    });

    it('does not propose what is pending, nor the same for two seeds', () => {
      const space = SPACES['the documented example']!;
      const { history } = runSearch(specOf(space), (_, number) => mixedOutcome(number));
      const one = taught(history.slice(0, 12), space);
      const pending: PendingTrial[] = [];
      for (let number = 12; number < 24; number++) {
        pending.push({ number, params: one.propose(number, pending).params });
      }
      expect(new Set(pending.map(({ params }) => JSON.stringify(params))).size).toBe(12);
      const other = learner(space, { seed: 43 });
      for (const trial of history.slice(0, 12)) other.observe(trial);
      expect(other.propose(12, []).params).not.toEqual(pending[0]!.params);
    });

    it('finds its way down a bowl', () => {
      const space = spaceSchema.parse({ x: { kind: 'float', min: -5, max: 5 }, y: { kind: 'float', min: -5, max: 5 } });
      const spec = { ...specOf(space), stop: { maxTrials: 50 }, parallelism: 1 };
      const bowl = ({ x, y }: Params) => (Number(x) - 1) ** 2 + (Number(y) + 2) ** 2;
      // The expected best of 50 random points is 100 / (50 pi) = 0.6.
      expect(bestValue(runSearch(spec, bowl))).toBeLessThan(0.3);
    });
  });
}

const learning = Object.values(SAMPLER_SETTINGS)
  .flat()
  // One that goes by rounds is asked after they have been decided: coarse-to-fine-over.test.ts.
  .filter((sampler) => learns(findSampler(sampler)) && findSampler(sampler).rounds === undefined);
for (const sampler of learning) learningConformance(JSON.stringify(sampler), sampler);
if (learning.length === 0) it.todo('has no sampler that learns to try yet');
