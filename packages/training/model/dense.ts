import type { ColumnSums, Gemm, GemmTransposed, Kernels, Transpose } from '../engine/kernels.js';
import type { LayerLayout, NetworkLayout } from './layout.js';
import { sparsityOf } from './sparsity.js';

/** A dense layer bound to its kernels and to the absolute offsets of its parameters. */
export interface DenseLayer {
  readonly layout: LayerLayout;
  readonly weights: number;
  /** 0 for no bias, and null for no gradient of it. */
  readonly bias: number;
  readonly dWeights: number;
  readonly dBias: number | null;
  readonly weightStride: number;
  readonly transposedStride: number;
  readonly gemm: Gemm;
  readonly gemmTransposed: GemmTransposed;
  readonly columnSums: ColumnSums;
  readonly transpose: Transpose;
  readonly gemmBack: Gemm;
}

/** @param inputFilled the share of the network's inputs that are not zero */
export function bindDense(kernels: Kernels, network: NetworkLayout, l: number, inputFilled: number): DenseLayer {
  const layout = network.layers[l]!;
  const before = network.layers[l - 1];
  const { activation, batchNorm, bias, outWidth, outPanels, depth } = layout;
  // relu goes into the product that makes z; its derivative into the product that makes the gradient of its output,
  // unless dropout has to be undone first (see activation.ts).
  const masksInput = before?.activation === 'relu' && before.keepProb === 1;
  const { input, gradient, ofWeights } = sparsityOf(layout, before ?? inputFilled * network.shape.inputKeepProb);
  const columns = layout.outSize === 1 && outWidth === 4 ? 1 : outWidth;
  return {
    layout,
    weights: network.parameters + layout.weights,
    bias: bias === null ? 0 : network.parameters + bias,
    dWeights: network.gradients + layout.weights,
    dBias: bias === null ? null : network.gradients + bias,
    weightStride: depth * outWidth,
    transposedStride: outPanels * outWidth * 16,
    gemm: kernels.gemm(
      16,
      columns,
      activation === 'relu' && batchNorm === null ? 'relu' : 'none',
      input ? 'a' : 'none',
    ),
    gemmTransposed: kernels.gemmTransposed(columns, ofWeights),
    columnSums: kernels.columnSums(outWidth),
    transpose: kernels.transpose(columns),
    gemmBack: kernels.gemm(columns, 16, masksInput ? 'reluMask' : 'none', gradient ? 'a' : 'none'),
  };
}

/**
 * z = x W + b: x [rows, in] -> z [rows, out]. Where relu follows at once, it is done here too.
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
    layout.z,
    rows * layout.outWidth,
    layer.bias,
    rows,
    0,
  );
}

/**
 * dW = x^T dz, db = column sums of dz, dx = dz W^T: dOutput holds dz [rows, out] already.
 *
 * @param rows a multiple of 4
 */
export function denseBackward(layer: DenseLayer, rows: number): void {
  const { layout } = layer;
  const dStride = rows * layout.outWidth;
  const full = Math.floor(layout.outSize / layout.outWidth);
  const tail = Math.ceil((layout.outSize - full * layout.outWidth) / 4) * 4;
  for (const { panel, panels, depth, scratch } of layout.transposed) {
    layer.transpose(
      layer.weights + panel * 16 * layout.outWidth,
      layer.weightStride,
      depth,
      layout.outPanels,
      scratch,
      layer.transposedStride,
    );
    layer.gemmBack(
      layout.dOutput,
      dStride,
      full,
      tail,
      scratch,
      layer.transposedStride,
      panels,
      layout.dInput + panel * rows * 16,
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
  if (layer.dBias !== null) layer.columnSums(layout.dOutput, dStride, layout.outPanels, layer.dBias, rows);
}
