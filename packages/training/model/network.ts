import type { Loss, Workspace } from '../engine/kernels.js';
import { lossKernel } from '../loss/head.js';
import { type ActivationLayer, activationBackward, activationForward, bindActivation } from './activation.js';
import {
  type BatchNormLayer,
  batchNormBackward,
  batchNormForward,
  batchNormInference,
  bindBatchNorm,
  prepareInference,
} from './batch-norm.js';
import { bindDense, type DenseLayer, denseBackward, denseForward } from './dense.js';
import type { NetworkLayout } from './layout.js';

/** Rows of `features` (row-major, padded to whole panels) and `targets` in the arena, picked by an index. */
export interface BatchSource {
  readonly features: number;
  readonly targets: number;
}

/** Two 32-bit words per layer for the dropout of one step; entry 0 is the input's. */
export type DropoutKeys = readonly [key0: number, key1: number][];

/** What makes a pass one of training rather than of testing. */
export interface TrainingPass {
  readonly keys: DropoutKeys;
  /** Of batch norm's running averages. */
  readonly momentum: number;
}

/** How the loss of a batch is taken. */
export interface LossOptions {
  readonly rows: number;
  /** Factor of the gradient: 1 / rows for the mean. */
  readonly scale: number;
  /** Offset of a weight per class. */
  readonly classWeights: number;
  /** Offset of one integer, which grows by the number of rows classified wrongly. */
  readonly wrong: number;
}

interface Layer {
  readonly dense: DenseLayer;
  readonly batchNorm: BatchNormLayer | null;
  readonly activation: ActivationLayer;
}

/** Bound to its memory: computes, and holds no state but what lies in the arena. */
export class Network {
  readonly layout: NetworkLayout;
  readonly #workspace: Workspace;
  readonly #layers: readonly Layer[];
  readonly #loss: Loss;
  readonly #rowLength: number;

  /** @param inputFilled the share of its inputs that are not zero, which decides nothing but the speed */
  constructor(workspace: Workspace, layout: NetworkLayout, inputFilled = 1) {
    const { kernels } = workspace;
    this.layout = layout;
    this.#workspace = workspace;
    this.#layers = layout.layers.map((layer, l) => ({
      dense: bindDense(kernels, layout, l, inputFilled),
      batchNorm: bindBatchNorm(kernels, layout, layer),
      activation: bindActivation(kernels, layer),
    }));
    this.#loss = lossKernel(kernels, layout.shape.head, layout.layers.at(-1)!);
    this.#rowLength = layout.layers[0]!.inPanels * 16;
  }

  /** Fetches `rows` examples; `index` names rows of `features`. */
  gather(features: number, index: number, rows: number): void {
    const padded = (rows + 3) & ~3;
    const panels = this.layout.layers[0]!.inPanels;
    const { kernels } = this.#workspace;
    kernels.gather(features, this.#rowLength, index, rows, panels, this.layout.input, padded * 16);
  }

  /**
   * From the gathered input to the logits. In training with dropout and the batch's own statistics; otherwise (null) with
   * neither, after `prepareInference`.
   */
  forward(rows: number, training: TrainingPass | null): void {
    const padded = (rows + 3) & ~3;
    const { shape, input } = this.layout;
    if (training !== null && shape.inputKeepProb < 1) {
      const [key0, key1] = training.keys[0]!;
      this.#workspace.kernels.dropout(input, input, padded * this.#rowLength, key0, key1, shape.inputKeepProb);
    }
    for (let l = 0; l < this.#layers.length; l++) {
      const { dense, batchNorm, activation } = this.#layers[l]!;
      denseForward(dense, padded, training !== null);
      if (batchNorm !== null) {
        if (training !== null) batchNormForward(batchNorm, rows, training.momentum);
        else batchNormInference(batchNorm, rows);
      }
      activationForward(activation, padded, training === null ? null : training.keys[l + 1]!);
    }
  }

  /** Makes ready for forward passes as at test time, with the weights and running averages as they are now. */
  prepareInference(momentumPower: number): void {
    for (const { batchNorm } of this.#layers) {
      if (batchNorm !== null) prepareInference(this.#workspace, batchNorm, momentumPower);
    }
  }

  /** Loss summed over the rows of the last forward pass; leaves its gradient times `scale` as dz of the last layer. */
  loss(source: BatchSource, index: number, options: LossOptions): number {
    const { output, dOutput, outPanels, outWidth } = this.layout.layers.at(-1)!;
    const { rows, scale, classWeights, wrong } = options;
    const stride = ((rows + 3) & ~3) * outWidth;
    return this.#loss(output, stride, outPanels, dOutput, source.targets, index, rows, scale, classWeights, wrong);
  }

  /** Gradients of all parameters, from the dz that `loss` left. The keys must be those of the forward pass. */
  backward(rows: number, keys: DropoutKeys): void {
    const padded = (rows + 3) & ~3;
    for (let l = this.#layers.length - 1; l >= 0; l--) {
      const { dense, batchNorm, activation } = this.#layers[l]!;
      activationBackward(activation, padded, keys[l + 1]!);
      if (batchNorm !== null) batchNormBackward(batchNorm, rows);
      denseBackward(dense, padded);
    }
  }
}
