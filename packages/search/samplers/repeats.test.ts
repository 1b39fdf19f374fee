import { type Params, type SearchSpace, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { observe, prepareSearch, startLearning, suggest, suggestNext } from '../suggest.js';
import { mixedOutcome } from '../testing/outcomes.js';
import { runSearch } from '../testing/run-search.js';
import { SAMPLER_SETTINGS } from '../testing/sampler-settings.js';
import { searchSpec } from '../testing/search-spec.js';
import type { NamedSampler } from './auto.js';
import { findSampler } from './registry.js';
import { learns } from './sampler.js';

/** Finite spaces with the number of their configurations. */
const FINITE: Readonly<Record<string, readonly [SearchSpace, number]>> = {
  'ints and choices': [
    spaceSchema.parse({
      units: { kind: 'int', min: 1, max: 9, scale: 'log' },
      optimizer: { kind: 'categorical', choices: ['gd', 'adam', 'momentum'] },
      rate: { kind: 'float', min: 0.1, max: 0.3, step: 0.1 },
    }),
    81,
  ],
  conditions: [
    spaceSchema.parse({
      layers: { kind: 'int', min: 1, max: 3 },
      second: { kind: 'int', min: 1, max: 4, when: { layers: [2, 3] } },
      third: { kind: 'categorical', choices: [8, 16], when: { layers: [3] } },
      drop: { kind: 'categorical', choices: [true, false] },
    }),
    2 * (1 + 4 + 8),
  ],
  'one configuration': [spaceSchema.parse({ x: { kind: 'int', min: 3, max: 3 } }), 1],
};
const keyOf = (params: Params) => JSON.stringify(params);
const all: readonly NamedSampler[] = Object.values(SAMPLER_SETTINGS).flat();
const endless = all.filter(({ kind }) => kind !== 'grid');

describe.each(endless.map((sampler) => [JSON.stringify(sampler), sampler] as const))('%s', (_, sampler) => {
  it.each(Object.entries(FINITE))('tries all of a space of %s before it tries one twice, and says when', (_, given) => {
    const [space, size] = given;
    const rounds = sampler.kind === 'coarse-to-fine' ? sampler.rounds : 1;
    const trials = Math.max(rounds, size + 5);
    const { suggestions } = runSearch(searchSpec(space, { sampler, stop: { maxTrials: trials } }), (_, number) =>
      mixedOutcome(number),
    );
    const keys = suggestions.map(({ params }) => keyOf(params));
    expect(new Set(keys.slice(0, size)).size).toBe(size);
    for (const { proposal } of suggestions.slice(size)) expect(proposal).toMatch(/one once more\.$/);
    for (const { proposal } of suggestions.slice(0, size)) expect(proposal).not.toMatch(/once more\.$/);
  });

  it('does not repeat what has no float in a space that has no end', () => {
    const space = spaceSchema.parse({
      optimizer: { kind: 'categorical', choices: ['gd', 'adam', 'plain'] },
      beta: { kind: 'float', min: 0, max: 1, when: { optimizer: ['adam'] } },
      steps: { kind: 'int', min: 1, max: 2, when: { optimizer: ['gd'] } },
    });
    const spec = searchSpec(space, { sampler, stop: { maxTrials: 40 } });
    const { suggestions } = runSearch(spec, (_, number) => number);
    const keys = suggestions.map(({ params }) => keyOf(params));
    expect(new Set(keys).size).toBe(40);
  });
});

describe('samplers that draw by number', () => {
  it.each(['random', 'sobol'] as const)('%s: is the same asked backwards, anew, or from the middle', (kind) => {
    const [space, size] = FINITE['ints and choices']!;
    const spec = searchSpec(space, { sampler: { kind } });
    const inOrder = suggest(prepareSearch(spec), 0, size);
    const context = prepareSearch(spec);
    for (let n = size - 1; n >= 0; n--) expect(suggest(context, n, n + 1)[0]).toEqual(inOrder[n]);
    expect(suggest(prepareSearch(spec), 40, 41)[0]).toEqual(inOrder[40]);
  });

  it('begin to count anew with a new version of the space', () => {
    const [space, size] = FINITE['conditions']!;
    const context = prepareSearch(searchSpec(space), { spaceFirstNumber: 7, rounds: [] });
    const keys = suggest(context, 7, 7 + size).map(({ params }) => keyOf(params));
    expect(new Set(keys).size).toBe(size);
  });

  it.each(['random', 'sobol', 'grid'] as const)(
    '%s: what the spec gives to be tried first is not tried again',
    (kind) => {
      const [space, size] = FINITE['conditions']!;
      const everything = suggest(prepareSearch(searchSpec(space)), 0, size).map(({ params }) => params);
      const trials = [everything[4]!, everything[9]!, everything[size - 1]!];
      const sampler = kind === 'grid' ? ({ kind, levels: 5 } as const) : { kind };
      const { history } = runSearch(searchSpec(space, { sampler, trials, stop: { maxTrials: size } }), () => 0);
      expect(history.slice(0, 3).map(({ params }) => params)).toEqual(trials);
      expect(new Set(history.map(({ params }) => keyOf(params))).size).toBe(size);
    },
  );

  it('a grid with levels takes what is given for tried where it lies on the grid', () => {
    const space = spaceSchema.parse({ x: { kind: 'float', min: 0, max: 1 } });
    const sampler = { kind: 'grid', levels: 3 } as const;
    const { history } = runSearch(searchSpec(space, { sampler, trials: [{ x: 0.5 }, { x: 0.3 }] }), () => 0);
    expect(history.map(({ params }) => params['x'])).toEqual([0.5, 0.3, 0, 1]);
  });

  it('keep to the distribution while little has been tried', () => {
    const space = spaceSchema.parse({ x: { kind: 'int', min: 1, max: 1_000_000, scale: 'log' } });
    const drawn = suggest(prepareSearch(searchSpec(space)), 0, 2000).map(({ params }) => Number(params['x']));
    expect(new Set(drawn).size).toBe(2000);
    // log10 is uniform; the 99 values of the lower third are used up early on
    const share = drawn.filter((x) => x > 1e4).length / 2000;
    expect(share).toBeGreaterThan(0.33);
    expect(share).toBeLessThan(0.6);
  });
});

describe('samplers that learn', () => {
  const learning = all.filter((sampler) => learns(findSampler(sampler)) && findSampler(sampler).rounds === undefined);
  it.each(learning.map((sampler) => [sampler.kind, sampler] as const))(
    '%s: neither what is pending nor what others supplied is proposed again',
    (_, sampler) => {
      const [space, size] = FINITE['conditions']!;
      const everything = suggest(prepareSearch(searchSpec(space)), 0, size);
      for (const missing of [0, 11, size - 1]) {
        const context = startLearning(searchSpec(space, { sampler }))!;
        const others = everything.filter((_, k) => k !== missing);
        const observed = others.slice(0, 12).map((trial) => ({ ...trial, status: 'completed' as const, value: 1 }));
        observe(
          context,
          observed.map(({ number, params, status, value }) => ({ number, params, status, value })),
        );
        const { params } = suggestNext(context, size, others.slice(12));
        expect(params).toEqual(everything[missing]!.params);
      }
    },
  );
});
