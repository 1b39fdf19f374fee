import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkpointArrays } from '../checkpoint.js';
import { drain, lastMetrics } from '../fixtures/jobs.js';
import { JOBS_WITH_ZEROS, randomJob } from '../fixtures/random-jobs.js';
import type { TrainingJob } from '../job.js';
import { startMlp } from '../mlp.js';
import type { OpenWorkspace } from './kernels.js';
import { openDoubleWorkspace, openScalarWorkspace } from './scalar/workspace.js';
import { detectAbilities } from './simd/detect.js';
import { chooseEngine, simdEngine } from './simd/engine.js';
import { NARROW, WIDE } from './simd/probe.js';
import { FUSED } from './wasm/instructions.js';

/** Made by `node dist/bench/weights-hash.js`; Node 20.20, 22.23 and 24.21 agree, with 128-bit and 256-bit code. */
const GOLDEN = '7d065694f57d4dd77f27727c3004e3fe04ee56aa6abc1a80b07a3eced5041fb0';

/** The second of its lines, of networks whose products pass over zeros. */
const GOLDEN_WITH_ZEROS = 'c38e6f5ff8304610387f1a1fe2a87fc629628a05d1cbe75bcdb8ddbbc7d28351';

const { fused } = detectAbilities();
const numbers = Array.from({ length: 24 }, (_, i) => i);

describe('engines', () => {
  it('agree bit for bit, whatever the layout of the tiles', () => {
    const wide = simdEngine({ ...WIDE, multiplyAdd: FUSED }, fused);
    const narrow = simdEngine({ ...NARROW, multiplyAdd: FUSED }, fused);
    for (const number of numbers) {
      const [a, b] = [wide, narrow].map(({ open }) => {
        const run = startMlp(randomJob(number), undefined, open);
        const steps = drain(run);
        return { steps, state: run.checkpoint() };
      });
      expect(a!.steps).toEqual(b!.steps);
      expect(Buffer.compare(a!.state, b!.state)).toBe(0);
    }
  });

  it('compute the same in memory that another run has used and released, larger or smaller', () => {
    const target = { ...NARROW, multiplyAdd: FUSED };
    const { open } = simdEngine(target, fused);
    const buffers = new Set<unknown>();
    const counted: OpenWorkspace = (size) => {
      const workspace = open(size);
      buffers.add(workspace.floats.buffer);
      return workspace;
    };
    const train = (number: number, within: OpenWorkspace) => {
      const run = startMlp(randomJob(number), undefined, within);
      const steps = drain(run);
      const state = run.checkpoint();
      run.release();
      expect(() => run.next()).toThrow('the run was released');
      return { steps, state };
    };
    for (const number of numbers) {
      const [used, fresh] = [train(number, counted), train(number, simdEngine(target, fused).open)];
      expect(used.steps).toEqual(fresh.steps);
      expect(Buffer.compare(used.state, fresh.state)).toBe(0);
    }
    // It grew a few times, to the largest, and served all the others.
    expect(buffers.size).toBeLessThan(numbers.length / 3);
  });

  it('give a large memory back after a small run', () => {
    const { open } = simdEngine({ ...NARROW, multiplyAdd: FUSED }, fused);
    const large = open(1 << 25);
    large.floats.fill(1);
    large.release();
    const small = open(1 << 12);
    expect(small.floats.length).toBeLessThan(1 << 16);
    expect(small.floats.every((x) => x === 0)).toBe(true);
  });

  it.each([
    ['WebAssembly', chooseEngine().open],
    ['TypeScript', openScalarWorkspace],
  ])('%s keeps to the double-precision twin through 3 epochs', (_, open) => {
    const errors = numbers.flatMap((number) => {
      const exact = lastMetrics(drain(startMlp(randomJob(number), undefined, openDoubleWorkspace)));
      const single = lastMetrics(drain(startMlp(randomJob(number), undefined, open)));
      return ['train.loss', 'dev.loss'].map((name) => Math.abs(single[name]! - exact[name]!) / Math.abs(exact[name]!));
    });
    errors.sort((a, b) => a - b);
    // Batch norm over a few examples that hardly differ magnifies rounding; most networks have no such unit.
    expect(errors[errors.length >> 1]).toBeLessThan(1e-6);
    expect(errors.at(-1)).toBeLessThan(1e-4);
  });

  it.runIf(fused)(
    'gives the bits it always gave, on every version of Node and every processor with fused multiply-add',
    () => {
      const hashOf = (jobs: readonly TrainingJob[]) => {
        const hash = createHash('sha256');
        for (const job of jobs) {
          const run = startMlp(job);
          drain(run);
          hash.update(checkpointArrays(run.checkpoint()));
        }
        return hash.digest('hex');
      };
      expect(hashOf(numbers.map(randomJob))).toBe(GOLDEN);
      expect(hashOf(Object.values(JOBS_WITH_ZEROS))).toBe(GOLDEN_WITH_ZEROS);
    },
  );
});
