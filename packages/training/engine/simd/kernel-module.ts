import { OPTIMIZERS } from '../../optim/registry.js';
import type { CurvedActivation, Epilogue, PanelWidth } from '../kernels.js';
import { ModuleBuilder } from '../wasm/module.js';
import { emitAffine, emitBatchNormBackward, emitBatchNormForward } from './batch-norm.js';
import {
  emitActivate,
  emitActivateBackward,
  emitAllFinite,
  emitDropout,
  emitMaskScale,
  emitPenalty,
  emitScale,
  emitSumOfSquares,
} from './elementwise.js';
import { emitGemm, emitGemmTransposed } from './gemm.js';
import { emitLogistic, emitSoftmax, emitSoftmaxOfMany, emitSquaredError } from './loss.js';
import { emitColumnSums, emitGather, emitTranspose } from './matrix.js';
import { emitOptimizerStep } from './optimizer-step.js';
import { emitPermute, emitRandomWords } from './permute.js';
import { emitGemmFromUnit, emitGemmToUnit, emitGemmTransposedOfUnit, emitTransposeOfUnit } from './single-unit.js';
import { emitListColumns, emitListRows, emitSparseProduct, panelsAtOnce } from './sparse.js';
import { range, type Target } from './target.js';

/** The products that networks need: forward, and back from outputs of either width; `single-unit.ts` has those of one unit. */
export const GEMMS: readonly (readonly [inWidth: PanelWidth, outWidth: PanelWidth, epilogue: Epilogue])[] = [
  [16, 16, 'none'],
  [16, 16, 'relu'],
  [16, 4, 'none'],
  [16, 16, 'reluMask'],
  [4, 16, 'none'],
  [4, 16, 'reluMask'],
];
const WIDTHS: readonly PanelWidth[] = [4, 16];
const ACTIVATIONS: readonly CurvedActivation[] = ['relu', 'leakyRelu', 'tanh', 'sigmoid'];

/** All kernels as one WebAssembly module, for matrices of any size: compiled once, whatever is trained. */
export function kernelModule(target: Target): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const { multiplyAdd } = target;
  for (const [inWidth, outWidth, epilogue] of GEMMS) emitGemm(module, target, { inWidth, outWidth, epilogue });
  emitListRows(module, target);
  emitListColumns(module, target);
  for (const panels of range(panelsAtOnce(target))) emitSparseProduct(module, target, panels + 1);
  emitGemmToUnit(module, multiplyAdd);
  emitGemmTransposedOfUnit(module, multiplyAdd);
  for (const epilogue of ['none', 'reluMask'] as const) emitGemmFromUnit(module, multiplyAdd, epilogue);
  emitTransposeOfUnit(module);
  for (const width of WIDTHS) {
    emitGemmTransposed(module, target, width);
    emitColumnSums(module, width);
    emitTranspose(module, width);
    emitSoftmax(module, multiplyAdd, width);
  }
  for (const activation of ACTIVATIONS) {
    emitActivate(module, multiplyAdd, activation);
    emitActivateBackward(module, multiplyAdd, activation);
  }
  for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
    emitOptimizerStep(module, multiplyAdd, { name, optimizer });
  }
  emitSoftmaxOfMany(module, multiplyAdd);
  emitLogistic(module, multiplyAdd);
  emitSquaredError(module);
  emitPermute(module);
  emitRandomWords(module);
  emitGather(module);
  emitDropout(module);
  emitMaskScale(module);
  emitScale(module);
  for (const epilogue of ['none', 'relu'] as const) {
    emitBatchNormForward(module, multiplyAdd, epilogue);
    emitAffine(module, multiplyAdd, epilogue);
  }
  emitBatchNormBackward(module, multiplyAdd);
  emitPenalty(module, multiplyAdd);
  emitSumOfSquares(module);
  emitAllFinite(module);
  return module.bytes();
}
