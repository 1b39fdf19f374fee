import { describe, expect, it } from 'vitest';
import { openScalarWorkspace } from './engine/scalar/workspace.js';
import { chooseEngine } from './engine/simd/engine.js';
import { LIMIT, twinDrifts } from './fixtures/twin-drifts.js';

// The long form, over 360 networks, is engine-drift.long.test.ts.
describe('single precision after 50 steps, over 16 random networks', () => {
  it.each([
    ['WebAssembly', chooseEngine().open],
    ['TypeScript', openScalarWorkspace],
  ])('%s is within 1e-6 of the double-precision twin wherever single precision can be', (_, open) => {
    const { determined, others } = twinDrifts(open, 16);
    expect(determined.length).toBeGreaterThanOrEqual(6);
    for (const drift of determined) {
      expect(Math.max(drift.parameters, drift.worstLayer, drift.loss)).toBeLessThan(LIMIT);
    }
    for (const { parameters, reachOfSinglePrecision } of others) {
      expect(parameters).toBeLessThan(Math.max(LIMIT, 4 * reachOfSinglePrecision));
    }
  });
});
