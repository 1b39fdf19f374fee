import type { Expr, Statement } from '../wasm/code.js';
import { f32x4, v128 } from '../wasm/instructions.js';
import type { Local } from '../wasm/module.js';
import { range } from './target.js';

type Four = readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];

/** A block of 4 x 4 turned: first the statement, which uses `pairs` as scratch, and then each column of the four rows. */
export function turned(
  rows: readonly Local<'v128'>[],
  pairs: readonly Local<'v128'>[],
): { readonly first: Statement; readonly columns: readonly Expr<'v128'>[] } {
  const [a, b, c, d] = rows as unknown as Four;
  const [lowOfAB, highOfAB, lowOfCD, highOfCD] = pairs as unknown as Four;
  return {
    first: [
      lowOfAB.set(v128.shuffle(a, b, [0, 4, 1, 5])),
      highOfAB.set(v128.shuffle(a, b, [2, 6, 3, 7])),
      lowOfCD.set(v128.shuffle(c, d, [0, 4, 1, 5])),
      highOfCD.set(v128.shuffle(c, d, [2, 6, 3, 7])),
    ],
    columns: [
      v128.shuffle(lowOfAB, lowOfCD, [0, 1, 4, 5]),
      v128.shuffle(lowOfAB, lowOfCD, [2, 3, 6, 7]),
      v128.shuffle(highOfAB, highOfCD, [0, 1, 4, 5]),
      v128.shuffle(highOfAB, highOfCD, [2, 3, 6, 7]),
    ],
  };
}

/** The first column of four rows of a panel of 4. */
export function loadFirstColumn(at: Local<'i32'>): Expr<'v128'> {
  const [low, high] = [0, 32].map((offset) =>
    v128.shuffle(v128.load(at, offset), v128.load(at, offset + 16), [0, 4, 0, 4]),
  );
  return v128.shuffle(low!, high!, [0, 1, 4, 5]);
}

/** A lane of `x` as the first column of its row of a panel of 4, the others zero. */
export function storeFirst(at: Local<'i32'>, x: Local<'v128'>, lane: number, offset = 0): Statement {
  return v128.store(at, v128.shuffle(x, f32x4.of(0), [lane, 4, 4, 4]), offset + lane * 16);
}

/** All four lanes. */
export function storeFirstColumn(at: Local<'i32'>, x: Local<'v128'>, offset = 0): Statement {
  return range(4).map((lane) => storeFirst(at, x, lane, offset));
}
