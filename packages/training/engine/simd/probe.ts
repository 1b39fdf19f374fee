import type { Gemm } from '../kernels.js';
import type { MultiplyAdd } from '../wasm/instructions.js';
import { ModuleBuilder } from '../wasm/module.js';
import { compile, instantiate } from '../wasm/runtime.js';
import { emitGemm, gemmName } from './gemm.js';
import type { Layout } from './target.js';
import { compiledAtOnce } from './v8-flags.js';

/** Pairs of vectors fused into 256-bit registers, as V8 does with `--experimental-wasm-revectorize` on x64. */
export const WIDE: Layout = { rows: 6, vectors: 4, unroll: 4 };
/** For 128-bit registers. */
export const NARROW: Layout = { rows: 6, vectors: 2, unroll: 1 };
/** For the compilers of older V8s, which run out of registers in taller or unrolled tiles. */
export const SMALL: Layout = { rows: 4, vectors: 2, unroll: 1 };
const LAYOUTS = [WIDE, NARROW, SMALL] as const;

const ROWS = 60;
const DEPTH = 256;
const COLUMNS = 32;
const ROUNDS = 12;

/**
 * Times one product in every layout (about 3 ms, and 5 ms of compilation) and returns the fastest. Results do not depend
 * on the choice: every element of a product sees the same sequence of multiply-adds in any of them.
 */
export function probeLayout(multiplyAdd: MultiplyAdd): Layout {
  const candidates = LAYOUTS.map((layout) => ({ layout, time: timedGemm(layout, multiplyAdd), best: Infinity }));
  // In turns, so that a disturbance hits all of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const candidate of candidates) candidate.best = Math.min(candidate.best, candidate.time());
  }
  return candidates.reduce((fastest, candidate) => (candidate.best < fastest.best ? candidate : fastest)).layout;
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
