import type { Arena } from './arena.js';

/**
 * The numeric loops of the network. Each has a plain TypeScript form (`scalar/`), which is the oracle; it works on float32
 * and on float64 arenas alike.
 *
 * Notation: every matrix lies in *column panels*, `[panel][row][width]` with width 16, or 4 for outputs of at most four
 * units. Element (r, c) of a matrix with panel stride s is at `offset + floor(c / width) * s + r * width + c % width`.
 * Activations have a row per example, weights a row per input unit (padded to a multiple of 4). Rows of activations are
 * padded to a multiple of 4 and columns to the width, with zeros. Offsets, strides and lengths count elements.
 *
 * Kernels take more arguments than other functions of this house: they mirror the exports of a WebAssembly module,
 * which has only numbers to pass.
 */
export type PanelWidth = 4 | 16;

/** Columns of a panel that are used: one alone is the first of a panel of 4, with zeros in the others. */
export type Columns = 1 | PanelWidth;

/** What a matrix product does to its result: `reluMask` zeroes where the matrix at `c + aux` is not positive. */
export type Epilogue = 'none' | 'relu' | 'reluMask';

/**
 * The operand of a product that relu or dropout may have left with many zeros, which an engine may pass over. The bits are the same
 * but for the sign of a zero.
 */
export type Sparse = 'none' | 'a' | 'd';

/** Activations of hidden units; `leakyRelu` has slope LEAK below 0, `linear` is none at all. */
export type Activation = 'relu' | 'leakyRelu' | 'tanh' | 'sigmoid' | 'linear';

/** Those that take a pass over the numbers. */
export type CurvedActivation = Exclude<Activation, 'linear'>;

export const LEAK = 0.01;

/** The integers at `items` become 0 to n - 1 in the random order of `Stream.permutation`, for a stream's key; n is at least 1. */
export type Permute = (items: number, n: number, keyLow: number, keyHigh: number) => void;

/** The integers at `items` become words 4 * block, ... of a stream's sequence (`Stream.uint32`); n is a multiple of 4 and not 0. */
export type RandomWords = (items: number, n: number, block: number, keyLow: number, keyHigh: number) => void;

/** a[r, :] = x[index[r], :] for r < rows; the rows up to the next multiple of 4 are zeroed. x is row-major. */
export type Gather = (
  x: number,
  xStride: number,
  index: number,
  rows: number,
  panels: number,
  a: number,
  aStride: number,
) => void;

/**
 * c = a w + bias, then the epilogue. a has `panels` full panels and `tail` (a multiple of 4) columns in one more; `rows` is a
 * multiple of 4; bias 0 means none.
 */
export type Gemm = (
  a: number,
  aStride: number,
  panels: number,
  tail: number,
  w: number,
  wStride: number,
  outPanels: number,
  c: number,
  cStride: number,
  bias: number,
  rows: number,
  aux: number,
) => void;

/** g = a^T d for the first `depth` columns of a (a multiple of 4); `rows` is a multiple of 4. */
export type GemmTransposed = (
  a: number,
  aStride: number,
  depth: number,
  d: number,
  dStride: number,
  outPanels: number,
  g: number,
  gStride: number,
  rows: number,
) => void;

/** g[c] = sum over rows of d[r, c]. */
export type ColumnSums = (d: number, dStride: number, panels: number, g: number, rows: number) => void;

/** t = w^T: w has `depth` rows (a multiple of 4) in `outPanels` panels; t has panels of 16. */
export type Transpose = (
  w: number,
  wStride: number,
  depth: number,
  outPanels: number,
  t: number,
  tStride: number,
) => void;

/** a = activation(a) over `n` elements. */
export type Activate = (a: number, n: number) => void;

/** d = d * activation'(z) over `n` elements, from a = activation(z). */
export type ActivateBackward = (d: number, a: number, n: number) => void;

/**
 * to[i] = keep(i) ? from[i] / keepProb : 0 over `n` elements, where keep(i) depends on i and the two keys alone
 * (see `dropoutBits`). The same call takes a gradient back.
 */
export type Dropout = (from: number, to: number, n: number, key0: number, key1: number, keepProb: number) => void;

/**
 * Loss summed over the rows, each times its class weight; d = gradient of that sum times `scale`, zero in the padded
 * rows. Row r's target is at `targets + index[r]`. `ints[wrong]` grows by the number of rows classified wrongly.
 */
export type Loss = (
  z: number,
  stride: number,
  panels: number,
  d: number,
  targets: number,
  index: number,
  rows: number,
  scale: number,
  classWeights: number,
  wrong: number,
) => number;

/** d = a > 0 ? d * factor : 0 over `n` elements: relu and the dropout after it, undone together. */
export type MaskScale = (d: number, a: number, n: number, factor: number) => void;

/** x = factor x over `n` elements. */
export type Scale = (x: number, n: number, factor: number) => void;

/**
 * Batch norm in training (seed 3.4), for panels of 16: per unit, mean mu and variance s2 over `rows`, then
 * z = zhat = (z - mu) / sqrt(s2 + epsilon), a = gamma zhat + beta (after relu, where asked for),
 * inverse = 1 / sqrt(s2 + epsilon), mean = momentum mean + (1 - momentum) mu, and so for variance.
 */
export type BatchNormForward = (
  z: number,
  stride: number,
  panels: number,
  a: number,
  gamma: number,
  beta: number,
  mean: number,
  variance: number,
  inverse: number,
  rows: number,
  momentum: number,
  epsilon: number,
) => void;

/** From d = dJ/d(gamma zhat + beta): dGamma, dBeta, and d = dJ/dz in place. */
export type BatchNormBackward = (
  d: number,
  stride: number,
  panels: number,
  zhat: number,
  gamma: number,
  inverse: number,
  dGamma: number,
  dBeta: number,
  rows: number,
) => void;

/** a = scale z + shift per unit (after relu, where asked for): batch norm at test time. */
export type Affine = (
  z: number,
  stride: number,
  panels: number,
  a: number,
  scale: number,
  shift: number,
  rows: number,
) => void;

/** g = g + l2 w + l1 sign(w) over `n` elements. */
export type Penalty = (w: number, g: number, n: number, l2: number, l1: number) => void;

/** Sum of squares of `n` elements. */
export type SumOfSquares = (x: number, n: number) => number;

/** One update of `n` weights from their gradients and moments; s0 to s4 are numbers that the optimiser's file names (`Optimizer.scalars`). */
export type OptimizerStep = (
  w: number,
  g: number,
  m: number,
  v: number,
  n: number,
  s0: number,
  s1: number,
  s2: number,
  s3: number,
  s4: number,
) => void;

export interface Kernels {
  readonly permute: Permute;
  readonly randomWords: RandomWords;
  readonly gather: Gather;
  readonly gemm: (inWidth: Columns, outWidth: Columns, epilogue: Epilogue, sparse?: Exclude<Sparse, 'd'>) => Gemm;
  readonly gemmTransposed: (outWidth: Columns, sparse?: Sparse) => GemmTransposed;
  readonly columnSums: (width: PanelWidth) => ColumnSums;
  readonly transpose: (outWidth: Columns) => Transpose;
  readonly activate: (activation: CurvedActivation) => Activate;
  readonly activateBackward: (activation: CurvedActivation) => ActivateBackward;
  readonly dropout: Dropout;
  /** Softmax and cross-entropy over the units of a row; targets are class indices. Unused units carry a bias of -1e30. */
  readonly softmaxCrossEntropy: (width: PanelWidth, panels: number) => Loss;
  /** Sigmoid and binary cross-entropy of unit 0; targets are 0 or 1. */
  readonly logistic: Loss;
  /** Half the squared error of unit 0; targets are numbers. */
  readonly squaredError: Loss;
  readonly maskScale: MaskScale;
  readonly scale: Scale;
  readonly batchNormForward: (epilogue: 'none' | 'relu') => BatchNormForward;
  readonly batchNormBackward: BatchNormBackward;
  readonly affine: (epilogue: 'none' | 'relu') => Affine;
  readonly penalty: Penalty;
  readonly sumOfSquares: SumOfSquares;
  /** By its name in `optim/registry.ts`. */
  readonly optimizerStep: (name: string) => OptimizerStep;
}

/** An arena and the kernels that work on it. */
export interface Workspace extends Arena {
  readonly kernels: Kernels;
  /** Gives the memory to the next workspace that is opened: nothing may use this one afterwards. */
  readonly release: () => void;
}

/** Makes a workspace of `size` elements, all zero. */
export type OpenWorkspace = (size: number) => Workspace;
