import { Stream, stream, streamKey } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import type { Kernels, PanelWidth, Workspace } from '../kernels.js';
import { openDoubleWorkspace, openScalarWorkspace } from '../scalar/workspace.js';
import { SEPARATE } from '../wasm/instructions.js';
import { detectAbilities } from './detect.js';
import { simdEngine } from './engine.js';
import { GEMMS } from './kernel-module.js';
import { NARROW, SMALL, WIDE } from './probe.js';

const { multiplyAdd, fused } = detectAbilities();
const engines = [
  ['wide tiles', simdEngine({ ...WIDE, multiplyAdd: multiplyAdd! }, fused)],
  ['narrow tiles', simdEngine({ ...NARROW, multiplyAdd: multiplyAdd! }, fused)],
  ['small tiles', simdEngine({ ...SMALL, multiplyAdd: multiplyAdd! }, fused)],
  ['separate multiply-add', simdEngine({ rows: 4, vectors: 4, unroll: 4, multiplyAdd: SEPARATE }, false)],
] as const;

const SIZE = 1 << 17;
/** Offsets of a kernel's operands. */
const [A, B, C, D] = [16, 40_000, 80_000, 110_000] as const;

const noise = (() => {
  const random = stream(1, 'noise');
  return Float32Array.from({ length: 2 * SIZE }, () => 2 * random.uniform() - 1);
})();

/** From here on there are integers in some tests: indices, labels, counters. */
const INTEGERS = 120_000;

/** Runs the same call on an engine and on the double-precision twin over the same numbers, and compares all memory. */
function compare(
  open: (size: number) => Workspace,
  options: {
    readonly seed: number;
    readonly call: (kernels: Kernels, random: Stream) => unknown;
    readonly prepare?: (workspace: Workspace, random: Stream) => void;
    readonly tolerance?: number;
  },
): void {
  const tolerance = options.tolerance ?? 2e-6;
  const twin = openDoubleWorkspace(SIZE);
  const tested = open(SIZE);
  for (const workspace of [twin, tested]) {
    workspace.floats.set(noise.subarray(options.seed * 1000, options.seed * 1000 + INTEGERS - 16), 16);
    options.prepare?.(workspace, stream(options.seed, 'prepare'));
  }
  const before = twin.floats.slice(0, INTEGERS);
  const expected = options.call(twin.kernels, stream(options.seed, 'call'));
  const actual = options.call(tested.kernels, stream(options.seed, 'call'));
  if (typeof expected === 'number' && typeof actual === 'number') {
    expect(Math.abs(actual - expected)).toBeLessThan(tolerance * (1 + Math.abs(expected)));
  } else {
    expect(twin.floats.subarray(0, INTEGERS)).not.toEqual(before);
  }
  let worst = 0;
  for (let i = 0; i < INTEGERS; i++) {
    const error = Math.abs(tested.floats[i]! - twin.floats[i]!) / (1 + Math.abs(twin.floats[i]!));
    if (!(error <= worst)) worst = error;
  }
  expect(worst).toBeLessThan(tolerance);
  expect([...tested.ints.subarray(INTEGERS, INTEGERS + 600)]).toEqual([
    ...twin.ints.subarray(INTEGERS, INTEGERS + 600),
  ]);
}

const up4 = (n: number) => (n + 3) & ~3;
const widths: readonly PanelWidth[] = [4, 16];

describe.each(engines)('kernels of %s agree with their TypeScript twins', (_, engine) => {
  const check = (options: Parameters<typeof compare>[1]) => compare(engine.open, options);

  it.each(GEMMS)('gemm %i to %i, %s', (inWidth, outWidth, epilogue) => {
    for (let seed = 0; seed < 12; seed++) {
      const tolerance = 2e-5;
      check({
        seed,
        tolerance,
        call: (kernels, random) => {
          const rows = 4 * (1 + random.below(5));
          const panels = random.below(seed === 0 ? 40 : 5);
          const tail = panels === 0 ? 4 : Math.min(inWidth, 4 * random.below(5));
          const outPanels = 1 + random.below(3);
          const depth = panels * inWidth + tail;
          const bias = random.below(2) * D;
          const aux = A - C;
          kernels.gemm(inWidth, outWidth, epilogue)(
            A,
            rows * inWidth,
            panels,
            tail,
            B,
            depth * outWidth,
            outPanels,
            C,
            rows * outWidth,
            bias,
            rows,
            aux,
          );
        },
      });
    }
  });

  it.each(widths)('gemmTransposed, columnSums and transpose, width %i', (width) => {
    for (let seed = 0; seed < 12; seed++) {
      check({
        seed,
        tolerance: 2e-5,
        call: (kernels, random) => {
          const rows = 4 * (1 + random.below(9));
          const depth = 4 * (1 + random.below(14));
          const outPanels = 1 + random.below(3);
          kernels.gemmTransposed(width)(A, rows * 16, depth, B, rows * width, outPanels, C, depth * width, rows);
          kernels.columnSums(width)(B, rows * width, outPanels, D, rows);
          kernels.transpose(width)(A, depth * width, depth, outPanels, 60_000, outPanels * width * 16);
        },
      });
    }
  });

  it.each([0, 1, 1000])('random words from block %i on: those of the stream', (block) => {
    const key = streamKey(3, 'words');
    const words = new Stream(key);
    for (let i = 0; i < 4 * block; i++) words.uint32();
    const expected = Array.from({ length: 100 }, () => words.uint32() | 0);
    for (const { kernels, ints } of [engine.open(SIZE), openDoubleWorkspace(SIZE)]) {
      kernels.randomWords(A, 100, block, key.low, key.high);
      expect([...ints.subarray(A, A + 101)]).toEqual([...expected, 0]);
    }
  });

  it.each([1, 2, 3, 4, 5, 97, 5000])('permute %i: the permutation of the stream', (n) => {
    for (let seed = 0; seed < 3; seed++) {
      const key = streamKey(seed, 'shuffle');
      const { ints, kernels } = engine.open(SIZE);
      kernels.permute(A, n, key.low, key.high);
      expect(ints.slice(A, A + n)).toEqual(new Stream(key).permutation(n));
      expect(ints[A - 1]).toBe(0);
      expect(ints[A + n]).toBe(0);
    }
  });

  it('gather, the padding rows zeroed', () => {
    for (let seed = 0; seed < 24; seed++) {
      const rows = 1 + seed;
      check({
        seed,
        tolerance: 1e-30,
        prepare: ({ ints }, random) => {
          for (let r = 0; r < rows; r++) ints[INTEGERS + r] = random.below(100);
        },
        call: (kernels) => kernels.gather(A, 48, INTEGERS, rows, 3, C, up4(rows) * 16),
      });
    }
  });

  it.each(['relu', 'leakyRelu', 'tanh', 'sigmoid'] as const)('%s forward and backward', (activation) => {
    for (const scale of [1e-3, 1, 10, 100]) {
      check({
        seed: 1,
        prepare: ({ floats }) => {
          for (let i = A; i < A + 4000; i++) floats[i] = Math.fround(floats[i]! * scale);
        },
        call: (kernels) => {
          kernels.activate(activation)(A, 1600);
          kernels.activateBackward(activation)(B, A, 1600);
        },
      });
    }
  });

  it('dropout: the same elements', () => {
    for (const keepProb of [0.5, 0.8, 0.99]) {
      check({
        seed: 2,
        tolerance: 3e-7,
        call: (kernels, random) => {
          kernels.dropout(A, B, 4000, random.uint32() | 0, random.uint32() | 0, keepProb);
          kernels.dropout(C, C, 160, random.uint32() | 0, random.uint32() | 0, keepProb);
        },
      });
    }
  });

  const losses: readonly (readonly [string, (kernels: Kernels) => Kernels['logistic'], number, PanelWidth, number])[] =
    [
      ['softmax of 3', (k) => k.softmaxCrossEntropy(4, 1), 3, 4, 1],
      ['softmax of 10', (k) => k.softmaxCrossEntropy(16, 1), 10, 16, 1],
      ['softmax of 40', (k) => k.softmaxCrossEntropy(16, 3), 40, 16, 3],
      ['logistic', (k) => k.logistic, 2, 4, 1],
      ['squared error', (k) => k.squaredError, 0, 4, 1],
    ];
  it.each(losses)('%s', (_name, pick, classes, width, panels) => {
    for (const [seed, scale] of [1e-3, 1, 5, 30].entries()) {
      const rows = 5 + seed;
      const stride = up4(rows) * width;
      const targets = classes > 0 ? INTEGERS + 100 : D;
      check({
        seed,
        tolerance: 4e-6,
        prepare: ({ floats, ints }, random) => {
          for (let i = A; i < A + panels * stride; i++) floats[i] = Math.fround(floats[i]! * scale);
          for (let r = 0; r < rows; r++) {
            ints[INTEGERS + r] = rows - 1 - r;
            if (classes > 0) ints[INTEGERS + 100 + r] = random.below(classes);
            else floats[D + r] = Math.fround(random.normal());
            if (classes > 2) {
              for (let unit = classes; unit < panels * width; unit++) {
                floats[A + Math.floor(unit / width) * stride + r * width + (unit % width)] = Math.fround(-1e30);
              }
            }
          }
          ints[INTEGERS + 500] = 3;
        },
        call: (kernels) => {
          const loss = pick(kernels)(A, stride, panels, C, targets, INTEGERS, rows, 1 / rows, B, INTEGERS + 500);
          return loss;
        },
      });
    }
  });

  it('maskScale and scale', () => {
    check({
      seed: 5,
      call: (kernels) => {
        kernels.maskScale(A, B, 160, 1.25);
        kernels.scale(C, 160, 0.3);
      },
    });
  });

  it.each(['none', 'relu'] as const)('batch norm, forward, backward and at test time: %s', (epilogue) => {
    for (const rows of [2, 3, 8, 17]) {
      check({
        seed: rows,
        tolerance: 2e-5,
        prepare: ({ floats }) => {
          for (let i = D; i < D + 500; i++) floats[i] = Math.abs(floats[i]!);
        },
        call: (kernels) => {
          const stride = up4(rows) * 16;
          const [gamma, beta, mean, variance, inverse] = [0, 1, 2, 3, 4].map((i) => D + 100 * i);
          kernels.batchNormForward(epilogue)(
            A,
            stride,
            3,
            B,
            gamma!,
            beta!,
            mean!,
            variance!,
            inverse!,
            rows,
            0.9,
            1e-5,
          );
          kernels.batchNormBackward(C, stride, 3, A, gamma!, inverse!, D + 1000, D + 1100, rows);
          kernels.affine(epilogue)(C, stride, 3, C + 5000, gamma!, beta!, rows);
        },
      });
    }
  });

  it('penalty and sumOfSquares', () => {
    check({
      seed: 3,
      prepare: ({ floats }) => floats.fill(0, A + 8, A + 12),
      call: (kernels) => {
        kernels.penalty(A, B, 160, 0.3, 0.2);
        return kernels.sumOfSquares(C, 1600);
      },
    });
    check({ seed: 3, call: (kernels) => kernels.penalty(A, B, 160, 0.3, 0.2) });
  });

  it.each(['gd', 'momentum', 'rmsprop', 'adam'] as const)('%s', (name) => {
    check({
      seed: 4,
      tolerance: 1e-5,
      prepare: ({ floats }) => {
        for (let i = D; i < D + 4000; i++) floats[i] = Math.abs(floats[i]!);
        floats
          .fill(1e-37, C, C + 16)
          .fill(1e-37, D, D + 16)
          .fill(0, B, B + 16);
      },
      call: (kernels) => {
        const scalars = {
          gd: [0.1, 0, 0, 0, 0],
          momentum: [0.1, 0.9, 0, 0, 0],
          rmsprop: [0.1, 0.99, 1e-8, 0, 0],
          adam: [0.1, 1.5, 0.9, 0.999, 1e-8],
        } as const;
        const [s0, s1, s2, s3, s4] = scalars[name];
        kernels.optimizerStep(name)(A, B, C, D, 1600, s0, s1, s2, s3, s4);
      },
    });
  });
});

it('counts wrong rows as the twin does, ties and NaN included', () => {
  for (const open of [openScalarWorkspace, ...engines.map(([, { open }]) => open)]) {
    const { floats, ints, kernels } = open(4096);
    floats.fill(1, 2000, 2100);
    const rows = [
      [0, 0, 0, -1e30],
      [0, 0, 0, -1e30],
      [1, 3, 2, -1e30],
      [Number.NaN, 3, 2, -1e30],
    ];
    rows.forEach((row, r) => {
      floats.set(row, 16 + 4 * r);
      ints[1000 + r] = r;
      ints[1100 + r] = [0, 1, 1, 0][r]!;
    });
    expect(kernels.softmaxCrossEntropy(4, 1)(16, 16, 1, 512, 1100, 1000, 4, 1, 2000, 1200)).toBeNaN();
    expect(ints[1200]).toBe(2);
    for (let r = 0; r < 4; r++) floats[16 + 4 * r] = [0, 2, -2, Number.NaN][r]!;
    for (let r = 0; r < 4; r++) ints[1100 + r] = [0, 1, 1, 0][r]!;
    ints[1200] = 0;
    kernels.logistic(16, 16, 1, 512, 1100, 1000, 4, 1, 2000, 1200);
    expect(ints[1200]).toBe(2);
  }
});
