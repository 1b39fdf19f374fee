import { f32x4 } from '../engine/wasm/instructions.js';
import { FLUSH_BELOW, flush, flushSquare, type Optimizer } from './optimizer.js';

/**
 * m = beta1 m + (1 - beta1) dw, v = beta2 v + (1 - beta2) dw^2, both divided by 1 - beta^t, then
 * w = w - alpha m / (sqrt(v) + epsilon): bias corrected, epsilon outside the root (seed 2.5; Kingma and Ba 2015,
 * algorithm 1). s0 = alpha / (1 - beta1^t), s1 = 1 / sqrt(1 - beta2^t), s2 = beta1, s3 = beta2, s4 = epsilon.
 */
export const adam: Optimizer = {
  moments: { m: true, v: true },
  scalars: ({ learningRate, beta1, beta2, epsilon }, { beta1Power, beta2Power }, out) => {
    out[0] = learningRate / (1 - beta1Power);
    out[1] = 1 / Math.sqrt(1 - beta2Power);
    out[2] = beta1;
    out[3] = beta2;
    out[4] = epsilon;
  },
  scalarStep:
    ({ floats: f }) =>
    (w, g, m, v, n, rate, rootScale, beta1, beta2, epsilon) => {
      for (let i = 0; i < n; i++) {
        const gradient = f[g + i]!;
        const first = beta1 * f[m + i]! + (1 - beta1) * gradient;
        const second = beta2 * f[v + i]! + (1 - beta2) * gradient * gradient;
        f[m + i] = Math.abs(first) < FLUSH_BELOW ? 0 : first;
        f[v + i] = second < FLUSH_BELOW ? 0 : second;
        f[w + i] = f[w + i]! - (rate * f[m + i]!) / (Math.sqrt(f[v + i]!) * rootScale + epsilon);
      }
    },
  vectorStep: (x) => {
    const { w, g, m, v, s, complements } = x;
    const { add: madd } = x.multiplyAdd;
    const [rate, rootScale, beta1, beta2, epsilon] = s;
    return [
      m.set(madd(beta1!, m, f32x4.mul(complements[2]!, g))),
      v.set(madd(beta2!, v, f32x4.mul(f32x4.mul(complements[3]!, g), g))),
      flush(m, x),
      flushSquare(v, x),
      w.set(f32x4.sub(w, f32x4.div(f32x4.mul(rate!, m), madd(f32x4.sqrt(v), rootScale!, epsilon!)))),
    ];
  },
};
