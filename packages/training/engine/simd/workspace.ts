import type { Gemm, GemmTransposed, Kernels, OpenWorkspace, Workspace } from '../kernels.js';
import { type Instance, instantiate, renew, type WasmModule } from '../wasm/runtime.js';
import { gemmName } from './gemm.js';
import { optimizerStepName } from './optimizer-step.js';
import { bindSparseProducts, SPARSE_SCRATCH } from './sparse-products.js';

/** A spare memory this many times larger than what is asked for is let go, unless it is small anyhow. */
const TOO_LARGE = 4;
const SMALL_BYTES = 1 << 26;

/**
 * Opens workspaces in WebAssembly memory of their own, computed on by the compiled kernels. The memory of one that was
 * released serves the next: pages that are there already cost no fault, and what waits for a garbage collection is no second
 * one beside it.
 */
export function openSimdWorkspaces(module: WasmModule): OpenWorkspace {
  let spare: Instance | null = null;
  return (size) => {
    const bytes = (size + SPARSE_SCRATCH) * Float32Array.BYTES_PER_ELEMENT;
    const used = spare;
    spare = null;
    const instance = used !== null && fits(used, bytes) ? used : instantiate(module, bytes);
    if (instance === used) renew(used, bytes);
    return {
      ...workspaceOf(instance, size),
      release: () => {
        spare = instance;
      },
    };
  };
}

function fits({ memory }: Instance, bytes: number): boolean {
  const { byteLength } = memory.buffer;
  return byteLength <= SMALL_BYTES || byteLength <= TOO_LARGE * bytes;
}

/** @param size elements of the arena; what sparse products need lies behind them. */
function workspaceOf({ memory, exports }: Instance, size: number): Omit<Workspace, 'release'> {
  const { buffer } = memory;
  const named = <F>(name: string): F => {
    const kernel = exports[name];
    if (kernel === undefined) throw new Error(`the kernel module has no ${name}`);
    // WebAssembly's exports have no types of their own; kernels.ts says what they take and return.
    return kernel as unknown as F;
  };
  const floats = new Float32Array(buffer, 0, size);
  const ints = new Int32Array(buffer, 0, size);
  const sparse = bindSparseProducts(new Int32Array(buffer), Math.ceil(size / 16) * 16, exports);
  const kernels: Kernels = {
    permute: named('permute'),
    randomWords: named('randomWords'),
    gather: named('gather'),
    gemm: (inWidth, outWidth, epilogue, zeros) => {
      const dense = named<Gemm>(gemmName(inWidth, outWidth, epilogue));
      return zeros === 'a' && inWidth === 16 && outWidth === 16 ? sparse.gemm(dense, epilogue) : dense;
    },
    gemmTransposed: (outWidth, zeros = 'none') => {
      const dense = named<GemmTransposed>(`gemmTransposed_${outWidth}`);
      return zeros === 'none' || outWidth !== 16 ? dense : sparse.gemmTransposed(dense, zeros);
    },
    columnSums: (width) => named(`columnSums_${width}`),
    transpose: (outWidth) => named(`transpose_${outWidth}`),
    activate: (activation) => named(`activate_${activation}`),
    activateBackward: (activation) => named(`activateBackward_${activation}`),
    dropout: named('dropout'),
    softmaxCrossEntropy: (width, panels) => named(`softmaxCrossEntropy_${panels > 1 ? 'many' : width}`),
    logistic: named('logistic'),
    squaredError: named('squaredError'),
    maskScale: named('maskScale'),
    scale: named('scale'),
    batchNormForward: (epilogue) => named(`batchNormForward_${epilogue}`),
    batchNormBackward: named('batchNormBackward'),
    affine: (epilogue) => named(`affine_${epilogue}`),
    penalty: named('penalty'),
    sumOfSquares: named('sumOfSquares'),
    optimizerStep: (name) => named(optimizerStepName(name)),
  };
  return { floats, ints, kernels };
}
