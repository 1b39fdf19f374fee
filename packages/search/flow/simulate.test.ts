import { describe, expect, it } from 'vitest';
import { searchSpec } from '../testing/search-spec.js';
import { allSearches, roughWorld, severalSearches } from '../testing/worlds.js';
import { simulate } from './simulate.js';

const space = { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;
const evenWorld = (workers: number) => ({
  workers,
  train: ({ number }: { number: number }, toStep: number | null) =>
    ({ step: toStep ?? 10, value: number, status: toStep === null ? 'completed' : 'reached' }) as const,
  stepTime: () => 1,
});

describe('simulate', () => {
  it('takes the time that hand counting gives', () => {
    const spec = searchSpec(space, { stop: { maxTrials: 8 }, parallelism: 4 });
    expect(simulate(spec, evenWorld(1)).duration).toBe(80);
    expect(simulate(spec, evenWorld(2)).duration).toBe(40);
    expect(simulate(spec, evenWorld(16)).duration).toBe(20);
  });

  it('does the work of dead workers again', () => {
    const spec = searchSpec(space, { stop: { maxTrials: 2 }, parallelism: 1 });
    const run = simulate(spec, { ...evenWorld(1), lifeTime: (lives) => (lives === 0 ? 3 : 1000) });
    expect(run).toMatchObject({ lost: 1, duration: 3 + 5 + 20 });
  });
});

it('gives something else for each schedule in throughput mode', () => {
  const [, strict] = allSearches(30).find(([name]) => name === 'random with asha')!;
  const spec = { ...strict, reproducibility: 'throughput' as const };
  const calm = simulate(spec, roughWorld(1, 4));
  expect(simulate(spec, roughWorld(1, 4)).commands).toEqual(calm.commands);
  expect(simulate(spec, roughWorld(2, 4)).commands).not.toEqual(calm.commands);
});

describe.each(allSearches(12))('strict: %s', (_, spec) => {
  it('gives the same params, decisions and values for 1, 2, 4 and 16 workers, in calm and in storm', () => {
    const { params, commands } = simulate(spec, { ...roughWorld(0, 1), lifeTime: () => Number.POSITIVE_INFINITY });
    expect(params).toHaveLength(spec.sampler.kind === 'grid' ? params.length : 12);
    for (const workers of [2, 4, 16]) {
      const other = simulate(spec, roughWorld(workers, workers));
      expect(other.params).toEqual(params);
      expect(other.commands).toEqual(commands);
    }
  });
});

describe.each(severalSearches(12))('strict, two objectives and a constraint: %s', (_, spec) => {
  it('gives the same for 1, 4 and 16 workers', () => {
    const { params, commands } = simulate(spec, roughWorld(0, 1, true));
    for (const workers of [4, 16]) {
      const other = simulate(spec, roughWorld(workers, workers, true));
      expect(other.params).toEqual(params);
      expect(other.commands).toEqual(commands);
    }
  });
});
