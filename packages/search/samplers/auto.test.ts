import { type SearchSpec, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { checkSampler } from '../check-sampler.js';
import { planSearch } from '../plan-search.js';
import { previewSearch } from '../preview.js';
import { learnsFromResults } from '../suggest.js';
import { mixedOutcome } from '../testing/outcomes.js';
import { runSearch } from '../testing/run-search.js';
import { searchSpec } from '../testing/search-spec.js';
import { SPACES } from '../testing/spaces.js';
import { pickSampler } from './auto.js';

const auto = (space: unknown, changes: Partial<SearchSpec> = {}) =>
  searchSpec(spaceSchema.parse(space), { sampler: { kind: 'auto' }, ...changes });
const floats = (n: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, { kind: 'float', min: 0, max: 1 }]));
const asha = { kind: 'asha', minResource: 1, maxResource: 9, eta: 3 } as const;
const small = {
  optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
  units: { kind: 'int', min: 1, max: 9 },
  beta: { kind: 'float', min: 0.5, max: 0.9, step: 0.1, when: { optimizer: ['adam'] } },
};

describe('auto', () => {
  it('tries all configurations where that is possible: each once, and then ends', () => {
    const spec = auto(small, { stop: { maxTrials: 54 } });
    const { history, suggestions } = runSearch(spec, () => 0);
    expect(new Set(history.map(({ params }) => JSON.stringify(params))).size).toBe(54);
    expect(suggestions[0]).toMatchObject({
      proposal:
        'Configuration 1 of 54 of the grid; auto picked grid, as the space has no more than 54 configurations, and all can be tried.',
      basis: { sampler: 'grid', trials: [] },
    });
    expect(planSearch(auto(small, { stop: { maxTrials: 1000 } })).totalTrials).toBe(54);
    expect(pickSampler(auto(small, { stop: { maxTrials: 53 } })).sampler.kind).not.toBe('grid');
    expect(pickSampler(auto({ one: { kind: 'int', min: 1, max: 1 } }, { stop: { maxTrials: 1 } })).sampler.kind).toBe(
      'grid',
    );
  });

  it('fills the space evenly where nothing can be learnt in time', () => {
    for (const changes of [{ stop: { maxTrials: 10 } }, { stop: { maxTrials: 200 }, parallelism: 200 }]) {
      const spec = auto(floats(3), changes);
      expect(planSearch(spec).sampler.kind).toBe('sobol');
      expect(learnsFromResults(spec)).toBe(false);
      expect(runSearch(spec, () => 0).suggestions[0]!.basis).toEqual({ sampler: 'sobol', trials: [] });
    }
  });

  it.each(Object.entries(SPACES))('learns otherwise, and says so with every trial, on %s', (_, space) => {
    const spec = auto(space, { stop: { maxTrials: 40 } });
    const { kind, reason } = planSearch(spec).sampler;
    expect(learnsFromResults(spec)).toBe(true);
    expect(checkSampler(spec)).toEqual([]);
    const named = runSearch({ ...spec, sampler: pickSampler(spec).sampler }, (_, n) => mixedOutcome(n));
    const { suggestions } = runSearch(spec, (_, number) => mixedOutcome(number));
    suggestions.forEach((suggestion, number) => {
      expect(suggestion.params).toEqual(named.suggestions[number]!.params);
      expect(suggestion.proposal).toMatch(/^[A-Z][^\n]{10,}\.$/);
      expect(suggestion.proposal).toContain(`; auto picked ${kind}, as ${reason}.`);
      expect(suggestion.basis!.sampler).toBe(kind);
    });
    expect(previewSearch(spec).plan.sampler).toEqual({ kind, reason });
  });

  it.each([
    ['few trials of few parameters', floats(6), { stop: { maxTrials: 100 } }, 'gp'],
    ['the same with a scheduler', floats(6), { stop: { maxTrials: 100 }, scheduler: asha }, 'tpe'],
    ['many parameters', floats(30), { stop: { maxTrials: 100 } }, 'tpe'],
    ['more trials', floats(6), { stop: { maxTrials: 500 } }, 'tpe'],
    ['no number of trials', floats(6), { stop: { maxDurationMs: 1000 } }, 'tpe'],
    ['a long search of floats', floats(6), { stop: { maxTrials: 5000 } }, 'cma-es'],
    ['a long search of floats and choices', { ...floats(6), ...small }, { stop: { maxTrials: 5000 } }, 'tpe'],
    ['a long search in few generations', floats(6), { stop: { maxTrials: 5000 }, parallelism: 200 }, 'tpe'],
  ] as const)('suits %s', (_, space, changes, kind) => {
    expect(pickSampler(auto(space, changes)).sampler.kind).toBe(kind);
  });

  it.each([
    ['few trials of few objectives', 2, { stop: { maxTrials: 100 } }, 'gp'],
    ['the same with a scheduler', 2, { stop: { maxTrials: 100 }, scheduler: asha }, 'tpe'],
    ['many trials', 2, { stop: { maxTrials: 1000 } }, 'nsga2'],
    ['many objectives', 5, { stop: { maxTrials: 100 } }, 'nsga2'],
  ] as const)('suits %s', (_, count, changes, kind) => {
    const objectives = Array.from({ length: count }, (_, m) => ({ metric: `f${m}`, direction: 'minimize' as const }));
    const spec = auto(floats(4), { ...changes, objectives, objective: objectives[0]! });
    const picked = pickSampler(spec);
    expect(picked.sampler.kind).toBe(kind);
    expect(picked.reason).toContain(`${count} objectives`);
    expect(checkSampler(spec)).toEqual([]);
  });

  it('leaves a sampler that the spec names alone', () => {
    const spec = auto(small, { sampler: { kind: 'random' } });
    expect(planSearch(spec).sampler).toEqual({ kind: 'random', reason: null });
    expect(runSearch(spec, () => 0).suggestions[0]!.proposal).not.toContain('auto');
  });

  it('takes a space for endless whose configurations cannot be counted', () => {
    const parents = Object.fromEntries(
      Array.from({ length: 24 }, (_, i) => [`p${i}`, { kind: 'categorical', choices: [0, 1] }]),
    );
    const children = Object.fromEntries(
      Array.from({ length: 24 }, (_, i) => [
        `z${i}`,
        { kind: 'int', min: 0, max: 1, when: { [`p${i}`]: [0], [`p${(i + 1) % 24}`]: [0] } },
      ]),
    );
    expect(['grid', 'sobol']).not.toContain(planSearch(auto({ ...parents, ...children })).sampler.kind);
  });
});
