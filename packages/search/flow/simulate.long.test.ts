import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allSearches, roughWorld } from '../testing/worlds.js';
import { simulate } from './simulate.js';

// Thousands of schedules in all; fewer for each pair where a proposal takes milliseconds.
const SLOW = new Set(['gp', 'auto']);

describe.each(allSearches(30))('strict: %s', (_, spec) => {
  it('depends on no schedule', { timeout: 600_000 }, () => {
    const { params, commands } = simulate(spec, roughWorld(0, 1));
    const world = fc.tuple(fc.nat(), fc.constantFrom(1, 2, 3, 4, 7, 16));
    fc.assert(
      fc.property(world, ([seed, workers]) => {
        const other = simulate(spec, roughWorld(seed, workers));
        expect(other.params).toEqual(params);
        expect(other.commands).toEqual(commands);
      }),
      { numRuns: SLOW.has(spec.sampler.kind) ? 30 : 500 },
    );
  });
});
