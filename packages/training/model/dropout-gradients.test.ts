import type { Params } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { openDoubleWorkspace } from '../engine/scalar/workspace.js';
import { HEADS } from '../fixtures/gradient-cases.js';
import { mlpJob } from '../fixtures/jobs.js';
import { batchGradients, batchLoss, penalty } from '../objective.js';
import { setUp } from '../setup.js';
import { trainingPass } from '../train.js';

// With its keys held, dropout is one network, smooth almost everywhere: then differences can tell whether its gradient is right.

const EPSILON = 1e-6;

function relativeError(params: Params): number {
  const setup = setUp(mlpJob(HEADS.softmax, params), openDoubleWorkspace);
  const { workspace, layout, regions } = setup;
  const pass = trainingPass(setup);
  pass.keys.forEach((keys, l) => {
    keys[0] = 77 + l;
    keys[1] = 1234 * l;
  });
  const batch = { index: regions.sequence, rows: 13 };
  batchGradients(setup, batch, pass);
  const gradient = workspace.floats.slice(layout.gradients, layout.gradients + layout.parameterCount);
  const cost = () => batchLoss(setup, batch, pass) + penalty(setup);
  let [difference, size] = [0, 0];
  for (let i = 0; i < layout.parameterCount; i++) {
    const at = layout.parameters + i;
    const value = workspace.floats[at]!;
    // Padding has no gradient, and the biases of unused classes are -1e30.
    if (value < -1e29) continue;
    workspace.floats[at] = value + EPSILON;
    const above = cost();
    workspace.floats[at] = value - EPSILON;
    const below = cost();
    workspace.floats[at] = value;
    const isPadding = gradient[i] === 0 && value === 0;
    const numeric = isPadding ? 0 : (above - below) / (2 * EPSILON);
    difference += (numeric - gradient[i]!) ** 2;
    size += numeric ** 2;
  }
  expect(size).toBeGreaterThan(1e-4);
  return Math.sqrt(difference / size);
}

describe('the gradient of a network with dropout, its keys held', () => {
  const cases = ['relu', 'leakyRelu', 'tanh', 'sigmoid', 'linear'].flatMap((activation) =>
    [false, true].map((batchNorm) => [activation, batchNorm] as const),
  );

  it.each(cases)('%s, batch norm %s', (activation, batchNorm) => {
    const params = { activation, batchNorm, hiddenUnits: [18, 7], keepProb: [0.6, 0.8], inputKeepProb: 0.7, l2: 2 };
    expect(relativeError(params)).toBeLessThan(1e-6);
  });
});
