import { log } from './elementary.js';

/**
 * L of a symmetric positive definite matrix A = L Lᵀ that grows by rows: row i depends on the rows above it alone, so a
 * factor that was extended has the same bits as one made in one go.
 *
 * | symbol | meaning                                             | shape  |
 * | ------ | --------------------------------------------------- | ------ |
 * | A      | the matrix                                          | [n, n] |
 * | L      | lower triangle; (i, j) is entry i(i+1)/2 + j packed | [n, n] |
 * | b, x   | right-hand side, solution                           | [n]    |
 *
 * Source: Golub and Van Loan, Matrix Computations, 4.2.
 */
export class Cholesky {
  #size = 0;
  #packed: Float64Array;

  /** @param capacity rows to make room for; more are taken all the same */
  constructor(capacity = 16) {
    this.#packed = new Float64Array(packedSize(capacity));
  }

  /** Rows so far, n. */
  get size(): number {
    return this.#size;
  }

  /**
   * Extends A by a row, entries (n, 0) to (n, n).
   *
   * Returns whether A is still positive definite to working precision; where it is not, nothing has changed.
   */
  append(row: ArrayLike<number>): boolean {
    const n = this.#size;
    const start = packedSize(n);
    if (this.#packed.length < start + n + 1) this.#makeRoom();
    const packed = this.#packed;
    for (let j = 0; j <= n; j++) {
      // Four sums, so that no addition waits for the one before.
      const other = packedSize(j);
      let [a, b, c, d] = [0, 0, 0, 0];
      let k = 0;
      for (; k + 3 < j; k += 4) {
        a += packed[start + k]! * packed[other + k]!;
        b += packed[start + k + 1]! * packed[other + k + 1]!;
        c += packed[start + k + 2]! * packed[other + k + 2]!;
        d += packed[start + k + 3]! * packed[other + k + 3]!;
      }
      for (; k < j; k++) a += packed[start + k]! * packed[other + k]!;
      const rest = row[j]! - (a + b + (c + d));
      if (j < n) packed[start + j] = rest / packed[other + j]!;
      else if (rest > 4 * Number.EPSILON * row[n]!) packed[start + n] = Math.sqrt(rest);
      else return false;
    }
    this.#size = n + 1;
    return true;
  }

  /** Solves L x = b in place. */
  solveLower(b: Float64Array): void {
    const packed = this.#packed;
    for (let i = 0; i < this.#size; i++) {
      const start = packedSize(i);
      let [p, q, r, s] = [0, 0, 0, 0];
      let j = 0;
      for (; j + 3 < i; j += 4) {
        p += packed[start + j]! * b[j]!;
        q += packed[start + j + 1]! * b[j + 1]!;
        r += packed[start + j + 2]! * b[j + 2]!;
        s += packed[start + j + 3]! * b[j + 3]!;
      }
      for (; j < i; j++) p += packed[start + j]! * b[j]!;
      b[i] = (b[i]! - (p + q + (r + s))) / packed[start + i]!;
    }
  }

  /**
   * Solves L x = b in place for four b at once, [4, n], in half the time of one after the other; with `rows`, for the first
   * entries of each x only.
   */
  solveLowerFour(b: Float64Array, rows = this.#size): void {
    const packed = this.#packed;
    const n = this.#size;
    for (let i = 0; i < rows; i++) {
      const start = packedSize(i);
      let [p, q, r, s] = [0, 0, 0, 0];
      for (let j = 0; j < i; j++) {
        const factor = packed[start + j]!;
        p += factor * b[j]!;
        q += factor * b[n + j]!;
        r += factor * b[2 * n + j]!;
        s += factor * b[3 * n + j]!;
      }
      const diagonal = packed[start + i]!;
      b[i] = (b[i]! - p) / diagonal;
      b[n + i] = (b[n + i]! - q) / diagonal;
      b[2 * n + i] = (b[2 * n + i]! - r) / diagonal;
      b[3 * n + i] = (b[3 * n + i]! - s) / diagonal;
    }
  }

  /** Solves Lᵀ x = b in place. */
  solveUpper(b: Float64Array): void {
    const packed = this.#packed;
    for (let i = this.#size - 1; i >= 0; i--) {
      const start = packedSize(i);
      const x = b[i]! / packed[start + i]!;
      b[i] = x;
      for (let j = 0; j < i; j++) b[j]! -= packed[start + j]! * x;
    }
  }

  /** log det A / 2, the sum of the logarithms of L's diagonal, by `log`. */
  halfLogDeterminant(): number {
    let sum = 0;
    for (let i = 0; i < this.#size; i++) sum += log(this.#packed[packedSize(i) + i]!);
    return sum;
  }

  /** The inverse of A, its lower triangle packed by rows, n(n+1)/2. */
  inverse(): Float64Array {
    const n = this.#size;
    const inverse = invertLower(this.#packed, n);
    // A⁻¹ = L⁻ᵀ L⁻¹: entry (i, j) needs the rows k >= i of L⁻¹ only, so row by row it can take their place.
    for (let i = 0; i < n; i++) {
      const start = packedSize(i);
      const scaled = inverse[start + i]!;
      for (let j = 0; j <= i; j++) inverse[start + j]! *= scaled;
      for (let k = i + 1; k < n; k++) {
        const other = packedSize(k);
        const factor = inverse[other + i]!;
        for (let j = 0; j <= i; j++) inverse[start + j]! += factor * inverse[other + j]!;
      }
    }
    return inverse;
  }

  #makeRoom(): void {
    const grown = new Float64Array(packedSize(2 * this.#size + 16));
    grown.set(this.#packed);
    this.#packed = grown;
  }
}

/** Entries of the packed lower triangle of n rows, and so where row n begins. */
export function packedSize(n: number): number {
  return (n * (n + 1)) / 2;
}

/** L⁻¹, row by row: row i is what L's row i makes of the rows above. */
function invertLower(packed: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(packedSize(n));
  for (let i = 0; i < n; i++) {
    const start = packedSize(i);
    for (let k = 0; k < i; k++) {
      const other = packedSize(k);
      const factor = packed[start + k]!;
      for (let j = 0; j <= k; j++) inverse[start + j]! -= factor * inverse[other + j]!;
    }
    const diagonal = packed[start + i]!;
    for (let j = 0; j < i; j++) inverse[start + j]! /= diagonal;
    inverse[start + i] = 1 / diagonal;
  }
  return inverse;
}
