import type { Arena } from '../arena.js';
import type { Affine, BatchNormBackward, BatchNormForward } from '../kernels.js';

export function scalarBatchNormForward({ floats: f }: Arena, epilogue: 'none' | 'relu'): BatchNormForward {
  return (z, stride, panels, a, gamma, beta, mean, variance, inverse, rows, momentum, epsilon) => {
    for (let unit = 0; unit < panels * 16; unit++) {
      const offset = (unit >> 4) * stride + (unit & 15);
      const end = offset + rows * 16;
      let mu = 0;
      for (let i = offset; i < end; i += 16) mu += f[z + i]!;
      mu /= rows;
      let s2 = 0;
      for (let i = offset; i < end; i += 16) s2 += (f[z + i]! - mu) * (f[z + i]! - mu);
      s2 /= rows;
      const factor = 1 / Math.sqrt(s2 + epsilon);
      f[inverse + unit] = factor;
      f[mean + unit] = momentum * f[mean + unit]! + (1 - momentum) * mu;
      f[variance + unit] = momentum * f[variance + unit]! + (1 - momentum) * s2;
      for (let i = offset; i < end; i += 16) {
        const zhat = (f[z + i]! - mu) * factor;
        const y = f[gamma + unit]! * zhat + f[beta + unit]!;
        f[z + i] = zhat;
        f[a + i] = epilogue === 'relu' ? Math.max(y, 0) : y;
      }
    }
  };
}

export function scalarBatchNormBackward({ floats: f }: Arena): BatchNormBackward {
  return (d, stride, panels, zhat, gamma, inverse, dGamma, dBeta, rows) => {
    for (let unit = 0; unit < panels * 16; unit++) {
      const offset = (unit >> 4) * stride + (unit & 15);
      const end = offset + rows * 16;
      let sum = 0;
      let sumWithZhat = 0;
      for (let i = offset; i < end; i += 16) {
        sum += f[d + i]!;
        sumWithZhat += f[d + i]! * f[zhat + i]!;
      }
      f[dBeta + unit] = sum;
      f[dGamma + unit] = sumWithZhat;
      // dz = gamma / sigma (d - mean(d) - zhat mean(d zhat)): mu and sigma depend on every z of the batch.
      const factor = f[gamma + unit]! * f[inverse + unit]!;
      for (let i = offset; i < end; i += 16) {
        f[d + i] = factor * (f[d + i]! - sum / rows - f[zhat + i]! * (sumWithZhat / rows));
      }
    }
  };
}

export function scalarAffine({ floats: f }: Arena, epilogue: 'none' | 'relu'): Affine {
  return (z, stride, panels, a, scale, shift, rows) => {
    for (let unit = 0; unit < panels * 16; unit++) {
      const offset = (unit >> 4) * stride + (unit & 15);
      for (let i = offset; i < offset + rows * 16; i += 16) {
        const y = f[scale + unit]! * f[z + i]! + f[shift + unit]!;
        f[a + i] = epilogue === 'relu' ? Math.max(y, 0) : y;
      }
    }
  };
}
