import { exp, expm1 } from '@caviar/numerics';
import type { Arena } from '../arena.js';
import { dropoutBits, dropoutThreshold } from '../dropout-bits.js';
import type { Activate, ActivateBackward, Activation, Dropout, Penalty, SumOfSquares } from '../kernels.js';

export function scalarActivate({ floats: f }: Arena, activation: Activation): Activate {
  const value = VALUE[activation];
  return (a, n) => {
    for (let i = a; i < a + n; i++) f[i] = value(f[i]!);
  };
}

export function scalarActivateBackward({ floats: f }: Arena, activation: Activation): ActivateBackward {
  const slope = SLOPE[activation];
  return (d, a, n) => {
    for (let i = 0; i < n; i++) f[d + i] = f[d + i]! * slope(f[a + i]!);
  };
}

const VALUE: Readonly<Record<Activation, (z: number) => number>> = {
  relu: (z) => Math.max(z, 0),
  tanh: (z) => {
    const t = expm1(-2 * Math.abs(z));
    const magnitude = -t / (2 + t);
    return z < 0 ? -magnitude : magnitude;
  },
  sigmoid,
};

/** Derivatives in terms of the activation's value a. */
const SLOPE: Readonly<Record<Activation, (a: number) => number>> = {
  relu: (a) => (a > 0 ? 1 : 0),
  tanh: (a) => 1 - a * a,
  sigmoid: (a) => a * (1 - a),
};

/** 1 / (1 + e^-z) without overflow. */
export function sigmoid(z: number): number {
  const e = exp(-Math.abs(z));
  return z < 0 ? e / (1 + e) : 1 / (1 + e);
}

export function scalarDropout({ floats: f }: Arena): Dropout {
  return (from, to, n, key0, key1, keepProb) => {
    const threshold = dropoutThreshold(keepProb);
    const scale = 1 / keepProb;
    for (let i = 0; i < n; i++) f[to + i] = dropoutBits(i, key0, key1) < threshold ? f[from + i]! * scale : 0;
  };
}

export function scalarPenalty({ floats: f }: Arena): Penalty {
  return (w, g, n, l2, l1) => {
    for (let i = 0; i < n; i++) {
      const weight = f[w + i]!;
      f[g + i] = f[g + i]! + l2 * weight + l1 * Math.sign(weight);
    }
  };
}

export function scalarSumOfSquares({ floats: f }: Arena): SumOfSquares {
  return (x, n) => {
    let sum = 0;
    for (let i = x; i < x + n; i++) sum += f[i]! * f[i]!;
    return sum;
  };
}
