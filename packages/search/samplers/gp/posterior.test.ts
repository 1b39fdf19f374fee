import { stream } from '@caviar/numerics';
import { spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { compileSpace } from '../../space/compile-space.js';
import { FeatureSpace } from './features.js';
import type { Hyperparameters } from './fit-kernel.js';
import { CONSTANT_VARIANCE } from './matern.js';
import { Posterior } from './posterior.js';

const space = new FeatureSpace(
  compileSpace(
    spaceSchema.parse({
      x: { kind: 'float', min: 0, max: 1 },
      y: { kind: 'float', min: 0, max: 1, when: { kind: ['a', 'b'] } },
      kind: { kind: 'categorical', choices: ['a', 'b', 'c'] },
    }),
  ),
);
const line = new FeatureSpace(compileSpace(spaceSchema.parse({ x: { kind: 'float', min: 0, max: 1 } })));

const hyperparameters: Hyperparameters = { weights: Float64Array.of(4, 9, 9, 0.5), noise: 0.01 };

function pointsOf(n: number): Float64Array[] {
  const random = stream(5, 'points');
  return Array.from({ length: n }, () => {
    const position = Float64Array.from(space.dimensions, () => random.uniform());
    return space.featuresOf(position, space.activeAt(position));
  });
}

/** The kernel as it is written in books: distances, then the formula. */
function kernel(a: Float64Array, b: Float64Array): number {
  let squared = 0;
  a.forEach((v, f) => {
    const difference = f < space.axes ? (v - b[f]!) ** 2 : Number(v !== b[f]);
    squared += hyperparameters.weights[f]! * difference;
  });
  const r = Math.sqrt(squared);
  return (1 + Math.sqrt(5) * r + (5 / 3) * r * r) * Math.exp(-Math.sqrt(5) * r) + CONSTANT_VARIANCE;
}

/** Solves A x = b by Gauss-Jordan elimination with pivots. */
function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  for (let c = 0; c < rows.length; c++) {
    const pivot = rows.slice(c).reduce((best, row) => (Math.abs(row[c]!) > Math.abs(best[c]!) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(c, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[c]! / pivot[c]!;
      for (const [k, v] of pivot.entries()) row[k] = row[k]! - factor * v;
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

/** Mean and deviation by the formulas (Rasmussen and Williams, eq. 2.25 and 2.26), with the variance of the process's scale. */
function naive(trials: readonly Float64Array[], z: readonly number[], at: Float64Array) {
  const c = trials.map((a, i) => trials.map((b, j) => kernel(a, b) + (i === j ? hyperparameters.noise : 0)));
  const k = trials.map((trial) => kernel(trial, at));
  const alpha = solve(c, z);
  const scale = (2 + z.reduce((sum, v, i) => sum + v * alpha[i]!, 0) / 2) / (2 + z.length / 2);
  const known = solve(c, k).reduce((sum, v, i) => sum + v * k[i]!, 0);
  return {
    mean: k.reduce((sum, v, i) => sum + v * alpha[i]!, 0),
    deviation: Math.sqrt(scale * (kernel(at, at) - known)),
  };
}

const zOf = (n: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(i * 1.7));

function posteriorOf(trials: readonly Float64Array[], z: Float64Array): Posterior {
  const posterior = new Posterior(space, hyperparameters);
  for (const features of trials) posterior.append(features);
  posterior.condition(z);
  return posterior;
}

describe('Posterior', () => {
  it('of one trial is the closed form', () => {
    // One trial z = 1.5 at 0.5: C = 2 + 0.01. Far from it k is the constant, 1.
    const posterior = new Posterior(line, { weights: Float64Array.of(1e6), noise: 0.01 });
    posterior.append(Float64Array.of(0.5));
    posterior.condition(Float64Array.of(1.5));
    const scale = (2 + (1.5 * 1.5) / 2.01 / 2) / 2.5;
    const far = posterior.predict(Float64Array.of(0));
    expect(far.mean).toBeCloseTo(1.5 / 2.01, 12);
    expect(far.deviation).toBeCloseTo(Math.sqrt(scale * (2 - 1 / 2.01)), 12);
    const near = posterior.predict(Float64Array.of(0.5));
    expect(near.mean).toBeCloseTo((2 * 1.5) / 2.01, 12);
    expect(near.deviation).toBeCloseTo(Math.sqrt(scale * (2 - 4 / 2.01)), 12);
  });

  it.each([1, 2, 7, 30])('of %d trials is what the formulas give', (n) => {
    const points = pointsOf(n + 5);
    const trials = points.slice(0, n);
    const posterior = posteriorOf(trials, zOf(n));
    for (const at of points) {
      const expected = naive(trials, [...zOf(n)], at);
      expect(posterior.predict(at).mean).toBeCloseTo(expected.mean, 9);
      expect(posterior.predict(at).deviation).toBeCloseTo(expected.deviation, 9);
    }
    posterior.predictAll(points).forEach(({ mean, deviation }, i) => {
      expect(mean).toBe(posterior.predict(points[i]!).mean);
      expect(deviation).toBeCloseTo(posterior.predict(points[i]!).deviation, 10);
    });
    posterior.predictAll(points, n >> 1).forEach(({ mean, deviation }, i) => {
      expect(mean).toBe(posterior.predict(points[i]!).mean);
      expect(deviation).toBeGreaterThanOrEqual(posterior.predict(points[i]!).deviation - 1e-12);
    });
    posterior.fitted().forEach((mean, i) => {
      expect(mean).toBeCloseTo(posterior.predict(trials[i]!).mean, 10);
    });
  });

  it('has the slopes that central differences have', () => {
    const points = pointsOf(15);
    const posterior = posteriorOf(points.slice(0, 12), zOf(12));
    for (const at of points.slice(12)) {
      const sloped = posterior.predictSloped(at);
      expect(sloped).toMatchObject(posterior.predict(at));
      for (let f = 0; f < space.axes; f++) {
        const shifted = (by: number) => posterior.predict(at.map((v, i) => (i === f ? v + by : v)));
        const [up, down] = [shifted(1e-5), shifted(-1e-5)];
        expect(sloped.dMean[f]).toBeCloseTo((up.mean - down.mean) / 2e-5, 6);
        expect(sloped.dDeviation[f]).toBeCloseTo((up.deviation - down.deviation) / 2e-5, 6);
      }
    }
  });

  it('takes pending trials to come out as expected: means stay, what is known there grows', () => {
    const points = pointsOf(12);
    const posterior = posteriorOf(points.slice(0, 8), zOf(8));
    const before = points.map((at) => posterior.predict(at));
    posterior.append(points[9]!);
    const after = points.map((at) => posterior.predict(at));
    after.forEach(({ mean, deviation }, i) => {
      expect(mean).toBeCloseTo(before[i]!.mean, 12);
      expect(deviation).toBeLessThanOrEqual(before[i]!.deviation + 1e-12);
    });
    expect(after[9]!.deviation).toBeLessThan(0.2 * before[9]!.deviation);
    expect(posterior.fitted()[8]).toBeCloseTo(before[9]!.mean, 12);
  });

  it('bears the same trial again and again', () => {
    const [at] = pointsOf(1) as [Float64Array];
    const posterior = new Posterior(space, { ...hyperparameters, noise: 1e-18 });
    for (let i = 0; i < 20; i++) posterior.append(at);
    posterior.condition(new Float64Array(20).fill(1));
    const { mean, deviation } = posterior.predict(at);
    expect(mean).toBeCloseTo(1, 2);
    expect(deviation).toBeGreaterThan(0);
  });
});
