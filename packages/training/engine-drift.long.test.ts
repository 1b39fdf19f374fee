import { describe, expect, it } from 'vitest';
import { openScalarWorkspace } from './engine/scalar/workspace.js';
import { chooseEngine } from './engine/simd/engine.js';
import { LIMIT, twinDrifts } from './fixtures/twin-drifts.js';

// Relative, by Euclidean norm. What the others are, and why nobody's single precision does better: docs/course.md.
describe('single precision after 50 steps, over the first 360 random networks, none left out', () => {
  it.each([
    ['WebAssembly', chooseEngine().open],
    ['TypeScript', openScalarWorkspace],
  ])(
    '%s is within 1e-6 of the double-precision twin wherever single precision can be',
    {
      timeout: 600_000,
    },
    (_, open) => {
      const { determined, others } = twinDrifts(open, 360);
      expect(determined.length).toBeGreaterThanOrEqual(300);
      for (const { parameters, worstLayer, loss } of determined) {
        expect(Math.max(parameters, worstLayer, loss)).toBeLessThan(LIMIT);
      }
      for (const { parameters, reachOfSinglePrecision } of others) {
        expect(parameters).toBeLessThan(Math.max(LIMIT, 4 * reachOfSinglePrecision));
      }
      const all = [...determined, ...others].map(({ parameters }) => parameters).sort((a, b) => a - b);
      expect(all[all.length >> 1]).toBeLessThan(2e-7);
      expect(all.filter((drift) => drift < LIMIT).length / all.length).toBeGreaterThanOrEqual(0.92);
    },
  );
});
