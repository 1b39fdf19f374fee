import { stream } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import type { Columns, Kernels, OpenWorkspace } from '../kernels.js';
import { SEPARATE } from '../wasm/instructions.js';
import { detectAbilities } from './detect.js';
import { simdEngine } from './engine.js';
import { NARROW, WIDE } from './probe.js';

const { multiplyAdd, fused } = detectAbilities();
const engines = [
  ['wide tiles', simdEngine({ ...WIDE, multiplyAdd: multiplyAdd! }, fused).open],
  ['narrow tiles', simdEngine({ ...NARROW, multiplyAdd: multiplyAdd! }, fused).open],
  ['separate multiply-add', simdEngine({ ...WIDE, multiplyAdd: SEPARATE }, false).open],
] as const;

const SIZE = 1 << 16;
/** Offsets of the inputs, the unit's weights, its gradient, its bias and the result. */
const [A, W, D, BIAS, C] = [16, 20_000, 24_000, 28_000, 30_000] as const;

const ROWS = [4, 12, 16, 20, 32, 36];
/** Inputs: less than a panel, whole panels and not, four panels and more. */
const DEPTHS = [4, 12, 16, 20, 40, 64, 76, 144];

/** Panels of 4 have numbers in the first column alone, as those of one unit do. */
const operands = (() => {
  const random = stream(3, 'single unit');
  return Float32Array.from({ length: BIAS + 16 }, (_, i) => {
    if (i < A || (i >= W && i % 4 !== 0)) return 0;
    return i < W && random.uniform() < 0.3 ? 0 : 2 * random.uniform() - 1;
  });
})();

/** Whether the kernels for one unit leave the same memory, to the bit, as those for panels of 4. */
function agree(open: OpenWorkspace, call: (kernels: Kernels, columns: Columns) => void): boolean {
  const [one, four] = ([1, 4] as const).map((columns) => {
    const { kernels, floats, release } = open(SIZE);
    (floats as Float32Array).set(operands);
    call(kernels, columns);
    const bytes = Buffer.from(floats.slice().buffer);
    release();
    return bytes;
  });
  return Buffer.compare(one!, four!) === 0;
}

describe.each(engines)('products of %s with a single unit have the bits of those with panels of 4', (_, open) => {
  it.each(ROWS)('%i rows', (rows) => {
    for (const depth of DEPTHS) {
      const [stride, panels] = [rows * 16, Math.ceil(depth / 16)];
      for (const bias of [0, BIAS]) {
        const forward = (kernels: Kernels, columns: Columns) =>
          kernels.gemm(16, columns, 'none')(
            A,
            stride,
            depth >> 4,
            depth & 15,
            W,
            depth * 4,
            1,
            C,
            rows * 4,
            bias,
            rows,
            0,
          );
        expect(agree(open, forward), `forward from ${depth}`).toBe(true);
      }
      const ofWeights = (kernels: Kernels, columns: Columns) =>
        kernels.gemmTransposed(columns)(A, stride, depth, D, rows * 4, 1, C, depth * 4, rows);
      expect(agree(open, ofWeights), `gradient of ${depth} weights`).toBe(true);
      for (const epilogue of ['none', 'reluMask'] as const) {
        const back = (kernels: Kernels, columns: Columns) => {
          const transposed = 50_000;
          kernels.transpose(columns)(W, depth * 4, depth, 1, transposed, 64);
          kernels.gemm(columns, 16, epilogue)(D, rows * 4, 0, 4, transposed, 64, panels, C, stride, 0, rows, A - C);
        };
        expect(agree(open, back), `back to ${depth}, ${epilogue}`).toBe(true);
      }
    }
  });
});
