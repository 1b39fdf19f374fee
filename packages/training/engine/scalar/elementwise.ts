import { exp, expm1 } from '@caviar/numerics';
import type { Arena } from '../arena.js';
import { dropoutBits, dropoutThreshold } from '../dropout-bits.js';
import {
  type Activate,
  type ActivateBackward,
  type CurvedActivation,
  type Dropout,
  LEAK,
  type MaskScale,
  type Penalty,
  type Scale,
  type SumOfSquares,
} from '../kernels.js';

export function scalarActivate({ floats: f }: Arena, activation: CurvedActivation): Activate {
  const value = VALUE[activation];
  return (a, n) => {
    for (let i = a; i < a + n; i++) f[i] = value(f[i]!);
  };
}

export function scalarActivateBackward({ floats: f }: Arena, activation: CurvedActivation): ActivateBackward {
  const slope = SLOPE[activation];
  return (d, a, n) => {
    for (let i = 0; i < n; i++) f[d + i] = f[d + i]! * slope(f[a + i]!);
  };
}

const VALUE: Readonly<Record<CurvedActivation, (z: number) => number>> = {
  relu: (z) => Math.max(z, 0),
  leakyRelu: (z) => (z > 0 ? z : LEAK * z),
  tanh: (z) => {
    const t = expm1(-2 * Math.abs(z));
    const magnitude = -t / (2 + t);
    return z < 0 ? -magnitude : magnitude;
  },
  sigmoid,
};

/** Derivatives in terms of the activation's value a. */
const SLOPE: Readonly<Record<CurvedActivation, (a: number) => number>> = {
  relu: (a) => (a > 0 ? 1 : 0),
  leakyRelu: (a) => (a > 0 ? 1 : LEAK),
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

export function scalarMaskScale({ floats: f }: Arena): MaskScale {
  return (d, a, n, factor) => {
    for (let i = 0; i < n; i++) f[d + i] = f[a + i]! > 0 ? f[d + i]! * factor : 0;
  };
}

export function scalarScale({ floats: f }: Arena): Scale {
  return (x, n, factor) => {
    for (let i = x; i < x + n; i++) f[i] = f[i]! * factor;
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
