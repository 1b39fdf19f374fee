import { f32x4 } from '../engine/wasm/instructions.js';
import { FLUSH_BELOW, flush, type Optimizer } from './optimizer.js';

/**
 * m = beta1 m + (1 - beta1) dw, w = w - alpha m: the notes' exponentially weighted average, without bias correction
 * (seed 2.3). s0 = alpha, s1 = beta1.
 */
export const momentum: Optimizer = {
  moments: { m: true, v: false },
  scalars: ({ learningRate, beta1 }, _, out) => {
    out[0] = learningRate;
    out[1] = beta1;
  },
  scalarStep:
    ({ floats: f }) =>
    (w, g, m, _v, n, rate, beta1) => {
      for (let i = 0; i < n; i++) {
        const average = beta1 * f[m + i]! + (1 - beta1) * f[g + i]!;
        f[m + i] = Math.abs(average) < FLUSH_BELOW ? 0 : average;
        f[w + i] = f[w + i]! - rate * f[m + i]!;
      }
    },
  vectorStep: ({ w, g, m, s: [rate, beta1], complements: [, rest], multiplyAdd, constant }) => [
    m.set(multiplyAdd.add(beta1!, m, f32x4.mul(rest!, g))),
    flush(m, { constant }),
    w.set(multiplyAdd.sub(rate!, m, w)),
  ],
};
