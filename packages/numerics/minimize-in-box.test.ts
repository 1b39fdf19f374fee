import { describe, expect, it } from 'vitest';
import { type Differentiable, minimizeInBox } from './minimize-in-box.js';

const box = (n: number, lower: number, upper: number) => ({
  lower: new Array<number>(n).fill(lower),
  upper: new Array<number>(n).fill(upper),
});

/** Rosenbrock's valley in n coordinates; minimum 0 at (1, ..., 1). */
const rosenbrock: Differentiable = (x, gradient) => {
  let sum = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i + 1]! - x[i]! * x[i]!;
    const b = 1 - x[i]!;
    sum += 100 * a * a + b * b;
    gradient[i]! += -400 * a * x[i]! - 2 * b;
    gradient[i + 1]! += 200 * a;
  }
  return sum;
};

/** sum (i + 1) (x_i - 3)^2 */
const bowl: Differentiable = (x, gradient) => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    sum += (i + 1) * (x[i]! - 3) * (x[i]! - 3);
    gradient[i] = 2 * (i + 1) * (x[i]! - 3);
  }
  return sum;
};

describe('minimizeInBox', () => {
  it.each([2, 4, 10])('follows Rosenbrock’s valley of %d coordinates to its end', (n) => {
    const start = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const { x, value } = minimizeInBox(rosenbrock, {
      start,
      ...box(n, -5, 5),
      maxEvaluations: 1000,
      valueTolerance: 0,
      gradientTolerance: 1e-8,
    });
    expect(value).toBeLessThan(1e-12);
    for (const v of x) expect(v).toBeCloseTo(1, 5);
  });

  it('stops at the bounds that the minimum lies beyond, and finds it along the others', () => {
    const found = minimizeInBox(bowl, { start: [0, 0, 0], lower: [-1, -1, 4], upper: [5, 2, 9] });
    expect(found.x[0]).toBeCloseTo(3, 5);
    expect(found.x[1]).toBe(2);
    expect(found.x[2]).toBe(4);
    expect(found.evaluations).toBeLessThan(20);
  });

  it('knows at once that it stands at the minimum, in the middle and in a corner', () => {
    expect(minimizeInBox(bowl, { start: [3, 3], ...box(2, 0, 5) }).evaluations).toBe(1);
    expect(minimizeInBox(bowl, { start: [1, 1], ...box(2, 0, 1) }).evaluations).toBe(1);
  });

  it('moves a start outside the box into it', () => {
    expect([...minimizeInBox(bowl, { start: [-9, 9], ...box(2, 0, 1) }).x]).toEqual([1, 1]);
  });

  it('keeps to its evaluations and never gives back what is worse than the start', () => {
    for (let maxEvaluations = 1; maxEvaluations < 30; maxEvaluations++) {
      let calls = 0;
      const found = minimizeInBox(
        (x, gradient) => {
          calls++;
          return rosenbrock(x, gradient);
        },
        { start: [-1.2, 1], ...box(2, -5, 5), maxEvaluations },
      );
      expect(calls).toBeLessThanOrEqual(maxEvaluations);
      expect(found.evaluations).toBe(calls);
      expect(found.value).toBeLessThanOrEqual(24.2 + 1e-9);
    }
  });

  it('keeps away from where the function has no value', () => {
    // x - log x has its minimum at 1 and no value below 0.
    const found = minimizeInBox(
      (x, gradient) => {
        gradient[0] = 1 - 1 / x[0]!;
        return x[0]! > 0 ? x[0]! - Math.log(x[0]!) : Number.NaN;
      },
      { start: [4], lower: [-100], upper: [100], gradientTolerance: 1e-9, valueTolerance: 0 },
    );
    expect(found.x[0]).toBeCloseTo(1, 6);
  });

  it('gives a start without a value back', () => {
    const found = minimizeInBox(() => Number.NaN, { start: [4], lower: [0], upper: [9] });
    expect(found).toMatchObject({ value: Number.NaN, evaluations: 1 });
    expect([...found.x]).toEqual([4]);
  });
});
