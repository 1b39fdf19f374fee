import type { DatasetInfo } from './dataset.js';
import type { InputEncoding } from './input-encoding.js';
import type { Params } from './params.js';
import type { Split } from './search-spec.js';
import type { Metrics } from './trial.js';

/** A dense layer: z = x W + b, then at test time batch norm as a factor and a summand, then the activation. */
export interface TrainedLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Null for the output layer. */
  readonly activation: 'relu' | 'leakyRelu' | 'tanh' | 'sigmoid' | 'linear' | null;
  /** Row-major, shape [inputs, outputs]. */
  readonly weights: Float32Array;
  /** Shape [outputs]; null under batch norm, whose beta does the same. */
  readonly bias: Float32Array | null;
  /** Shape [outputs] each; null without batch norm. Mean and variance are the running averages, corrected for their bias. */
  readonly batchNorm: {
    readonly gamma: Float32Array;
    readonly beta: Float32Array;
    readonly mean: Float32Array;
    readonly variance: Float32Array;
    readonly epsilon: number;
  } | null;
}

/** A trained network with all that it takes to use it, and where it comes from. */
export interface TrainedModel {
  readonly dataset: Pick<
    DatasetInfo,
    'id' | 'name' | 'task' | 'classNames' | 'checksum' | 'source' | 'licence' | 'image'
  >;
  /** Of every column of features, in order. */
  readonly encodings: readonly InputEncoding[];
  /** Every input has its mean subtracted and is divided by its sigma; shape [inputs] each. */
  readonly normalization: { readonly mean: Float64Array; readonly sigma: Float64Array };
  readonly layers: readonly TrainedLayer[];
  /** What makes predictions of the last layer's z; `logistic`: z is one number, and its sigmoid the probability of class 1. */
  readonly head: 'softmax' | 'logistic' | 'squaredError';
  readonly slopeOfLeakyRelu: number;
  readonly training: {
    readonly params: Params;
    readonly split: Split;
    readonly rows: { readonly train: number; readonly dev: number };
    readonly searchSeed: number;
    readonly trialNumber: number;
    /** Epochs whose weights these are. */
    readonly epoch: number;
    /** What the training that made these weights measured last. */
    readonly metrics: Metrics;
    /** Whether these are the very weights that the trial had, bit for bit, as far as its metrics tell. */
    readonly isExact: boolean;
  };
}
