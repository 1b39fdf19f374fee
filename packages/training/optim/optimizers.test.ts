import { describe, expect, it } from 'vitest';
import { openDoubleWorkspace } from '../engine/scalar/workspace.js';
import type { OptimizerSettings, StepScalars } from './optimizer.js';
import { OPTIMIZERS, type OptimizerName } from './registry.js';

/** Weights after each of the gradients, starting from w = 1, with the moments kept in the arena. */
function follow(name: OptimizerName, settings: Partial<OptimizerSettings>, gradients: readonly number[]): number[] {
  const { floats, kernels } = openDoubleWorkspace(64);
  const [w, g, m, v] = [16, 17, 18, 19];
  floats[w!] = 1;
  const full = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, ...settings };
  const powers = { beta1Power: 1, beta2Power: 1 };
  return gradients.map((gradient) => {
    powers.beta1Power *= full.beta1;
    powers.beta2Power *= full.beta2;
    const s: StepScalars = [0, 0, 0, 0, 0];
    OPTIMIZERS[name].scalars(full, powers, s);
    floats[g!] = gradient;
    kernels.optimizerStep(name)(w!, g!, m!, v!, 1, ...s);
    return floats[w!]!;
  });
}

const close = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, x] of actual.entries()) expect(x).toBeCloseTo(expected[i]!, 12);
};

describe('optimisers, by hand, gradients 2 and then -1 from w = 1', () => {
  it('gd: 1 - 0.1 * 2 = 0.8, 0.8 + 0.1 = 0.9', () => {
    close(follow('gd', {}, [2, -1]), [0.8, 0.9]);
  });

  it('momentum: an average without bias correction', () => {
    // m = 0.1 * 2 = 0.2; w = 1 - 0.02.  m = 0.9 * 0.2 - 0.1 = 0.08; w = 0.98 - 0.008.
    close(follow('momentum', {}, [2, -1]), [0.98, 0.972]);
  });

  it('rmsprop: epsilon outside the root', () => {
    // v = 0.01 * 4 = 0.04, root 0.2; w = 1 - 0.2 / (0.2 + 0.3).  v = 0.99 * 0.04 + 0.01 = 0.0496.
    close(follow('rmsprop', { epsilon: 0.3 }, [2, -1]), [0.6, 0.6 + 0.1 / (Math.sqrt(0.0496) + 0.3)]);
  });

  it('adam: both averages corrected, epsilon outside the root', () => {
    // t = 1: m = 0.2 / 0.1 = 2, v = 0.04 / 0.01 = 4; w = 1 - 0.1 * 2 / (2 + 0.5).
    // t = 2: m = 0.08 / (1 - 0.81), v = 0.0496 / (1 - 0.9801).
    const second = 0.92 - (0.1 * (0.08 / 0.19)) / (Math.sqrt(0.0496 / 0.0199) + 0.5);
    close(follow('adam', { epsilon: 0.5 }, [2, -1]), [0.92, second]);
  });

  it('adam with default epsilon starts with a step of the size of the learning rate', () => {
    for (const gradient of [0.5, -5, 1e6]) {
      close(follow('adam', { epsilon: 1e-14 }, [gradient]), [1 - 0.1 * Math.sign(gradient)]);
    }
  });

  it('momentum with beta1 = 0 and rmsprop under a constant gradient are what they should be', () => {
    close(follow('momentum', { beta1: 0 }, [2, -1]), follow('gd', {}, [2, -1]));
    const many = follow('rmsprop', {}, new Array(3000).fill(0.5));
    expect(many.at(-2)! - many.at(-1)!).toBeCloseTo(0.1, 6);
  });
});
