import { expect, it } from 'vitest';
import { denseOnly } from '../../fixtures/dense-only.js';
import { drain } from '../../fixtures/jobs.js';
import { randomLargeJob } from '../../fixtures/random-jobs.js';
import { startMlp } from '../../mlp.js';
import type { OpenWorkspace } from '../kernels.js';
import { detectAbilities } from './detect.js';
import { simdEngine } from './engine.js';
import { NARROW, WIDE } from './probe.js';

const NETWORKS = 400;

const { multiplyAdd, fused } = detectAbilities();
const [wide, narrow] = [WIDE, NARROW].map(
  (layout) => simdEngine({ ...layout, multiplyAdd: multiplyAdd! }, fused).open,
) as [OpenWorkspace, OpenWorkspace];

it('large networks of all kinds train to the bits of dense products, on any layout, and after a change of it', () => {
  for (let number = 0; number < NETWORKS; number++) {
    const job = randomLargeJob(number);
    const train = (open: OpenWorkspace, checkpoint?: Uint8Array) => {
      const run = startMlp(job, checkpoint, open);
      const steps = drain(run);
      const state = Buffer.from(run.checkpoint());
      run.release();
      return { steps, state };
    };
    const expected = train(denseOnly(wide));
    const half = startMlp(job, undefined, wide);
    half.next();
    const resumed = train(narrow, half.checkpoint());
    half.release();
    const label = JSON.stringify(job.params);
    for (const { steps, state } of [train(wide), train(narrow)]) {
      expect(steps, label).toEqual(expected.steps);
      expect(state.equals(expected.state), label).toBe(true);
    }
    expect(resumed.state.equals(expected.state), label).toBe(true);
  }
});
