import type { Kernels, Workspace } from '../kernels.js';
import { instantiate, type WasmModule } from '../wasm/runtime.js';
import { gemmName } from './gemm.js';
import { optimizerStepName } from './optimizer-step.js';

/** A workspace in WebAssembly memory of its own, computed on by the compiled kernels. */
export function openSimdWorkspace(module: WasmModule, size: number): Workspace {
  const { buffer, exports } = instantiate(module, size * Float32Array.BYTES_PER_ELEMENT);
  const named = <F>(name: string): F => {
    const kernel = exports[name];
    if (kernel === undefined) throw new Error(`the kernel module has no ${name}`);
    // WebAssembly's exports have no types of their own; kernels.ts says what they take and return.
    return kernel as unknown as F;
  };
  const kernels: Kernels = {
    permute: named('permute'),
    randomWords: named('randomWords'),
    gather: named('gather'),
    gemm: (inWidth, outWidth, epilogue) => named(gemmName(inWidth, outWidth, epilogue)),
    gemmTransposed: (outWidth) => named(`gemmTransposed_${outWidth}`),
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
  return { floats: new Float32Array(buffer), ints: new Int32Array(buffer), kernels };
}
