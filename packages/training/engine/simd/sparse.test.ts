import { describe, expect, it } from 'vitest';
import {
  A,
  B,
  BIAS,
  bothWays,
  C,
  type Call,
  drawOperands,
  engines,
  forward,
  type Operand,
  ofWeights,
  type Products,
  type Shape,
  SIZE,
} from '../../fixtures/sparse-products.js';
import type { OpenWorkspace } from '../kernels.js';
import { compile, instantiate } from '../wasm/runtime.js';
import { gemmName } from './gemm.js';
import { kernelModule } from './kernel-module.js';
import { bindSparseProducts, SPARSE_SCRATCH } from './sparse-products.js';
import type { Target } from './target.js';

/** Sums of one list and of several, in whole blocks and not, one batch of lists and more; few panels and many. */
const SPARSE: readonly Shape[] = [
  { size: [64, 96, 6], filled: 0.4 },
  { size: [128, 784, 16], filled: 0.4 },
  { size: [132, 132, 9], filled: 0.1 },
  { size: [260, 260, 3], filled: 0.3 },
  { size: [516, 64, 7], filled: 0.3 },
  { size: [300, 308, 11], filled: 0 },
  { size: [300, 308, 11], filled: 0.002 },
];
/** Left to the dense products, the last one where its sums run along the rows. */
const DENSE: readonly Shape[] = [
  { size: [128, 128, 8], filled: 0.9 },
  { size: [16, 28, 2], filled: 0.5 },
  { size: [4096, 36, 3], filled: 0.2 },
];

const labelled = (shapes: readonly Shape[]) =>
  shapes.map((shape) => [`${shape.size.join(' x ')}, ${100 * shape.filled} % filled`, shape] as const);

const drawn = new Map<string, Float32Array>();

/** Drawn once. */
function operandsOf(shape: Shape, sparse: Operand): Float32Array {
  const key = JSON.stringify([shape, sparse]);
  const operands = drawn.get(key) ?? drawOperands(shape, sparse);
  drawn.set(key, operands);
  return operands;
}

/** Whether all memory after a product is the same either way, to the bit. */
function agree(open: OpenWorkspace, floats: Float32Array, call: Call): boolean {
  const [sparse, dense] = bothWays(open, floats, call).map(({ buffer }) => Buffer.from(buffer));
  return Buffer.compare(sparse!, dense!) === 0;
}

/** Products that tell whether they go by lists. */
function observed(target: Target): { floats: Float32Array; products: Products; goesByLists: (call: Call) => boolean } {
  const { memory, exports } = instantiate(compile(kernelModule(target)), (SIZE + SPARSE_SCRATCH) * 4);
  let byLists = false;
  const entries = Object.entries(exports).map(([name, kernel]) => {
    const observe = (...args: number[]) => {
      byLists ||= name.startsWith('sparseProduct');
      return kernel(...args);
    };
    return [name, observe] as const;
  });
  const { gemm, gemmTransposed } = bindSparseProducts(new Int32Array(memory.buffer), SIZE, Object.fromEntries(entries));
  const dense = <F>(name: string): F => exports[name] as unknown as F;
  const products: Products = {
    gemm: (inWidth, outWidth, epilogue) => gemm(dense(gemmName(inWidth, outWidth, epilogue)), epilogue),
    gemmTransposed: (_width, operand) => gemmTransposed(dense('gemmTransposed_16'), operand as Operand),
  };
  const goesByLists = (call: Call): boolean => {
    byLists = false;
    call(products, true);
    return byLists;
  };
  return { floats: new Float32Array(memory.buffer, 0, SIZE), products, goesByLists };
}

describe.each(engines)('products of %s that pass over zeros', (_, { open, target }) => {
  it.each(labelled([...SPARSE, ...DENSE]))('have the bits of those that do not: %s', (_label, shape) => {
    for (const epilogue of ['none', 'relu', 'reluMask'] as const) {
      for (const bias of [0, BIAS]) {
        expect(agree(open, operandsOf(shape, 'a'), forward(shape, epilogue, bias)), `forward, ${epilogue}`).toBe(true);
      }
    }
    for (const operand of ['a', 'd'] as const) {
      expect(agree(open, operandsOf(shape, operand), ofWeights(shape, operand)), `zeros in ${operand}`).toBe(true);
    }
  });

  it.each(labelled(SPARSE))('go by lists: %s', (_label, shape) => {
    const { floats, goesByLists } = observed(target);
    floats.set(operandsOf(shape, 'a'));
    expect(goesByLists(forward(shape, 'none', 0))).toBe(true);
    expect(goesByLists(ofWeights(shape, 'a'))).toBe(true);
    floats.set(operandsOf(shape, 'd'));
    expect(goesByLists(ofWeights(shape, 'd'))).toBe(true);
  });

  it.each(labelled(DENSE))('or leave it: %s', (_label, shape) => {
    const { floats, goesByLists } = observed(target);
    floats.set(operandsOf(shape, 'd'));
    expect(goesByLists(ofWeights(shape, 'd'))).toBe(false);
  });

  it.each(labelled(SPARSE))('see what is not finite though it only meets zeros: %s', (_label, shape) => {
    const [rows, depth, outPanels] = shape.size;
    const { floats, goesByLists } = observed(target);
    const check = (operand: Operand, call: Call, at: number, zero: (before: Float32Array) => void) => {
      for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const before = operandsOf(shape, operand).slice();
        zero(before);
        before[at] = x;
        expect(agree(open, before, call)).toBe(true);
        floats.set(before);
        expect(goesByLists(call)).toBe(false);
        before[at] = 1;
        floats.set(before);
        expect(goesByLists(call)).toBe(true);
      }
    };
    // The last number of either matrix, and zeros in the column or row that meets it.
    const last = depth - 1;
    check('a', forward(shape, 'none', 0), B + (outPanels - 1) * depth * 16 + last * 16 + 15, (before) => {
      for (let r = 0; r < rows; r++) before[A + (last >> 4) * rows * 16 + r * 16 + (last & 15)] = 0;
    });
    const clearLastRow = (before: Float32Array, from: number, panels: number) => {
      for (let panel = 0; panel < panels; panel++)
        before.fill(0, from + (panel + 1) * rows * 16 - 16, from + (panel + 1) * rows * 16);
    };
    check('a', ofWeights(shape, 'a'), B + outPanels * rows * 16 - 1, (before) =>
      clearLastRow(before, A, Math.ceil(depth / 16)),
    );
    // Inputs beyond full panels are left to the dense product.
    check('d', ofWeights(shape, 'd'), A + (depth >> 4) * rows * 16 - 1, (before) => clearLastRow(before, B, outPanels));
  });

  it.each<[Operand, string, (shape: Shape) => Call]>([
    ['a', 'forward', (shape) => forward(shape, 'none', 0)],
    ['a', 'over inputs', (shape) => ofWeights(shape, 'a')],
    ['d', 'over gradients', (shape) => ofWeights(shape, 'd')],
  ])('nor after one whose zeros were all in the first lists: in %s, %s', (operand, _way, callOf) => {
    const shape: Shape = { size: [128, 512, 40], filled: 1 };
    const { floats, products, goesByLists } = observed(target);
    floats.set(operandsOf(shape, operand));
    const from = operand === 'a' ? A : B;
    floats.fill(0, from, from + 8 * 128 * 16);
    const bound = { gemm: products.gemm(16, 16, 'none', 'a'), gemmTransposed: products.gemmTransposed(16, operand) };
    const call = callOf(shape);
    const again: Call = (_products, sparse) =>
      call({ gemm: () => bound.gemm, gemmTransposed: () => bound.gemmTransposed }, sparse);
    const passesOver = Array.from({ length: 17 }, () => goesByLists(again));
    expect(passesOver).toEqual([true, ...new Array<boolean>(15).fill(false), true]);
  });

  it('look at every number of every panel, and at nothing between panels', () => {
    const { exports, memory } = instantiate(compile(kernelModule(target)), SIZE * 4);
    const floats = new Float32Array(memory.buffer);
    const [stride, panels, length] = [64, 3, 48];
    for (let i = 0; i < panels * stride; i++) {
      floats.fill(1, A, A + panels * stride)[A + i] = Number.NEGATIVE_INFINITY;
      const isInside = i % stride < length;
      expect(exports['allFinite']!(A, stride, panels, length), `number ${i}`).toBe(isInside ? 0 : 1);
    }
  });

  it('differ in the sign of a zero at most where float32 ends', () => {
    const shape: Shape = { size: [132, 132, 9], filled: 0.1 };
    for (const [operand, call] of [
      ['a', forward(shape, 'none', 0)],
      ['a', ofWeights(shape, 'a')],
      ['d', ofWeights(shape, 'd')],
    ] as const) {
      const tiny = operandsOf(shape, operand).map((x, i) => (i < C ? x * 3e-23 : x));
      const [sparse, dense] = bothWays(open, tiny, call);
      expect(dense!.some((x) => x !== 0 && Math.abs(x) < 1e-44)).toBe(true);
      expect(sparse!.every((x, i) => x === dense![i])).toBe(true);
    }
  });

  it('are not tried for a while after one that found too few zeros', () => {
    const shape: Shape = { size: [128, 128, 8], filled: 0.3 };
    const { floats, products, goesByLists } = observed(target);
    const gemm = products.gemm(16, 16, 'none', 'a');
    const passesOver = Array.from({ length: 20 }, (_call, call) => {
      floats.set(operandsOf(call === 1 ? { ...shape, filled: 0.9 } : shape, 'a'));
      return goesByLists((_products, sparse) => forward(shape, 'none', 0)({ ...products, gemm: () => gemm }, sparse));
    });
    const times = (count: number, value: boolean) => new Array<boolean>(count).fill(value);
    expect(passesOver).toEqual([true, ...times(16, false), ...times(3, true)]);
  });

  it('hand a number that is none on, so that divergence is noticed', () => {
    const shape: Shape = { size: [128, 128, 8], filled: 0.3 };
    const { kernels, floats } = open(SIZE);
    (floats as Float32Array).set(operandsOf(shape, 'a'));
    // Row 5, column 20.
    floats[A + 128 * 16 + 5 * 16 + 4] = Number.NaN;
    forward(shape, 'none', 0)(kernels, true);
    const broken = Array.from({ length: 128 }, (_row, r) => Number.isNaN(floats[C + r * 16]));
    expect(broken.flatMap((isBroken, r) => (isBroken ? [r] : []))).toEqual([5]);
  });
});
