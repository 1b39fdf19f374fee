/**
 * 31 random bits for element `i` of a layer under two 32-bit keys, which change with every step and layer. A counter
 * instead of a generator: the backward pass computes the same bits again, and a resumed run needs no state.
 *
 * Two rounds of multiply and xor-shift ("lowbias32" of C. Wellons' hash prospector), the second key let in between.
 */
export function dropoutBits(i: number, key0: number, key1: number): number {
  let x = (Math.imul(i, GOLDEN) + key0) | 0;
  x ^= x >>> 16;
  x = (Math.imul(x, MULTIPLIER_0) + key1) | 0;
  x ^= x >>> 15;
  x = Math.imul(x, MULTIPLIER_1);
  x ^= x >>> 15;
  return x >>> 1;
}

/** An element is kept when its bits are below this. */
export function dropoutThreshold(keepProb: number): number {
  return Math.floor(keepProb * 2_147_483_647);
}

/** 2^32 divided by the golden ratio: spreads neighbouring counters over all bits. */
export const GOLDEN = 0x9e3779b1 | 0;
export const MULTIPLIER_0 = 0x21f0aaad;
export const MULTIPLIER_1 = 0x735a2d97;
