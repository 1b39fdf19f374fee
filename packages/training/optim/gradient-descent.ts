import type { Optimizer } from './optimizer.js';

/** w = w - alpha dw (seed 2.1). s0 = alpha. */
export const gradientDescent: Optimizer = {
  moments: { m: false, v: false },
  scalars: ({ learningRate }, _, out) => {
    out[0] = learningRate;
  },
  scalarStep:
    ({ floats: f }) =>
    (w, g, _m, _v, n, rate) => {
      for (let i = 0; i < n; i++) f[w + i] = f[w + i]! - rate * f[g + i]!;
    },
  vectorStep: ({ w, g, s: [rate], multiplyAdd }) => w.set(multiplyAdd.sub(rate!, g, w)),
};
