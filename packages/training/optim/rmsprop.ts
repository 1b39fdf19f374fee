import { f32x4 } from '../engine/wasm/instructions.js';
import { FLUSH_BELOW, flushSquare, type Optimizer } from './optimizer.js';

/**
 * v = beta2 v + (1 - beta2) dw^2, w = w - alpha dw / (sqrt(v) + epsilon), without bias correction (seed 2.4).
 * s0 = alpha, s1 = beta2, s2 = epsilon.
 */
export const rmsprop: Optimizer = {
  moments: { m: false, v: true },
  scalars: ({ learningRate, beta2, epsilon }, _, out) => {
    out[0] = learningRate;
    out[1] = beta2;
    out[2] = epsilon;
  },
  scalarStep:
    ({ floats: f }) =>
    (w, g, _m, v, n, rate, beta2, epsilon) => {
      for (let i = 0; i < n; i++) {
        const gradient = f[g + i]!;
        const average = beta2 * f[v + i]! + (1 - beta2) * gradient * gradient;
        f[v + i] = average < FLUSH_BELOW ? 0 : average;
        f[w + i] = f[w + i]! - (rate * gradient) / (Math.sqrt(f[v + i]!) + epsilon);
      }
    },
  vectorStep: ({ w, g, v, s: [rate, beta2, epsilon], complements: [, rest], multiplyAdd, constant }) => [
    v.set(multiplyAdd.add(beta2!, v, f32x4.mul(f32x4.mul(rest!, g), g))),
    flushSquare(v, { constant }),
    w.set(f32x4.sub(w, f32x4.div(f32x4.mul(rate!, g), f32x4.add(f32x4.sqrt(v), epsilon!)))),
  ],
};
