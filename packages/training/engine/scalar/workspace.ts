import { fillWords, Stream } from '@caviar/numerics';
import { OPTIMIZERS, type OptimizerName } from '../../optim/registry.js';
import type { Columns, Kernels, PanelWidth, Workspace } from '../kernels.js';
import { scalarAffine, scalarBatchNormBackward, scalarBatchNormForward } from './batch-norm.js';
import {
  scalarActivate,
  scalarActivateBackward,
  scalarDropout,
  scalarMaskScale,
  scalarPenalty,
  scalarScale,
  scalarSumOfSquares,
} from './elementwise.js';
import { scalarColumnSums, scalarGather, scalarGemm, scalarGemmTransposed, scalarTranspose } from './gemm.js';
import { scalarLogistic, scalarSoftmaxCrossEntropy, scalarSquaredError } from './loss.js';

/** Plain TypeScript kernels: the oracle of every other engine, and what runs where no other can. */
export function openScalarWorkspace(size: number): Workspace {
  const buffer = new ArrayBuffer(size * Float32Array.BYTES_PER_ELEMENT);
  return workspaceOver(new Float32Array(buffer), new Int32Array(buffer));
}

/** The same in double precision, for gradient checks. */
export function openDoubleWorkspace(size: number): Workspace {
  return workspaceOver(new Float64Array(size), new Int32Array(size));
}

/** What is special about one unit is its speed. */
function panelWidth(columns: Columns): PanelWidth {
  return columns === 1 ? 4 : columns;
}

function workspaceOver(floats: Float32Array | Float64Array, ints: Int32Array): Workspace {
  const arena = { floats, ints };
  const kernels: Kernels = {
    permute: (items, n, low, high) => {
      ints.set(new Stream({ low, high }).permutation(n), items);
    },
    randomWords: (items, n, block, low, high) => fillWords({ low, high }, block, ints.subarray(items, items + n)),
    gather: scalarGather(arena),
    gemm: (inWidth, outWidth, epilogue) => scalarGemm(arena, panelWidth(inWidth), panelWidth(outWidth), epilogue),
    gemmTransposed: (outWidth) => scalarGemmTransposed(arena, panelWidth(outWidth)),
    columnSums: (width) => scalarColumnSums(arena, width),
    transpose: (outWidth) => scalarTranspose(arena, panelWidth(outWidth)),
    activate: (activation) => scalarActivate(arena, activation),
    activateBackward: (activation) => scalarActivateBackward(arena, activation),
    dropout: scalarDropout(arena),
    softmaxCrossEntropy: (width) => scalarSoftmaxCrossEntropy(arena, width),
    logistic: scalarLogistic(arena),
    squaredError: scalarSquaredError(arena),
    maskScale: scalarMaskScale(arena),
    scale: scalarScale(arena),
    batchNormForward: (epilogue) => scalarBatchNormForward(arena, epilogue),
    batchNormBackward: scalarBatchNormBackward(arena),
    affine: (epilogue) => scalarAffine(arena, epilogue),
    penalty: scalarPenalty(arena),
    sumOfSquares: scalarSumOfSquares(arena),
    optimizerStep: (name) => OPTIMIZERS[name as OptimizerName].scalarStep(arena),
  };
  return { ...arena, kernels, release: () => {} };
}
