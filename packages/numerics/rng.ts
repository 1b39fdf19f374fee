import { normalQuantile } from './normal.js';
import { philox4x32 } from './philox.js';

/** What a stream is told apart by: a purpose ("split", "dropout"), a name, a trial number. Numbers are safe integers. */
export type StreamPart = string | number;

/** 64 bits that select a stream; two unsigned 32-bit words. */
export interface StreamKey {
  readonly low: number;
  readonly high: number;
}

// The last word of the counter keeps the uses of one key apart.
const USE_SEQUENCE = 0;
const USE_NUMBER = 1;
const USE_STRING = 2;
const USE_INDEXED = 3;

const TWO_32 = 4_294_967_296;
const TWO_53 = 9_007_199_254_740_992;

// Scratch of one call; holds nothing between calls.
const counter = new Uint32Array(4);
const keyWords = new Uint32Array(2);
const block = new Uint32Array(4);

/**
 * The stream of random numbers that belongs to a seed and a list of parts. Equal arguments give equal streams,
 * different ones independent streams; the number 1 and the string "1" are different parts.
 *
 * @param seed safe integer from 0
 */
export function stream(seed: number, ...parts: readonly StreamPart[]): Stream {
  return new Stream(streamKey(seed, ...parts));
}

/** The key of `stream(seed, ...parts)`, for draws by index (`uniformAt`). */
export function streamKey(seed: number, ...parts: readonly StreamPart[]): StreamKey {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`a seed is a safe integer from 0, not ${seed}`);
  return extendKey({ low: seed >>> 0, high: Math.floor(seed / TWO_32) }, parts);
}

/** Draw number `index` of a key, uniform in [0, 1) with 53 bits: a function of both alone, at any index first. */
export function uniformAt(key: StreamKey, index: number): number {
  runBlock(key, { low: index, high: Math.floor(index / TWO_32), use: USE_INDEXED, extra: 0 });
  return unit53(block[0]!, block[1]!);
}

/** 32 random bits, draw number `index` of a key; independent of `uniformAt` of the same index. */
export function uint32At(key: StreamKey, index: number): number {
  runBlock(key, { low: index, high: Math.floor(index / TWO_32), use: USE_INDEXED, extra: 1 });
  return block[0]!;
}

/**
 * The words of a key's sequence, as `Stream.uint32` draws them, from word 4 * `firstBlock` on: as many as `out` holds, a
 * multiple of 4.
 */
export function fillWords(key: StreamKey, firstBlock: number, out: Int32Array): void {
  for (let at = 0; at < out.length; at += 4) {
    const index = firstBlock + at / 4;
    runBlock(key, { low: index, high: Math.floor(index / TWO_32), use: USE_SEQUENCE, extra: 0 });
    out.set(block, at);
  }
}

/** What `Stream.uniformOpen` makes of two words, signed or not. */
export function openUnit(high: number, low: number): number {
  return ((high >>> 6) * 67_108_864 + (low >>> 6) + 0.5) / 4_503_599_627_370_496;
}

/** A sequence of random numbers of one key (Philox4x32-10 in counter mode). It has a position and is never shared. */
export class Stream {
  readonly #key: StreamKey;
  #nextBlock = 0;
  #used = 4;
  #word0 = 0;
  #word1 = 0;
  #word2 = 0;
  #word3 = 0;

  constructor(key: StreamKey) {
    this.#key = key;
  }

  /** What this stream is told apart by. */
  get key(): StreamKey {
    return this.#key;
  }

  /** A stream of its own for a part of the work; does not depend on how much of this one has been drawn. */
  split(...parts: readonly StreamPart[]): Stream {
    return new Stream(extendKey(this.#key, parts));
  }

  /** 32 random bits, as an integer from 0 to 2^32 - 1. */
  uint32(): number {
    if (this.#used === 4) this.#refill();
    switch (this.#used++) {
      case 0:
        return this.#word0;
      case 1:
        return this.#word1;
      case 2:
        return this.#word2;
      default:
        return this.#word3;
    }
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  uniform(): number {
    const high = this.uint32();
    return unit53(high, this.uint32());
  }

  /** Uniform in the open interval (0, 1), symmetric about 1/2: an odd multiple of 2^-53. */
  uniformOpen(): number {
    const high = this.uint32();
    return openUnit(high, this.uint32());
  }

  /** A whole number from 0 to n - 1, every one equally likely. `n` is a safe integer from 1. */
  below(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`below() needs a safe integer from 1, not ${n}`);
    if (n < TWO_32) {
      // As unsigned integers, whose remainder is ten times faster than that of doubles.
      const divisor = n >>> 0;
      for (;;) {
        const bits = this.uint32() >>> 0;
        const rest = bits % divisor;
        // Taken when its whole run of n values lies below 2^32; else the last values would be less likely.
        if (bits - rest <= TWO_32 - divisor) return rest;
      }
    }
    if (n === TWO_32) return this.uint32();
    const limit = TWO_53 - (TWO_53 % n);
    for (;;) {
      const high = this.uint32() >>> 11;
      const bits = high * TWO_32 + this.uint32();
      if (bits < limit) return bits % n;
    }
  }

  /** Normal with mean 0 and standard deviation 1, by inversion: one uniform number each. */
  normal(): number {
    return normalQuantile(this.uniformOpen());
  }

  /** One of the items, every one equally likely. Throws a RangeError for an empty list. */
  choice<T>(items: ArrayLike<T>): T {
    return items[this.below(items.length)] as T;
  }

  /** Puts the items in random order, in place (Fisher and Yates), and returns them. */
  shuffle<A extends Int32Array | Uint32Array | Float32Array | Float64Array>(items: A): A {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const item = items[i]!;
      items[i] = items[j]!;
      items[j] = item;
    }
    return items;
  }

  /** The numbers 0 to n - 1 in random order. */
  permutation(n: number): Int32Array {
    const items = new Int32Array(n);
    for (let i = 0; i < n; i++) items[i] = i;
    return this.shuffle(items);
  }

  #refill(): void {
    const index = this.#nextBlock++;
    runBlock(this.#key, { low: index, high: Math.floor(index / TWO_32), use: USE_SEQUENCE, extra: 0 });
    this.#word0 = block[0]!;
    this.#word1 = block[1]!;
    this.#word2 = block[2]!;
    this.#word3 = block[3]!;
    this.#used = 0;
  }
}

function extendKey(start: StreamKey, parts: readonly StreamPart[]): StreamKey {
  let key = start;
  for (const part of parts) key = typeof part === 'number' ? absorbNumber(key, part) : absorbString(key, part);
  return key;
}

function absorbNumber(key: StreamKey, part: number): StreamKey {
  if (!Number.isSafeInteger(part)) throw new RangeError(`a stream part is a safe integer or a string, not ${part}`);
  runBlock(key, { low: part, high: Math.floor(part / TWO_32), use: USE_NUMBER, extra: 0 });
  return { low: block[0]!, high: block[1]! };
}

/** Four UTF-16 units a block; the length in every block keeps "a" and "a\0" apart. */
function absorbString(start: StreamKey, part: string): StreamKey {
  let key = start;
  let i = 0;
  do {
    const low = unitAt(part, i) | (unitAt(part, i + 1) << 16);
    const high = unitAt(part, i + 2) | (unitAt(part, i + 3) << 16);
    runBlock(key, { low, high, use: USE_STRING, extra: part.length });
    key = { low: block[0]!, high: block[1]! };
    i += 4;
  } while (i < part.length);
  return key;
}

function unitAt(text: string, i: number): number {
  return i < text.length ? text.charCodeAt(i) : 0;
}

interface BlockInput {
  readonly low: number;
  readonly high: number;
  readonly use: number;
  readonly extra: number;
}

function runBlock(key: StreamKey, input: BlockInput): void {
  counter[0] = input.low;
  counter[1] = input.high;
  counter[2] = input.extra;
  counter[3] = input.use;
  keyWords[0] = key.low;
  keyWords[1] = key.high;
  philox4x32(counter, keyWords, block);
}

function unit53(high: number, low: number): number {
  return ((high >>> 5) * 67_108_864 + (low >>> 6)) / TWO_53;
}
