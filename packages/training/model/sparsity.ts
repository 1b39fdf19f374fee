import type { Activation } from '../engine/kernels.js';

/** Relu turns about half of its units off. Often it is more; what is found when a product is made decides. */
const RELU_FILLS = 0.5;

/** Share of an operand's elements that are not zero up to which an engine is asked to look for zeros. */
const MOST_FILLED = 0.65;

/** Inputs of the network as sparse as this (categories, say) are gone through rather than the gradients, which relu often leaves sparser than half. */
const VERY_SPARSE = 0.3;

/** What of a layer's layout tells how many of its outputs are zero. */
interface Layer {
  readonly activation: Activation | null;
  readonly keepProb: number;
  readonly batchNorm: object | null;
}

/** Which operands of a layer's products are likely to have many zeros. */
export interface LayerSparsity {
  readonly input: boolean;
  /** The gradient of z. */
  readonly gradient: boolean;
  /** Of the product that makes the gradient of the weights, which takes both. */
  readonly ofWeights: 'none' | 'a' | 'd';
}

/**
 * @param before the layer that the input comes from; for the first one, the share of the network's inputs that are not zero in
 *   training
 */
export function sparsityOf(layer: Layer, before: Layer | number): LayerSparsity {
  const filled = typeof before === 'number' ? before : filledBy(before);
  const input = filled < MOST_FILLED;
  const gradient = hasSparseGradient(layer);
  // Of two that are alike the input is taken: what comes of it need not be turned.
  const goesByGradient = gradient && filled > (typeof before === 'number' ? VERY_SPARSE : RELU_FILLS);
  const ofWeights = goesByGradient ? 'd' : input ? 'a' : gradient ? 'd' : 'none';
  return { input, gradient, ofWeights };
}

/** Where relu or dropout turns units off, no gradient passes; batch norm before them spreads it over all examples again. */
export function hasSparseGradient(layer: Layer): boolean {
  return layer.batchNorm === null && filledBy(layer) < MOST_FILLED;
}

/** Share of a layer's outputs that are not zero in training. */
function filledBy({ activation, keepProb }: Layer): number {
  return (activation === 'relu' ? RELU_FILLS : 1) * keepProb;
}
