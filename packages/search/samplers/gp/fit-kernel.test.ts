import { stream } from '@caviar/numerics';
import { spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { compileSpace } from '../../space/compile-space.js';
import { FeatureSpace } from './features.js';
import { type Evidence, fitKernel, hyperparametersAt, negativeLogPosterior } from './fit-kernel.js';
import { kernelPrior } from './kernel-prior.js';

const space = new FeatureSpace(
  compileSpace(
    spaceSchema.parse({
      x: { kind: 'float', min: 0, max: 1 },
      idle: { kind: 'float', min: 0, max: 1 },
      y: { kind: 'float', min: 0, max: 1, when: { kind: ['a', 'b'] } },
      kind: { kind: 'categorical', choices: ['a', 'b', 'c'] },
    }),
  ),
);
const dimensionOf = (parameter: number) => space.dimensions.findIndex((dimension) => dimension.parameter === parameter);
const [X, IDLE, , KIND] = [0, 1, 2, 3].map(dimensionOf) as [number, number, number, number];

/** Trials of a function of x and of the kind, with a noise. */
function evidence(n: number, noise: number): Evidence {
  const random = stream(9, 'evidence');
  const positions = Array.from({ length: n }, () => Float64Array.from(space.dimensions, () => random.uniform()));
  return {
    space,
    features: positions.map((position) => space.featuresOf(position, space.activeAt(position))),
    z: Float64Array.from(
      positions,
      (position) => Math.sin(9 * position[X]!) + Math.floor(3 * position[KIND]!) + noise * random.normal(),
    ),
  };
}

describe('negativeLogPosterior', () => {
  it('has the slopes that central differences have', () => {
    const f = negativeLogPosterior(evidence(14, 0.1));
    const gradient = new Float64Array(5);
    for (const x of [
      [0.5, 1, -0.3, 0.2, -4],
      [-1, -2, 2, 3, -1],
      [2, 2, 2, 2, -9],
    ]) {
      const at = Float64Array.from(x);
      f(at, gradient);
      const slopes = [...gradient];
      slopes.forEach((slope, i) => {
        const shifted = (by: number) =>
          f(
            at.map((v, k) => (k === i ? v + by : v)),
            gradient,
          );
        expect(slope).toBeCloseTo((shifted(1e-5) - shifted(-1e-5)) / 2e-5, 4);
      });
    }
  });

  it('of one trial is the closed form', () => {
    // C = 2 + noise; a + n/2 = 2.5, b = 2; everything is at the center of its prior.
    const one = evidence(1, 0);
    const at = kernelPrior(space).center;
    const c = 2 + Math.exp(-7);
    const expected = 2.5 * Math.log(2 + (one.z[0]! * one.z[0]!) / c / 2) + Math.log(c) / 2;
    expect(negativeLogPosterior(one)(at, new Float64Array(5))).toBeCloseTo(expected, 12);
  });
});

describe('fitKernel', () => {
  const modeOf = (seen: Evidence) => hyperparametersAt(space, fitKernel(seen).mode);
  const weightOf = (weights: Float64Array, dimension: number) => weights[space.dimensions[dimension]!.feature]!;

  it('finds out which parameters matter', () => {
    const { weights } = modeOf(evidence(60, 0.01));
    expect(weightOf(weights, X)).toBeGreaterThan(20 * weightOf(weights, IDLE));
    expect(weightOf(weights, KIND)).toBeGreaterThan(5 * weightOf(weights, IDLE));
  });

  it('finds out how noisy the values are', () => {
    expect(modeOf(evidence(60, 0)).noise).toBeLessThan(0.005);
    expect(modeOf(evidence(60, 1)).noise).toBeGreaterThan(0.05);
  });

  it('gives both axes of a range that may be inactive one length', () => {
    const { weights } = modeOf(evidence(20, 0.1));
    const { feature } = space.dimensions[dimensionOf(2)]!;
    expect(weights[feature]).toBe(weights[feature + 1]);
    expect(weights.length).toBe(5);
  });

  it('stays at the prior where there is nothing to see: one trial tells of no length', () => {
    const { mode, deviation } = fitKernel(evidence(1, 0));
    const prior = kernelPrior(space);
    for (const d of space.dimensions.keys()) {
      expect(mode[d]).toBeCloseTo(prior.center[d]!, 6);
      expect(deviation[d]).toBeCloseTo(prior.deviation[d]!, 6);
    }
  });

  it('knows how sure it is: of what matters more than of what does not, and never less than the prior', () => {
    const { deviation } = fitKernel(evidence(60, 0.01));
    expect(deviation[X]).toBeLessThan(0.4 * deviation[IDLE]!);
    const prior = kernelPrior(space);
    for (const [d, width] of deviation.entries()) expect(width).toBeLessThanOrEqual(prior.deviation[d]! + 1e-12);
  });
});
