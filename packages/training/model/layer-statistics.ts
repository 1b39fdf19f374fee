import type { Workspace } from '../engine/kernels.js';
import type { LayerLayout, NetworkLayout } from './layout.js';

/** How a hidden layer's units behave on some examples (seed 1.8). */
export interface ActivationStatistics {
  readonly mean: number;
  readonly variance: number;
  /** Share of units that are 0 for every example: under relu they have no gradient and learn no more. */
  readonly deadShare: number;
}

/** Statistics of a layer's output in the last forward pass, which had `rows` examples. */
export function activationStatistics(
  { floats }: Workspace,
  { output, outSize, outWidth }: LayerLayout,
  rows: number,
): ActivationStatistics {
  const stride = ((rows + 3) & ~3) * outWidth;
  let sum = 0;
  let squares = 0;
  let dead = 0;
  for (let unit = 0; unit < outSize; unit++) {
    const first = output + Math.floor(unit / outWidth) * stride + (unit % outWidth);
    let alive = false;
    for (let r = 0; r < rows; r++) {
      const a = floats[first + r * outWidth]!;
      sum += a;
      squares += a * a;
      if (a !== 0) alive = true;
    }
    if (!alive) dead++;
  }
  const count = rows * outSize;
  const mean = sum / count;
  return { mean, variance: Math.max(0, squares / count - mean * mean), deadShare: dead / outSize };
}

/** Length of the gradient of a layer's weights, as the last step left it. */
export function gradientNorm({ kernels }: Workspace, { gradients }: NetworkLayout, layer: LayerLayout): number {
  const { weights, depth, outPanels, outWidth } = layer;
  return Math.sqrt(kernels.sumOfSquares(gradients + weights, depth * outPanels * outWidth));
}

/** Share of the weights whose size is below this: what L1 has driven (almost) to zero. */
export const SPARSE_BELOW = 1e-3;

export function sparsity({ floats }: Workspace, { layers, parameters }: NetworkLayout): number {
  let small = 0;
  let count = 0;
  for (const { weights, inSize, outSize, depth, outWidth } of layers) {
    count += inSize * outSize;
    for (let unit = 0; unit < outSize; unit++) {
      const first = parameters + weights + Math.floor(unit / outWidth) * depth * outWidth + (unit % outWidth);
      for (let i = 0; i < inSize; i++) if (Math.abs(floats[first + i * outWidth]!) < SPARSE_BELOW) small++;
    }
  }
  return small / count;
}
