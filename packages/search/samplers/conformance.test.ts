import { stream } from '@caviar/numerics';
import { type SearchSpec, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { decideRound, historyNeeded, planSearch, type SearchState } from '../plan-search.js';
import { previewSearch } from '../preview.js';
import { contains } from '../space/contains.js';
import { prepareSearch, suggest } from '../suggest.js';
import { mixedOutcome } from '../testing/outcomes.js';
import { runSearch } from '../testing/run-search.js';
import { SAMPLER_SETTINGS } from '../testing/sampler-settings.js';
import { searchSpec } from '../testing/search-spec.js';
import { SPACES } from '../testing/spaces.js';
import type { NamedSampler } from './auto.js';
import { findSampler, SAMPLERS } from './registry.js';
import { learns } from './sampler.js';

// What every sampler must do. What only those do that draw by number is marked `runIf(drawing)`; what those that learn
// do besides is in learning-conformance.test.ts.
function samplerConformance(name: string, sampler: NamedSampler): void {
  const drawing = !learns(findSampler(sampler));
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
        for (const { proposal } of finished.suggestions) expect(proposal).toMatch(/^[A-Z][^\n]{10,}\.$/);
      });

      it.runIf(drawing)('depends on the number alone: in one go, one by one, and backwards it is the same', () => {
        const all = drawnBy(spec);
        expect(all.map(({ params }) => params)).toEqual(finished.history.map(({ params }) => params));
        const context = prepareSearch(spec, state);
        expect(suggest(context, 5, 8)).toEqual(all.slice(5, 8));
        const backwards = [...all].reverse().flatMap(({ number }) => suggest(context, number, number + 1));
        expect(backwards.reverse()).toEqual(all);
        expect(suggest(context, 3, 3)).toEqual([]);
      });

      it.runIf(drawing)('comes back from JSON to the same proposals', () => {
        const stored = JSON.parse(JSON.stringify({ spec, state })) as { spec: SearchSpec; state: SearchState };
        expect(drawnBy(stored.spec, stored.state)).toEqual(drawnBy(spec));
      });

      it('does not depend on the order of the keys of the space', () => {
        const reversed = Object.fromEntries(Object.entries(space).reverse());
        const again = runSearch({ ...spec, space: reversed }, (_, number) => mixedOutcome(number));
        expect(again.history).toEqual(finished.history);
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

for (const settings of Object.values(SAMPLER_SETTINGS)) {
  for (const sampler of settings) samplerConformance(JSON.stringify(sampler), sampler);
}

it('runs for every sampler that is registered, each under its own name', () => {
  expect(Object.keys(SAMPLERS).sort()).toEqual(Object.keys(SAMPLER_SETTINGS).sort());
  for (const sampler of Object.values(SAMPLER_SETTINGS).flat()) expect(findSampler(sampler).kind).toBe(sampler.kind);
});
