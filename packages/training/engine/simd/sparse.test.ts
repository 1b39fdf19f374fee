import { stream } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import { drain } from '../../fixtures/jobs.js';
import { JOBS_WITH_ZEROS } from '../../fixtures/random-jobs.js';
import { startMlp } from '../../mlp.js';
import type { Epilogue, Kernels, OpenWorkspace, Sparse } from '../kernels.js';
import { SEPARATE } from '../wasm/instructions.js';
import { detectAbilities } from './detect.js';
import { simdEngine } from './engine.js';
import { NARROW, SMALL, WIDE } from './probe.js';

const { multiplyAdd, fused } = detectAbilities();
const engines = [
  ['wide tiles', simdEngine({ ...WIDE, multiplyAdd: multiplyAdd! }, fused)],
  ['narrow tiles', simdEngine({ ...NARROW, multiplyAdd: multiplyAdd! }, fused)],
  ['small tiles', simdEngine({ ...SMALL, multiplyAdd: multiplyAdd! }, fused)],
  ['separate multiply-add', simdEngine({ ...WIDE, multiplyAdd: SEPARATE }, false)],
] as const;

const SIZE = 1 << 20;
/** Offsets of the operands, of a bias, and of the result, which has room to the end. */
const [A, B, BIAS, C] = [16, 300_000, 590_000, 600_000] as const;

interface Shape {
  /** Rows, inputs and outputs; the first two are multiples of 4. */
  readonly size: readonly [rows: number, depth: number, outPanels: number];
  /** Share of the sparse operand that is not zero. */
  readonly filled: number;
}

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

type Call = (kernels: Kernels, sparse: boolean) => void;
type Operand = 'a' | 'd';

const operands = new Map<string, Float32Array>();

/** Memory before a product. Where the sparse operand is zero, it is so with both signs. */
function operandsOf({ size, filled }: Shape, sparse: Operand): Float32Array {
  const key = JSON.stringify([size, filled, sparse]);
  const known = operands.get(key);
  if (known !== undefined) return known;
  // What is left of another product in the place of this one's must not matter.
  const floats = new Float32Array(SIZE).fill(7);
  const random = stream(7, key);
  const fill = (from: number, to: number, share: number) => {
    for (let i = from; i < to; i++) {
      floats[i] = random.uniform() < share ? 2 * random.uniform() - 1 : random.below(2) === 0 ? 0 : -0;
    }
  };
  fill(A, B, sparse === 'a' ? filled : 1);
  fill(B, BIAS, sparse === 'd' ? filled : 1);
  fill(BIAS, C, 1);
  operands.set(key, floats.fill(0, 0, 16));
  return floats;
}

function forward({ size: [rows, depth, outPanels] }: Shape, epilogue: Epilogue, bias: number): Call {
  const [panels, tail, stride] = [depth >> 4, depth & 15, rows * 16];
  return ({ gemm }, sparse) =>
    gemm(16, 16, epilogue, sparse ? 'a' : 'none')(
      A,
      stride,
      panels,
      tail,
      B,
      depth * 16,
      outPanels,
      C,
      stride,
      bias,
      rows,
      A - C,
    );
}

function ofWeights({ size: [rows, depth, outPanels] }: Shape, operand: Operand): Call {
  return ({ gemmTransposed }, sparse) =>
    gemmTransposed(16, sparse ? operand : 'none')(A, rows * 16, depth, B, rows * 16, outPanels, C, depth * 16, rows);
}

/** Whether all memory is the same, to the bit, after a product that passes over zeros and after one that does not. */
function agree(open: OpenWorkspace, floats: Float32Array, call: Call): boolean {
  const [sparse, dense] = [true, false].map((isSparse) => {
    const workspace = open(SIZE);
    (workspace.floats as Float32Array).set(floats);
    call(workspace.kernels, isSparse);
    const bytes = Buffer.from(workspace.floats.slice().buffer);
    workspace.release();
    return bytes;
  });
  return Buffer.compare(sparse!, dense!) === 0;
}

describe.each(engines)('products of %s that pass over zeros', (_, { open }) => {
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

  // The one thing in which they differ from the dense products, and so what shows that they are not those.
  it.each(labelled(SPARSE))('do not see a number that only meets zeros: %s', (_label, shape) => {
    const [rows, depth, outPanels] = shape.size;
    const hasNaN = (operand: Operand, change: (floats: Float32Array) => void, call: Call): boolean => {
      const { floats, kernels, release } = open(SIZE);
      (floats as Float32Array).set(operandsOf(shape, operand));
      change(floats as Float32Array);
      call(kernels, true);
      release();
      return (floats as Float32Array).subarray(C).some(Number.isNaN);
    };
    // Column 20 of the inputs is zero, and row 20 of the weights no number.
    const unit = (floats: Float32Array) => {
      for (let r = 0; r < rows; r++) floats[A + rows * 16 + r * 16 + 4] = 0;
      for (let panel = 0; panel < outPanels; panel++)
        floats.fill(Number.NaN, B + panel * depth * 16 + 320, B + panel * depth * 16 + 336);
    };
    expect(hasNaN('a', unit, forward(shape, 'none', 0))).toBe(false);
    // Row 20 of either operand is zero, and of the other no number; inputs beyond full panels are left to the dense product.
    const row = (zero: number, zeroPanels: number, other: number, otherPanels: number) => (floats: Float32Array) => {
      for (let panel = 0; panel < zeroPanels; panel++)
        floats.fill(0, zero + panel * rows * 16 + 320, zero + panel * rows * 16 + 336);
      for (let panel = 0; panel < otherPanels; panel++)
        floats.fill(Number.NaN, other + panel * rows * 16 + 320, other + panel * rows * 16 + 336);
    };
    expect(hasNaN('a', row(A, Math.ceil(depth / 16), B, outPanels), ofWeights(shape, 'a'))).toBe(false);
    expect(hasNaN('d', row(B, outPanels, A, depth >> 4), ofWeights(shape, 'd'))).toBe(false);
  });

  it('are not tried for a while after one that found too few zeros', () => {
    const shape: Shape = { size: [128, 128, 8], filled: 0.3 };
    const { kernels, floats } = open(SIZE);
    const gemm = kernels.gemm(16, 16, 'none', 'a');
    const passesOver: boolean[] = [];
    for (let call = 0; call < 20; call++) {
      (floats as Float32Array).set(operandsOf(call === 1 ? { ...shape, filled: 0.9 } : shape, 'a'));
      // Column 20 of the inputs is zero, and row 20 of the weights no number.
      for (let r = 0; r < 128; r++) floats[A + 128 * 16 + r * 16 + 4] = 0;
      floats.fill(Number.NaN, B + 320, B + 336);
      forward(shape, 'none', 0)({ ...kernels, gemm: () => gemm }, true);
      passesOver.push(!Number.isNaN(floats[C]!));
    }
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

/** The same engine, told of no zeros. */
function denseOnly(open: OpenWorkspace): OpenWorkspace {
  return (size) => {
    const workspace = open(size);
    const { gemm, gemmTransposed } = workspace.kernels;
    const kernels: Kernels = {
      ...workspace.kernels,
      gemm: (inWidth, outWidth, epilogue) => gemm(inWidth, outWidth, epilogue),
      gemmTransposed: (width) => gemmTransposed(width),
    };
    return { ...workspace, kernels };
  };
}

/** Counts the products that were told of zeros. */
function counting(open: OpenWorkspace, asked: Set<Sparse>): OpenWorkspace {
  return (size) => {
    const workspace = open(size);
    const { gemm, gemmTransposed } = workspace.kernels;
    const kernels: Kernels = {
      ...workspace.kernels,
      gemm: (...options) => {
        asked.add(options[3] ?? 'none');
        return gemm(...options);
      },
      gemmTransposed: (...options) => {
        asked.add(options[1] ?? 'none');
        return gemmTransposed(...options);
      },
    };
    return { ...workspace, kernels };
  };
}

describe('networks with zeros', () => {
  it.each([
    ['relu', ['a', 'd', 'none']],
    ['relu and dropout', ['a', 'd', 'none']],
    ['relu under batch norm', ['a', 'none']],
    ['tanh with dropout', ['a', 'd', 'none']],
    ['tanh', ['none']],
  ])('train to the same bits either way: %s', (name, operands) => {
    const job = JOBS_WITH_ZEROS[name]!;
    const asked = new Set<Sparse>();
    for (const [, { open }] of engines.slice(0, 3)) {
      const [skipping, plain] = [counting(open, asked), denseOnly(open)].map((way) => {
        const run = startMlp(job, undefined, way);
        const steps = drain(run);
        return { steps, state: run.checkpoint() };
      });
      expect(skipping!.steps).toEqual(plain!.steps);
      expect(Buffer.compare(skipping!.state, plain!.state)).toBe(0);
    }
    expect([...asked].sort()).toEqual(operands);
  });
});
