import { exp, log, log1p } from '@caviar/numerics';
import type { Arena } from '../arena.js';
import type { Loss, PanelWidth } from '../kernels.js';
import { sigmoid } from './elementwise.js';

export function scalarSoftmaxCrossEntropy({ floats: f, ints }: Arena, width: PanelWidth): Loss {
  return (z, stride, panels, d, targets, index, rows, scale, classWeights, wrong) => {
    const units = panels * width;
    const at = (row: number, unit: number) => Math.floor(unit / width) * stride + row * width + (unit % width);
    let loss = 0;
    for (let r = 0; r < rows; r++) {
      const label = ints[targets + ints[index + r]!]!;
      let top = 0;
      for (let unit = 1; unit < units; unit++) if (f[z + at(r, unit)]! > f[z + at(r, top)]!) top = unit;
      // Subtracting the greatest logit changes nothing but the overflow.
      const max = f[z + at(r, top)]!;
      let sum = 0;
      for (let unit = 0; unit < units; unit++) sum += exp(f[z + at(r, unit)]! - max);
      const weight = f[classWeights + label]!;
      loss += weight * (log(sum) + (max - f[z + at(r, label)]!));
      for (let unit = 0; unit < units; unit++) {
        const probability = exp(f[z + at(r, unit)]! - max) / sum;
        f[d + at(r, unit)] = (probability - (unit === label ? 1 : 0)) * weight * scale;
      }
      if (top !== label || Number.isNaN(sum)) ints[wrong] = ints[wrong]! + 1;
    }
    zeroPaddedRows(f, d, { rows, width, stride, panels });
    return loss;
  };
}

export function scalarLogistic({ floats: f, ints }: Arena): Loss {
  return (z, stride, panels, d, targets, index, rows, scale, classWeights, wrong) => {
    let loss = 0;
    for (let r = 0; r < rows; r++) {
      const logit = f[z + r * 4]!;
      const label = ints[targets + ints[index + r]!]!;
      const weight = f[classWeights + label]!;
      // -log sigmoid(z) = max(-z, 0) + log(1 + e^-|z|), and the same with z turned round for label 0.
      loss += weight * (Math.max(logit, 0) - logit * label + log1p(exp(-Math.abs(logit))));
      f[d + r * 4] = (sigmoid(logit) - label) * weight * scale;
      f.fill(0, d + r * 4 + 1, d + r * 4 + 4);
      const right = label === 1 ? logit > 0 : logit <= 0;
      if (!right) ints[wrong] = ints[wrong]! + 1;
    }
    zeroPaddedRows(f, d, { rows, width: 4, stride, panels });
    return loss;
  };
}

export function scalarSquaredError({ floats: f, ints }: Arena): Loss {
  return (z, stride, panels, d, targets, index, rows, scale) => {
    let loss = 0;
    for (let r = 0; r < rows; r++) {
      const difference = f[z + r * 4]! - f[targets + ints[index + r]!]!;
      loss += 0.5 * difference * difference;
      f[d + r * 4] = difference * scale;
      f.fill(0, d + r * 4 + 1, d + r * 4 + 4);
    }
    zeroPaddedRows(f, d, { rows, width: 4, stride, panels });
    return loss;
  };
}

function zeroPaddedRows(
  f: Arena['floats'],
  d: number,
  { rows, width, stride, panels }: { rows: number; width: number; stride: number; panels: number },
): void {
  const padded = (rows + 3) & ~3;
  for (let p = 0; p < panels; p++) f.fill(0, d + p * stride + rows * width, d + p * stride + padded * width);
}
