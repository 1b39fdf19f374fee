import type {
  Activate,
  ActivateBackward,
  ColumnSums,
  Gemm,
  GemmTransposed,
  Kernels,
  Transpose,
} from '../engine/kernels.js';
import type { LayerLayout, NetworkLayout } from './layout.js';

/** A dense layer bound to its kernels and to the absolute offsets of its parameters. */
export interface DenseLayer {
  readonly layout: LayerLayout;
  readonly weights: number;
  readonly bias: number;
  readonly dWeights: number;
  readonly dBias: number;
  readonly weightStride: number;
  readonly transposedStride: number;
  readonly gemm: Gemm;
  readonly gemmTransposed: GemmTransposed;
  readonly columnSums: ColumnSums;
  readonly transpose: Transpose;
  readonly gemmBack: Gemm;
  /** Activations that no epilogue does; null where there is nothing left to do. */
  readonly activate: Activate | null;
  readonly activateBackward: ActivateBackward | null;
}

export function bindDense(kernels: Kernels, network: NetworkLayout, l: number): DenseLayer {
  const layout = network.layers[l]!;
  const before = network.layers[l - 1];
  const { activation, outWidth, outPanels, depth } = layout;
  // relu goes into the product that makes z; its derivative into the product that makes the gradient of its output,
  // unless dropout has to be undone first.
  const masksInput = before?.activation === 'relu' && before.keepProb === 1;
  return {
    layout,
    weights: network.parameters + layout.weights,
    bias: network.parameters + layout.bias,
    dWeights: network.gradients + layout.weights,
    dBias: network.gradients + layout.bias,
    weightStride: depth * outWidth,
    transposedStride: outPanels * outWidth * 16,
    gemm: kernels.gemm(16, outWidth, activation === 'relu' ? 'relu' : 'none'),
    gemmTransposed: kernels.gemmTransposed(outWidth),
    columnSums: kernels.columnSums(outWidth),
    transpose: kernels.transpose(outWidth),
    gemmBack: kernels.gemm(outWidth, 16, masksInput ? 'reluMask' : 'none'),
    activate: activation === null || activation === 'relu' ? null : kernels.activate(activation),
    activateBackward:
      activation === null || (activation === 'relu' && layout.keepProb === 1)
        ? null
        : kernels.activateBackward(activation),
  };
}

/**
 * a = g(x W + b): x [rows, in] -> output [rows, out]; without g for the output layer.
 *
 * @param rows a multiple of 4
 */
export function denseForward(layer: DenseLayer, rows: number, training: boolean): void {
  const { layout } = layer;
  layer.gemm(
    training ? layout.input : layout.plainInput,
    rows * 16,
    layout.fullPanels,
    layout.tail,
    layer.weights,
    layer.weightStride,
    layout.outPanels,
    layout.output,
    rows * layout.outWidth,
    layer.bias,
    rows,
    0,
  );
  layer.activate?.(layout.output, rows * layout.outPanels * layout.outWidth);
}

/**
 * dW = x^T dz, db = column sums of dz, dx = dz W^T: dOutput holds dz [rows, out] already.
 *
 * @param rows a multiple of 4
 */
export function denseBackward(layer: DenseLayer, rows: number): void {
  const { layout } = layer;
  const dStride = rows * layout.outWidth;
  if (layout.transposed !== 0) {
    layer.transpose(
      layer.weights,
      layer.weightStride,
      layout.depth,
      layout.outPanels,
      layout.transposed,
      layer.transposedStride,
    );
    const full = Math.floor(layout.outSize / layout.outWidth);
    layer.gemmBack(
      layout.dOutput,
      dStride,
      full,
      Math.ceil((layout.outSize - full * layout.outWidth) / 4) * 4,
      layout.transposed,
      layer.transposedStride,
      layout.inPanels,
      layout.dInput,
      rows * 16,
      0,
      rows,
      layout.input - layout.dInput,
    );
  }
  layer.gemmTransposed(
    layout.input,
    rows * 16,
    layout.depth,
    layout.dOutput,
    dStride,
    layout.outPanels,
    layer.dWeights,
    layer.weightStride,
    rows,
  );
  layer.columnSums(layout.dOutput, dStride, layout.outPanels, layer.dBias, rows);
}
