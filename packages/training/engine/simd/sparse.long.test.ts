import { type Stream, stream } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import {
  bothWays,
  drawOperands,
  engines,
  forward,
  type Operand,
  ofWeights,
  SIZE,
} from '../../fixtures/sparse-products.js';

const SHAPES = 80;

/** What may stand in the memory before a product. */
const CHANGES: Readonly<Record<string, (floats: Float32Array, random: Stream) => void>> = {
  nothing: () => {},
  'a range of 60 powers of ten': (floats, random) => {
    for (let i = 16; i < SIZE; i++) floats[i]! *= 10 ** (60 * random.uniform() - 40);
  },
  'denormal numbers': (floats) => {
    for (let i = 16; i < SIZE; i++) floats[i]! *= 1e-40;
  },
  'some that are not finite': (floats, random) => {
    for (let times = 0; times < 40; times++) {
      floats[16 + random.below(SIZE - 16)] = random.choice([Number.NaN, Number.POSITIVE_INFINITY, -1 / 0]);
    }
  },
};

// The sign of a zero may differ (ADR 49).
const equals = (x: number, y: number) => x === y || (Number.isNaN(x) && Number.isNaN(y));

describe.each(engines)('products of %s that pass over zeros', (_, { open }) => {
  it.each(Object.entries(CHANGES))('leave the same memory as the dense ones, of any size, with %s', (name, change) => {
    const random = stream(49, name);
    for (let number = 0; number < SHAPES; number++) {
      const rows = 4 * (1 + random.below(random.choice([8, 33, 80])));
      const depth = 4 * (1 + random.below(random.choice([18, 70, 130])));
      const outPanels = 1 + random.below(Math.min(40, Math.floor(18_000 / Math.max(rows, depth))));
      if (rows * 16 * Math.ceil(depth / 16) > 280_000) continue;
      const shape = { size: [rows, depth, outPanels], filled: random.choice([0, 0.02, 0.2, 0.4, 0.6]) } as const;
      const operand = random.choice<Operand>(['a', 'd']);
      const floats = drawOperands(shape, operand);
      change(floats, random);
      const epilogue = random.choice(['none', 'relu', 'reluMask'] as const);
      const isForward = operand === 'a' && random.below(2) === 0;
      const call = isForward ? forward(shape, epilogue, 0) : ofWeights(shape, operand);
      const [sparse, dense] = bothWays(open, floats, call);
      const different = sparse!.findIndex((x, i) => !equals(x, dense![i]!));
      expect(different, JSON.stringify({ shape, operand, epilogue, isForward })).toBe(-1);
    }
  });
});
