import type { Loss, Workspace } from '../engine/kernels.js';
import { lossKernel } from '../loss/head.js';
import { bindDense, type DenseLayer, denseBackward, denseForward } from './dense.js';
import type { NetworkLayout } from './layout.js';

/** A batch in the arena: rows of `features` (row-major, padded to whole panels) and `targets`, picked by `index`. */
export interface BatchSource {
  readonly features: number;
  readonly targets: number;
}

/** Two 32-bit words per layer for the dropout of one step; layer 0 is the input. */
export type DropoutKeys = Int32Array;

/** Bound to its memory: computes, and holds no state but what lies in the arena. */
export class Network {
  readonly layout: NetworkLayout;
  readonly #workspace: Workspace;
  readonly #layers: readonly DenseLayer[];
  readonly #loss: Loss;
  readonly #rowLength: number;
  readonly #classWeights: number;
  readonly #wrong: number;

  /** `counters` has one element: the number of rows classified wrongly since it was cleared. */
  constructor(workspace: Workspace, layout: NetworkLayout, regions: { classWeights: number; counters: number }) {
    this.layout = layout;
    this.#workspace = workspace;
    this.#layers = layout.layers.map((_, l) => bindDense(workspace.kernels, layout, l));
    const last = layout.layers.at(-1)!;
    this.#loss = lossKernel(workspace.kernels, layout.shape.head, last);
    this.#rowLength = layout.layers[0]!.inPanels * 16;
    this.#classWeights = regions.classWeights;
    this.#wrong = regions.counters;
  }

  /** Fetches `rows` examples, `index` naming them. */
  gather(source: BatchSource, index: number, rows: number): void {
    const padded = (rows + 3) & ~3;
    const panels = this.layout.layers[0]!.inPanels;
    const { kernels } = this.#workspace;
    kernels.gather(source.features, this.#rowLength, index, rows, panels, this.layout.input, padded * 16);
  }

  /** From the gathered input to the logits. Dropout only where keys are given: never at test time (seed 1.5). */
  forward(rows: number, keys: DropoutKeys | null): void {
    const padded = (rows + 3) & ~3;
    const { dropout } = this.#workspace.kernels;
    const { layers, shape, input } = this.layout;
    const training = keys !== null;
    if (training && shape.inputKeepProb < 1) {
      dropout(input, input, padded * this.#rowLength, keys[0]!, keys[1]!, shape.inputKeepProb);
    }
    for (let l = 0; l < this.#layers.length; l++) {
      denseForward(this.#layers[l]!, padded, training);
      const { keepProb, output, dropped, outPanels, outWidth } = layers[l]!;
      if (training && keepProb < 1) {
        const elements = padded * outPanels * outWidth;
        dropout(output, dropped, elements, keys[2 * l + 2]!, keys[2 * l + 3]!, keepProb);
      }
    }
  }

  /** Loss summed over the rows of the last forward pass; leaves its gradient times `scale` as dz of the last layer. */
  loss(source: BatchSource, index: number, { rows, scale }: { readonly rows: number; readonly scale: number }): number {
    const { output, dOutput, outPanels, outWidth } = this.layout.layers.at(-1)!;
    const stride = ((rows + 3) & ~3) * outWidth;
    return this.#loss(
      output,
      stride,
      outPanels,
      dOutput,
      source.targets,
      index,
      rows,
      scale,
      this.#classWeights,
      this.#wrong,
    );
  }

  /** Gradients of all parameters, from the dz that `loss` left. The keys must be those of the forward pass. */
  backward(rows: number, keys: DropoutKeys): void {
    const padded = (rows + 3) & ~3;
    const { dropout } = this.#workspace.kernels;
    for (let l = this.#layers.length - 1; l >= 0; l--) {
      const layer = this.#layers[l]!;
      const { keepProb, output, dOutput, outPanels, outWidth } = layer.layout;
      const elements = padded * outPanels * outWidth;
      if (keepProb < 1) {
        dropout(dOutput, dOutput, elements, keys[2 * l + 2]!, keys[2 * l + 3]!, keepProb);
      }
      if (layer.activateBackward !== null) layer.activateBackward(dOutput, output, elements);
      denseBackward(layer, padded);
    }
  }
}
