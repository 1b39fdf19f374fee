import { type StreamKey, uint32At } from './rng.js';
import { JOE_KUO_DIRECTIONS } from './sobol-directions.js';

/** Dimensions there are direction numbers for. */
export const SOBOL_DIMENSIONS = 256;

const BITS = 32;
const TWO_53 = 9_007_199_254_740_992;

/**
 * Coordinate of point `index` of the Sobol sequence as a 32-bit integer: the fraction times 2^32. Computed directly, in
 * the order of Antonov and Saleev (Gray code), which is that of Joe and Kuo's program and of scipy; the first 2^k points
 * are the same set in every order.
 *
 * Source: Joe and Kuo, SIAM J. Sci. Comput. 30 (2008); Bratley and Fox, Algorithm 659, ACM TOMS 14 (1988).
 *
 * @param index 0 <= index < 2^32
 * @param dimension from 0, below `SOBOL_DIMENSIONS`
 */
export function sobolInteger(index: number, dimension: number): number {
  return combine(index, directionsOf(dimension));
}

/**
 * One coordinate of the Owen-scrambled sequence as a function of the point's index, uniform in [0, 1) over the keys.
 * The 1-D projection of the first 2^k points has one point in each of 2^k equal parts. Keys of different dimensions
 * should differ.
 *
 * Source: Burley, "Practical hash-based Owen scrambling", JCGT 9 (2020); the hash has Vegdahl's constants (2021), which
 * repair a bias of the published ones. Below the 32nd bit the points all lie in different intervals, where nested
 * scrambling amounts to independent random bits.
 */
export function sobolAxis(dimension: number, key: StreamKey): (index: number) => number {
  const directions = directionsOf(dimension);
  const seed = (key.low ^ Math.imul(key.high, 0x9e3779b1)) >>> 0;
  return (index) => {
    const high = scramble(combine(index, directions), seed);
    return (high * 2_097_152 + (uint32At(key, index) >>> 11)) / TWO_53;
  };
}

function combine(index: number, directions: Uint32Array): number {
  let bits = 0;
  let gray = (index ^ (index >>> 1)) >>> 0;
  for (let bit = 0; gray !== 0; bit++, gray >>>= 1) {
    if ((gray & 1) === 1) bits ^= directions[bit]!;
  }
  return bits >>> 0;
}

/** Nested uniform scrambling: each bit is flipped or not by a hash of the bits above it. */
function scramble(x: number, seed: number): number {
  return reverseBits(scrambleUpwards(reverseBits(x), seed));
}

/** Laine-Karras style permutation: a bit of the result depends on the seed and on the bits at and below it. */
function scrambleUpwards(x: number, seed: number): number {
  let y = x ^ Math.imul(x, 0x3d20adea);
  y = (y + seed) | 0;
  y = Math.imul(y, (seed >>> 16) | 1);
  y ^= Math.imul(y, 0x05526c56);
  y ^= Math.imul(y, 0x53a22864);
  return y >>> 0;
}

function reverseBits(x: number): number {
  let y = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  y = ((y >>> 2) & 0x33333333) | ((y & 0x33333333) << 2);
  y = ((y >>> 4) & 0x0f0f0f0f) | ((y & 0x0f0f0f0f) << 4);
  y = ((y >>> 8) & 0x00ff00ff) | ((y & 0x00ff00ff) << 8);
  return ((y >>> 16) | (y << 16)) >>> 0;
}

const tables: (Uint32Array | undefined)[] = [];

/** Direction numbers V_1 ... V_32 of a dimension, the most significant bit first. */
function directionsOf(dimension: number): Uint32Array {
  let table = tables[dimension];
  if (table === undefined) {
    table = buildDirections(dimension);
    tables[dimension] = table;
  }
  return table;
}

function buildDirections(dimension: number): Uint32Array {
  if (!Number.isInteger(dimension) || dimension < 0 || dimension >= SOBOL_DIMENSIONS) {
    throw new RangeError(`the Sobol sequence has dimensions 0 to ${SOBOL_DIMENSIONS - 1} here, not ${dimension}`);
  }
  const directions = new Uint32Array(BITS);
  if (dimension === 0) return directions.map((_, i) => 1 << (BITS - 1 - i));
  const line = JOE_KUO_DIRECTIONS.trim().split('\n')[dimension - 1]!;
  const [, degree, inner, ...initial] = line.split(' ').map(Number) as [number, number, number, ...number[]];
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      directions[i] = initial[i]! << (BITS - 1 - i);
      continue;
    }
    const back = directions[i - degree]!;
    let next = back ^ (back >>> degree);
    for (let k = 1; k < degree; k++) {
      if (((inner >>> (degree - 1 - k)) & 1) === 1) next ^= directions[i - k]!;
    }
    directions[i] = next;
  }
  return directions;
}
