import type { Activate, ActivateBackward, Kernels, MaskScale } from '../engine/kernels.js';
import type { LayerLayout } from './layout.js';

/** A hidden layer's activation and dropout, bound to their kernels. */
export interface ActivationLayer {
  readonly layout: LayerLayout;
  /** Null where an epilogue has done it already, and for none. */
  readonly activate: Activate | null;
  readonly activateBackward: ActivateBackward | null;
  readonly dropout: Kernels['dropout'] | null;
  /** For relu with dropout: a dropped or dark unit is 0 in either case, which is all the backward pass asks. */
  readonly maskScale: MaskScale | null;
}

export function bindActivation(kernels: Kernels, layout: LayerLayout): ActivationLayer {
  const { activation, keepProb } = layout;
  const curved = activation === null || activation === 'linear' || activation === 'relu' ? null : activation;
  const drops = keepProb < 1;
  return {
    layout,
    activate: curved === null ? null : kernels.activate(curved),
    activateBackward: curved === null ? null : kernels.activateBackward(curved),
    dropout: drops ? kernels.dropout : null,
    maskScale: drops && activation === 'relu' ? kernels.maskScale : null,
  };
}

/**
 * output = g(z), then in training dropped = kept ? output / keepProb : 0 (inverted dropout, seed 1.5).
 *
 * @param rows a multiple of 4
 * @param keys the step's dropout keys; null at test time, when nothing is dropped
 */
export function activationForward(layer: ActivationLayer, rows: number, keys: readonly [number, number] | null): void {
  const { layout } = layer;
  const elements = rows * layout.outPanels * layout.outWidth;
  if (layer.activate !== null) layer.activate(layout.output, elements);
  if (layer.dropout !== null && keys !== null) {
    layer.dropout(layout.output, layout.dropped, elements, keys[0], keys[1], layout.keepProb);
  }
}

/** dOutput: from the gradient of `dropped` to that of z (of gamma zhat + beta under batch norm), in place. */
export function activationBackward(layer: ActivationLayer, rows: number, keys: readonly [number, number]): void {
  const { layout } = layer;
  const elements = rows * layout.outPanels * layout.outWidth;
  if (layer.maskScale !== null) {
    layer.maskScale(layout.dOutput, layout.dropped, elements, 1 / layout.keepProb);
    return;
  }
  if (layer.dropout !== null) {
    layer.dropout(layout.dOutput, layout.dOutput, elements, keys[0], keys[1], layout.keepProb);
  }
  if (layer.activateBackward !== null) layer.activateBackward(layout.dOutput, layout.output, elements);
}
