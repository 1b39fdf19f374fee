import { describe, expect, it } from 'vitest';
import type { Workspace } from './engine/kernels.js';
import { openDoubleWorkspace } from './engine/scalar/workspace.js';
import { gradientCases, HEADS } from './fixtures/gradient-cases.js';
import { mlpJob } from './fixtures/jobs.js';
import { checkGradients } from './gradient-check.js';

describe('backpropagation against two-sided differences', () => {
  it.each(gradientCases([[], [18, 5]]))('$name', ({ dataset, params }) => {
    const check = checkGradients(mlpJob(dataset, params), { examples: 11 });
    expect(check.relativeError).toBeLessThan(1e-7);
    expect(check.verdict).toBe('great');
    for (const layer of check.layers) expect(layer, JSON.stringify(layer)).toMatchObject({ verdict: 'great' });
    const { hiddenUnits } = params;
    expect(check.layers).toHaveLength(hiddenUnits.length * ('batchNorm' in params ? 3 : 2) + 2);
  });

  it('weighs classes', () => {
    const job = mlpJob(HEADS.softmax, { classWeights: [1, 5, 0.2], hiddenUnits: 6, activation: 'tanh' });
    expect(checkGradients(job)).toMatchObject({ verdict: 'great' });
  });

  it('holds after some training too', () => {
    const job = mlpJob(HEADS.softmax, { hiddenUnits: [6, 4], activation: 'tanh', l2: 1, learningRate: 0.01 });
    const check = checkGradients(job, { epochs: 5, examples: 20 });
    expect(check).toMatchObject({ verdict: 'great', epochs: 5, examples: 20 });
    expect(check.relativeError).not.toBe(checkGradients(job, { examples: 20 }).relativeError);
  });
});

describe('checkGradients', () => {
  it('finds a planted error, and names the layer', () => {
    // Backpropagation of the weights of the second of three layers (18 -> 5 units) comes out 1 % too large.
    const tampered = (size: number): Workspace => {
      const workspace = openDoubleWorkspace(size);
      const { kernels, floats } = workspace;
      return {
        ...workspace,
        kernels: {
          ...kernels,
          gemmTransposed: (width) => {
            const honest = kernels.gemmTransposed(width);
            return (...args) => {
              honest(...args);
              const [, , depth, , , panels, g, gStride] = args;
              if (depth === 20) for (let i = g; i < g + panels * gStride; i++) floats[i] = floats[i]! * 1.01;
            };
          },
        },
      };
    };
    const job = mlpJob(HEADS.softmax, { hiddenUnits: [18, 5], activation: 'tanh' });
    const check = checkGradients(job, { open: tampered });
    expect(check.verdict).toBe('wrong');
    const suspects = check.layers.filter(({ verdict }) => verdict !== 'great');
    expect(suspects).toEqual([expect.objectContaining({ layer: 2, part: 'weights', verdict: 'wrong' })]);
    expect(suspects[0]?.relativeError).toBeCloseTo(0.01 / 2.01, 4);
  });

  it('leaves out parameters at a kink, where there is no derivative', () => {
    // With all biases 0, an example that leaves a layer of two relus dark puts every z of the next exactly on its kink.
    const job = mlpJob(HEADS.softmax, { hiddenUnits: [2, 2, 6], activation: 'relu' });
    const check = checkGradients(job);
    expect(check.layers.reduce((sum, { kinks }) => sum + kinks, 0)).toBeGreaterThan(0);
    expect(check).toMatchObject({ verdict: 'great' });
  });

  it('would notice a forgotten penalty', () => {
    const forgetful = (size: number): Workspace => {
      const workspace = openDoubleWorkspace(size);
      return { ...workspace, kernels: { ...workspace.kernels, penalty: () => {} } };
    };
    const job = mlpJob(HEADS.logistic, { l2: 3, hiddenUnits: 3 });
    expect(checkGradients(job).verdict).toBe('great');
    expect(checkGradients(job, { open: forgetful }).verdict).not.toBe('great');
  });

  it.each([
    [{ keepProb: 0.9 }, ['params', 'keepProb']],
    [{ inputKeepProb: 0.9 }, ['params', 'inputKeepProb']],
  ])('refuses dropout: %j', (params, path) => {
    expect(() => checkGradients(mlpJob(HEADS.softmax, params))).toThrow(expect.objectContaining({ path }));
  });
});
