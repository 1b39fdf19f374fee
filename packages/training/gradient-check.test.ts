import { describe, expect, it } from 'vitest';
import type { Workspace } from './engine/kernels.js';
import { openDoubleWorkspace } from './engine/scalar/workspace.js';
import { gradientCases, HEADS } from './fixtures/gradient-cases.js';
import { mlpJob } from './fixtures/jobs.js';
import { checkGradients, type ParameterPart } from './gradient-check.js';

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
  // Backpropagation of the second of three layers (18 -> 5 units) comes out 1 % too large.
  const spoil = (floats: Workspace['floats'], at: number, length: number) => {
    for (let i = at; i < at + length; i++) floats[i] = floats[i]! * 1.01;
  };
  const planted: Readonly<Record<ParameterPart, (workspace: Workspace) => Partial<Workspace['kernels']>>> = {
    weights: ({ kernels, floats }) => ({
      gemmTransposed: (width) => {
        const honest = kernels.gemmTransposed(width);
        return (...args) => {
          honest(...args);
          const [, , depth, , , panels, g, gStride] = args;
          if (depth === 20) spoil(floats, g, panels * gStride);
        };
      },
    }),
    bias: ({ kernels, floats }) => {
      let layers = 0;
      return {
        columnSums: (width) => {
          const honest = kernels.columnSums(width);
          const layer = ++layers;
          return (d, dStride, panels, g, rows) => {
            honest(d, dStride, panels, g, rows);
            if (layer === 2) spoil(floats, g, 16);
          };
        },
      };
    },
    gamma: (workspace) => ({ batchNormBackward: spoiltNorm(workspace, 'gamma') }),
    beta: (workspace) => ({ batchNormBackward: spoiltNorm(workspace, 'beta') }),
  };
  const spoiltNorm = ({ kernels, floats }: Workspace, part: 'gamma' | 'beta') => {
    let calls = 0;
    return (...args: Parameters<Workspace['kernels']['batchNormBackward']>) => {
      kernels.batchNormBackward(...args);
      const [, , , , , , dGamma, dBeta] = args;
      // Backwards: the second layer comes first.
      if (calls++ % 2 === 0) spoil(floats, part === 'gamma' ? dGamma : dBeta, 16);
    };
  };

  it.each(['weights', 'bias', 'gamma', 'beta'] as const)(
    'finds an error planted in the %s, and names the layer',
    (part) => {
      const tampered = (size: number): Workspace => {
        const workspace = openDoubleWorkspace(size);
        return { ...workspace, kernels: { ...workspace.kernels, ...planted[part](workspace) } };
      };
      const batchNorm = part === 'gamma' || part === 'beta';
      const job = mlpJob(HEADS.softmax, { hiddenUnits: [18, 5], activation: 'tanh', batchNorm });
      expect(checkGradients(job).verdict).toBe('great');
      const check = checkGradients(job, { open: tampered });
      expect(check.verdict).toBe('wrong');
      const suspects = check.layers.filter(({ verdict }) => verdict !== 'great');
      expect(suspects).toEqual([expect.objectContaining({ layer: 2, part, verdict: 'wrong' })]);
      expect(suspects[0]?.relativeError).toBeCloseTo(0.01 / 2.01, 4);
    },
  );

  it.each([
    [
      'before any training',
      { initScale: 1000, initialization: 'he', hiddenLayers: 100, hiddenUnits: 20, activation: 'linear' },
      0,
      'epoch 0',
    ],
    [
      'on the way',
      { learningRate: 1000, optimizer: 'gd', hiddenUnits: [4, 4], activation: 'linear' },
      30,
      /epoch \d+, nor/,
    ],
  ] as const)('refuses a network that diverges %s, which has no gradients', (_, params, epochs, message) => {
    const check = () => checkGradients(mlpJob(HEADS.softmax, params), { epochs });
    expect(check).toThrow(expect.objectContaining({ name: 'TrainingInputError', path: ['params'] }));
    expect(check).toThrow(message);
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
