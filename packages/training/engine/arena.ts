/**
 * Memory of a network, planned before the first step and never grown: one space of elements, addressed by offset.
 *
 * An offset addresses a number in `floats` or an integer in `ints`; in 32-bit engines both are views of one buffer, so a
 * region belongs to either. The first sixteen elements stay zero and stand for "no bias".
 */
export interface Arena {
  readonly floats: Float32Array | Float64Array;
  readonly ints: Int32Array;
}

/** Elements a vector instruction may touch at once; every region starts at a multiple of it. */
const ALIGNMENT = 16;

/** Hands out regions of an arena that does not exist yet. */
export class ArenaPlan {
  #size = ALIGNMENT;

  /** Elements handed out so far, the size the arena needs. */
  get size(): number {
    return this.#size;
  }

  /** Offset of a new region of at least `length` elements, zero at first. */
  reserve(length: number): number {
    const offset = this.#size;
    this.#size += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    return offset;
  }
}
