import type { Gemm } from '../kernels.js';
import type { MultiplyAdd } from '../wasm/instructions.js';
import { ModuleBuilder } from '../wasm/module.js';
import { compile, instantiate } from '../wasm/runtime.js';
import { emitGemm, gemmName } from './gemm.js';
import type { Layout } from './target.js';
import { compiledAtOnce } from './v8-flags.js';

/** Pairs of vectors fused into 256-bit registers, as V8 does with `--experimental-wasm-revectorize` on x64. */
export const WIDE: Layout = { vectors: 4, unroll: 4 };
/** For 128-bit registers; not unrolled, because the compilers of older V8s run out of registers then. */
export const NARROW: Layout = { vectors: 2, unroll: 1 };

const ROWS = 64;
const DEPTH = 256;
const COLUMNS = 32;
const ROUNDS = 12;
/** The wide tile must be this much faster to be taken: where vectors are not paired it is slower, by far. */
const MARGIN = 1.1;

/**
 * Times one product in both layouts (about 2 ms, and 3 ms of compilation) and returns the faster. Results do not depend
 * on the choice: every element of a product sees the same sequence of multiply-adds in either.
 */
export function probeLayout(multiplyAdd: MultiplyAdd): Layout {
  const [wide, narrow] = [WIDE, NARROW].map((layout) => timedGemm(layout, multiplyAdd)) as [() => number, () => number];
  let wideMs = Number.POSITIVE_INFINITY;
  let narrowMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    wideMs = Math.min(wideMs, wide());
    narrowMs = Math.min(narrowMs, narrow());
  }
  return wideMs * MARGIN < narrowMs ? WIDE : NARROW;
}

function timedGemm(layout: Layout, multiplyAdd: MultiplyAdd): () => number {
  const module = new ModuleBuilder();
  const shape = { inWidth: 16, outWidth: 16, epilogue: 'none' } as const;
  emitGemm(module, { ...layout, multiplyAdd }, shape);
  const [a, w, c] = [16, 16 + ROWS * DEPTH, 16 + ROWS * DEPTH + DEPTH * COLUMNS] as const;
  return compiledAtOnce(() => {
    const { exports } = instantiate(compile(module.bytes()), (c + ROWS * COLUMNS) * 4);
    const gemm = exports[gemmName(16, 16, 'none')] as unknown as Gemm;
    const run = () => gemm(a, ROWS * 16, DEPTH / 16, 0, w, DEPTH * 16, COLUMNS / 16, c, ROWS * 16, 0, ROWS, 0);
    run();
    return () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    };
  });
}
