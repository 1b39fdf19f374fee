import { normalQuantile, openUnit, type Stream, type StreamKey } from '@caviar/numerics';
import type { Activation, Workspace } from '../engine/kernels.js';
import { type LayerLayout, type NetworkLayout, weightAt } from './layout.js';

/**
 * Standard deviation of the first weights (seed 1.8): `he` sqrt(2 / n_in), for relu; `xavier` sqrt(1 / n_in);
 * `glorot` sqrt(2 / (n_in + n_out)); `fixed` 0.01 whatever the sizes. `auto` takes he for relu and leakyRelu, xavier
 * otherwise.
 */
export type Initialization = 'auto' | 'he' | 'xavier' | 'glorot' | 'fixed';

const FIXED_SIGMA = 0.01;

/** Random words that are drawn at once; two make a weight. */
export const INITIALIZE_SCRATCH = 512;

/** Makes exp of a unit that is only padding zero: such a unit has no probability and no gradient. */
const UNUSED = -1e30;

/** Draws the weights (normal, mean 0), layer by layer, input unit by input unit; biases are 0, gammas 1. */
export function initialize(
  workspace: Workspace,
  { layers, parameters, shape }: NetworkLayout,
  options: {
    readonly initialization: Initialization;
    readonly initScale: number;
    readonly random: Stream;
    /** Arena offset of INITIALIZE_SCRATCH integers. */
    readonly scratch: number;
  },
): void {
  const { floats } = workspace;
  layers.forEach((layer, l) => {
    const draws = options.random.split(l);
    const sigma = options.initScale * initialSigma(options.initialization, shape.activation, layer);
    drawWeights(workspace, { layer, parameters, scratch: options.scratch, key: draws.key, sigma });
    const { batchNorm, activation, outSize, outPanels, outWidth } = layer;
    if (batchNorm !== null) floats.fill(1, parameters + batchNorm.gamma, parameters + batchNorm.gamma + outSize);
    if ((activation === null && shape.head === 'softmax') || activation === 'sigmoid') {
      const bias = parameters + (batchNorm?.beta ?? layer.bias ?? 0);
      floats.fill(UNUSED, bias + outSize, bias + outPanels * outWidth);
    }
  });
}

/** The weights of one layer are `Stream.normal` after `Stream.normal`; their random words come from a kernel, many at once. */
function drawWeights(
  { floats, ints, kernels }: Workspace,
  from: {
    readonly layer: LayerLayout;
    readonly parameters: number;
    readonly scratch: number;
    readonly key: StreamKey;
    readonly sigma: number;
  },
): void {
  const { layer, parameters, scratch, key, sigma } = from;
  const { inSize, outSize } = layer;
  let word = INITIALIZE_SCRATCH;
  let block = 0;
  for (let i = 0; i < inSize; i++) {
    for (let o = 0; o < outSize; o++) {
      if (word === INITIALIZE_SCRATCH) {
        kernels.randomWords(scratch, INITIALIZE_SCRATCH, block, key.low, key.high);
        block += INITIALIZE_SCRATCH / 4;
        word = 0;
      }
      const uniform = openUnit(ints[scratch + word]!, ints[scratch + word + 1]!);
      word += 2;
      floats[parameters + weightAt(layer, i, o)] = sigma * normalQuantile(uniform);
    }
  }
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
