import type { Affine, BatchNormBackward, BatchNormForward, Kernels, Workspace } from '../engine/kernels.js';
import type { BatchNormLayout, LayerLayout, NetworkLayout } from './layout.js';

/** Added to the variance, so that a unit that does not vary is not divided by 0. */
export const BATCH_NORM_EPSILON = 1e-5;

/** A hidden layer's batch norm, bound to its kernels and to the absolute offsets of its parameters. */
export interface BatchNormLayer {
  readonly layout: LayerLayout;
  readonly norm: BatchNormLayout;
  readonly gamma: number;
  readonly beta: number;
  readonly dGamma: number;
  readonly dBeta: number;
  readonly forward: BatchNormForward;
  readonly backward: BatchNormBackward;
  readonly affine: Affine;
}

/** Null for a layer without batch norm. */
export function bindBatchNorm(kernels: Kernels, network: NetworkLayout, layout: LayerLayout): BatchNormLayer | null {
  const { batchNorm: norm, activation } = layout;
  if (norm === null) return null;
  const epilogue = activation === 'relu' ? 'relu' : 'none';
  return {
    layout,
    norm,
    gamma: network.parameters + norm.gamma,
    beta: network.parameters + norm.beta,
    dGamma: network.gradients + norm.gamma,
    dBeta: network.gradients + norm.beta,
    forward: kernels.batchNormForward(epilogue),
    backward: kernels.batchNormBackward,
    affine: kernels.affine(epilogue),
  };
}

/**
 * z [rows, units] -> zhat in its place, output = gamma zhat + beta; statistics of this batch, which also go into the
 * running averages (seed 3.4).
 *
 * @param rows examples; the stride counts them padded to a multiple of 4
 */
export function batchNormForward(layer: BatchNormLayer, rows: number, momentum: number): void {
  const { layout, norm } = layer;
  layer.forward(
    layout.z,
    ((rows + 3) & ~3) * 16,
    layout.outPanels,
    layout.output,
    layer.gamma,
    layer.beta,
    norm.mean,
    norm.variance,
    norm.inverse,
    rows,
    momentum,
    BATCH_NORM_EPSILON,
  );
}

/** dOutput: from the gradient of gamma zhat + beta to that of z, in place; dGamma and dBeta. */
export function batchNormBackward(layer: BatchNormLayer, rows: number): void {
  const { layout, norm } = layer;
  const stride = ((rows + 3) & ~3) * 16;
  layer.backward(
    layout.dOutput,
    stride,
    layout.outPanels,
    layout.z,
    layer.gamma,
    norm.inverse,
    layer.dGamma,
    layer.dBeta,
    rows,
  );
}

/** output = gamma (z - mean) / sqrt(variance + epsilon) + beta by the running averages: at test time. */
export function batchNormInference(layer: BatchNormLayer, rows: number): void {
  const { layout, norm } = layer;
  const padded = (rows + 3) & ~3;
  layer.affine(layout.z, padded * 16, layout.outPanels, layout.output, norm.scale, norm.shift, padded);
}

/**
 * Puts gamma, beta and the running averages together for inference. The averages start from 0, so they are corrected for
 * that bias (seed 2.2).
 *
 * @param momentumPower momentum^steps; 1 before the first step, when mean 0 and variance 1 stand in
 */
export function prepareInference({ floats }: Workspace, layer: BatchNormLayer, momentumPower: number): void {
  const { layout, norm, gamma, beta } = layer;
  for (let unit = 0; unit < layout.outPanels * 16; unit++) {
    const mean = momentumPower === 1 ? 0 : floats[norm.mean + unit]! / (1 - momentumPower);
    const variance = momentumPower === 1 ? 1 : floats[norm.variance + unit]! / (1 - momentumPower);
    const scale = floats[gamma + unit]! / Math.sqrt(variance + BATCH_NORM_EPSILON);
    floats[norm.scale + unit] = scale;
    floats[norm.shift + unit] = floats[beta + unit]! - scale * mean;
  }
}
