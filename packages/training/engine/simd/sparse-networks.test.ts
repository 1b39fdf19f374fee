import { stream } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import { denseOnly } from '../../fixtures/dense-only.js';
import { clouds, drain, mlpJob } from '../../fixtures/jobs.js';
import { JOBS_WITH_ZEROS } from '../../fixtures/random-jobs.js';
import { startMlp } from '../../mlp.js';
import type { Kernels, OpenWorkspace, Sparse } from '../kernels.js';
import { detectAbilities } from './detect.js';
import { simdEngine } from './engine.js';
import { NARROW, SMALL, WIDE } from './probe.js';

const { multiplyAdd, fused } = detectAbilities();
const engines = [WIDE, NARROW, SMALL].map((layout) => simdEngine({ ...layout, multiplyAdd: multiplyAdd! }, fused));

/** Counts the products that were told of zeros. */
function counting(open: OpenWorkspace, asked: Set<Sparse>): OpenWorkspace {
  return (size) => {
    const workspace = open(size);
    const { gemm, gemmTransposed } = workspace.kernels;
    const kernels: Kernels = {
      ...workspace.kernels,
      gemm: (...options) => {
        asked.add(options[3] ?? 'none');
        return gemm(...options);
      },
      gemmTransposed: (...options) => {
        asked.add(options[1] ?? 'none');
        return gemmTransposed(...options);
      },
    };
    return { ...workspace, kernels };
  };
}

/**
 * Every example has one feature, lambda turns the weights round ever farther, and tanh hides that. In epoch 39 some of them leave
 * float32, and only examples that lack their features see it.
 */
const EXPLODING = (() => {
  const size = 200;
  const dataset = clouds({ rows: size, features: size, classes: 2, seed: 3 });
  const random = stream(1, 'one feature each');
  const features = new Float32Array(size * size);
  for (let row = 0; row < size; row++) features[row * size + random.below(size)] = 1;
  const params = { hiddenUnits: 128, activation: 'tanh', optimizer: 'gd', batchSize: 'full', epochs: 50 };
  const explosive = { learningRate: 0.002, l2: 6e5, initialization: 'fixed', initScale: 1, normalizeInputs: false };
  return mlpJob({ ...dataset, features }, { ...params, ...explosive });
})();

describe('networks with zeros', () => {
  it.each([
    ['relu', ['a', 'd', 'none']],
    ['relu and dropout', ['a', 'd', 'none']],
    ['relu under batch norm', ['a', 'none']],
    ['tanh with dropout', ['a', 'd', 'none']],
    ['tanh', ['none']],
  ])('train to the same bits either way: %s', (name, operands) => {
    const job = JOBS_WITH_ZEROS[name]!;
    const asked = new Set<Sparse>();
    for (const { open } of engines) {
      const [skipping, plain] = [counting(open, asked), denseOnly(open)].map((way) => {
        const run = startMlp(job, undefined, way);
        const steps = drain(run);
        return { steps, state: run.checkpoint() };
      });
      expect(skipping!.steps).toEqual(plain!.steps);
      expect(Buffer.compare(skipping!.state, plain!.state)).toBe(0);
    }
    expect([...asked].sort()).toEqual(operands);
  });

  it('diverge in the same epoch either way, though a weight that is not finite may meet zeros alone', () => {
    for (const { open } of engines) {
      const [skipping, plain] = [open, denseOnly(open)].map((way) => drain(startMlp(EXPLODING, undefined, way)));
      expect(skipping).toEqual(plain);
      expect(skipping!.at(-1)).toMatchObject({ status: 'infeasible', reason: expect.stringContaining('in epoch 39') });
    }
  });
});
