import { describe, expect, it } from 'vitest';
import { openScalarWorkspace } from './engine/scalar/workspace.js';
import { chooseEngine } from './engine/simd/engine.js';
import { shareBelow, twinDrifts } from './fixtures/twin-drifts.js';

// The long form, over 300 networks, is engine-drift.long.test.ts: it says what the few are that go further.
describe('single precision after 50 steps, over 25 random networks', () => {
  it.each([
    ['WebAssembly', chooseEngine().open],
    ['TypeScript', openScalarWorkspace],
  ])('%s is within 1e-6 of the double-precision twin', (_, open) => {
    const { loss, worstLayer, parameters } = twinDrifts(open, 25);
    expect(parameters[12]).toBeLessThan(2.5e-7);
    expect(shareBelow(parameters, 1e-6)).toBeGreaterThanOrEqual(0.92);
    expect(shareBelow(worstLayer, 1e-6)).toBeGreaterThanOrEqual(0.88);
    expect(shareBelow(loss, 1e-6)).toBeGreaterThanOrEqual(0.96);
  });
});
