import type { MultiplyAdd } from '../wasm/instructions.js';

/**
 * How the kernels are laid out for a machine. The tile cannot change a result: every output element sees the same
 * sequence of multiply-adds in any of them. Fused or separate multiply-adds do.
 */
export interface Target extends Layout {
  readonly multiplyAdd: MultiplyAdd;
}

/** The part of it that decides speed alone. */
export interface Layout {
  /** Rows of a tile: 6 keep both multiply-add units busier than 4, where the compiler has registers enough for 12 sums. */
  readonly rows: 4 | 6;
  /** Vectors of four columns in a tile: 4 where the engine pairs them into 256-bit registers, else 2. */
  readonly vectors: 2 | 4;
  /** Steps of the innermost loop written out; 1 for engines that would hoist all loads and run out of registers. */
  readonly unroll: 1 | 4;
}

export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
