import type { Stream } from '@caviar/numerics';
import type { Activation, Workspace } from '../engine/kernels.js';
import { type NetworkLayout, weightAt } from './layout.js';

/**
 * Standard deviation of the first weights (seed 1.8): `he` sqrt(2 / n_in), for relu; `xavier` sqrt(1 / n_in);
 * `glorot` sqrt(2 / (n_in + n_out)); `fixed` 0.01 whatever the sizes. `auto` takes he for relu and leakyRelu, xavier
 * otherwise.
 */
export type Initialization = 'auto' | 'he' | 'xavier' | 'glorot' | 'fixed';

const FIXED_SIGMA = 0.01;

/** Makes exp of a unit that is only padding zero: such a unit has no probability and no gradient. */
const UNUSED = -1e30;

/** Draws the weights (normal, mean 0), layer by layer, input unit by input unit; biases are 0, gammas 1. */
export function initialize(
  { floats }: Workspace,
  { layers, parameters, shape }: NetworkLayout,
  options: { readonly initialization: Initialization; readonly initScale: number; readonly random: Stream },
): void {
  layers.forEach((layer, l) => {
    const draws = options.random.split(l);
    const sigma = options.initScale * initialSigma(options.initialization, shape.activation, layer);
    for (let i = 0; i < layer.inSize; i++) {
      for (let o = 0; o < layer.outSize; o++) floats[parameters + weightAt(layer, i, o)] = sigma * draws.normal();
    }
    const { batchNorm, activation, outSize, outPanels, outWidth } = layer;
    if (batchNorm !== null) floats.fill(1, parameters + batchNorm.gamma, parameters + batchNorm.gamma + outSize);
    if ((activation === null && shape.head === 'softmax') || activation === 'sigmoid') {
      const bias = parameters + (batchNorm?.beta ?? layer.bias ?? 0);
      floats.fill(UNUSED, bias + outSize, bias + outPanels * outWidth);
    }
  });
}

function initialSigma(
  initialization: Initialization,
  activation: Activation,
  { inSize, outSize }: { readonly inSize: number; readonly outSize: number },
): number {
  switch (initialization) {
    case 'auto':
      return initialSigma(activation === 'relu' || activation === 'leakyRelu' ? 'he' : 'xavier', activation, {
        inSize,
        outSize,
      });
    case 'he':
      return Math.sqrt(2 / inSize);
    case 'xavier':
      return Math.sqrt(1 / inSize);
    case 'glorot':
      return Math.sqrt(2 / (inSize + outSize));
    case 'fixed':
      return FIXED_SIGMA;
  }
}
