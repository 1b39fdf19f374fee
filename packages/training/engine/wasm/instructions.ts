import { type Code, type Expr, expr, float32Bytes, float64Bytes, type Statement, signed, unsigned } from './code.js';

/**
 * The instructions that the kernels use, by type. Opcodes: WebAssembly core specification 2.0, section 5.4, and the
 * relaxed SIMD proposal for fused multiply-add.
 *
 * `offset` of a load or store is a constant number of bytes beside the address.
 */
type I32 = Expr<'i32'>;
type I64 = Expr<'i64'>;
type F32 = Expr<'f32'>;
type F64 = Expr<'f64'>;
type V128 = Expr<'v128'>;

/** An address or count: a constant may be written as a number. */
export type Index = I32 | number;

const index = (x: Index): Code => (typeof x === 'number' ? i32.of(x).code : x.code);

const onI32 = (opcode: number) => (a: Index, b: Index) => expr('i32', [index(a), index(b), opcode]);

export const i32 = {
  of: (value: number): I32 => expr('i32', [0x41, signed(value)]),
  add: onI32(0x6a),
  sub: onI32(0x6b),
  mul: onI32(0x6c),
  divU: onI32(0x6e),
  remU: onI32(0x70),
  and: onI32(0x71),
  or: onI32(0x72),
  xor: onI32(0x73),
  shl: onI32(0x74),
  shrU: onI32(0x76),
  eq: onI32(0x46),
  ne: onI32(0x47),
  ltU: onI32(0x49),
  /** Number of zero bits below the lowest one; 32 for 0. */
  ctz: (a: I32): I32 => expr('i32', [a.code, 0x68]),
  /** Number of bits that are 1. */
  popcnt: (a: I32): I32 => expr('i32', [a.code, 0x69]),
  load: (address: I32, offset = 0): I32 => expr('i32', [address.code, 0x28, 2, unsigned(offset)]),
  store: (address: I32, value: I32, offset = 0): Statement => [address.code, value.code, 0x36, 2, unsigned(offset)],
  /** `a` where the condition is not 0, else `b`; both are computed. */
  select: (a: I32, b: I32, condition: I32): I32 => expr('i32', [a.code, b.code, condition.code, 0x1b]),
  /** Rounded towards zero. */
  fromF64: (a: F64): I32 => expr('i32', [a.code, 0xaa]),
  /** The lower half. */
  fromI64: (a: I64): I32 => expr('i32', [a.code, 0xa7]),
  gtU: onI32(0x4b),
  compare: (a: F32, how: keyof typeof F32_COMPARE, b: F32): I32 => expr('i32', [a.code, b.code, F32_COMPARE[how]]),
};

export const i64 = {
  /** A constant below 2^31. */
  of: (value: number): I64 => expr('i64', [0x42, signed(value)]),
  fromU32: (a: I32): I64 => expr('i64', [a.code, 0xad]),
  mul: (a: I64, b: I64): I64 => expr('i64', [a.code, b.code, 0x7e]),
  load: (address: I32, offset = 0): I64 => expr('i64', [address.code, 0x29, 3, unsigned(offset)]),
  shrU: (a: I64, bits: number): I64 => expr('i64', [a.code, i64.of(bits).code, 0x88]),
};

const F32_COMPARE = { eq: 0x5b, lt: 0x5d, gt: 0x5e, le: 0x5f, ge: 0x60 } as const;

const onF32 = (opcode: number) => (a: F32, b: F32) => expr('f32', [a.code, b.code, opcode]);

export const f32 = {
  of: (value: number): F32 => expr('f32', [0x43, float32Bytes(value)]),
  add: onF32(0x92),
  sub: onF32(0x93),
  mul: onF32(0x94),
  div: onF32(0x95),
  load: (address: I32, offset = 0): F32 => expr('f32', [address.code, 0x2a, 2, unsigned(offset)]),
  store: (address: I32, value: F32, offset = 0): Statement => [address.code, value.code, 0x38, 2, unsigned(offset)],
  fromF64: (a: F64): F32 => expr('f32', [a.code, 0xb6]),
  fromI32: (a: I32): F32 => expr('f32', [a.code, 0xb2]),
};

const onF64 = (opcode: number) => (a: F64, b: F64) => expr('f64', [a.code, b.code, opcode]);

export const f64 = {
  of: (value: number): F64 => expr('f64', [0x44, float64Bytes(value)]),
  add: onF64(0xa0),
  sub: onF64(0xa1),
  mul: onF64(0xa2),
  div: onF64(0xa3),
  fromF32: (a: F32): F64 => expr('f64', [a.code, 0xbb]),
};

const simd = (opcode: number): Code => [0xfd, unsigned(opcode)];
const unary = (opcode: number) => {
  const bytes = simd(opcode);
  return (a: V128): V128 => expr('v128', [a.code, bytes]);
};
const binary = (opcode: number) => {
  const bytes = simd(opcode);
  return (a: V128, b: V128): V128 => expr('v128', [a.code, b.code, bytes]);
};
const shift = (opcode: number) => {
  const bytes = simd(opcode);
  return (a: V128, bits: number): V128 => expr('v128', [a.code, i32.of(bits).code, bytes]);
};

/** Four float32 lanes, and the bits of all 128. */
export const f32x4 = {
  of: (value: number): V128 => {
    const bytes = float32Bytes(value);
    return expr('v128', [simd(0x0c), bytes, bytes, bytes, bytes]);
  },
  splat: (a: F32): V128 => expr('v128', [a.code, simd(0x13)]),
  lane: (a: V128, lane: number): F32 => expr('f32', [a.code, simd(0x1f), lane]),
  withLane: (a: V128, lane: number, b: F32): V128 => expr('v128', [a.code, b.code, simd(0x20), lane]),
  abs: unary(0xe0),
  neg: unary(0xe1),
  sqrt: unary(0xe3),
  nearest: unary(0x6a),
  add: binary(0xe4),
  sub: binary(0xe5),
  mul: binary(0xe6),
  div: binary(0xe7),
  /** NaN when either is. */
  max: binary(0xe9),
  /** b < a ? b : a, and a < b ? b : a: the second operand's NaN is lost, the first's kept. */
  pmin: binary(0xea),
  pmax: binary(0xeb),
  eq: binary(0x41),
  /** True of NaN, too. */
  ne: binary(0x42),
  lt: binary(0x43),
  gt: binary(0x44),
  ge: binary(0x46),
  fromI32x4: unary(0xfa),
};

export const i32x4 = {
  of: (a: number, b = a, c = a, d = a): V128 => {
    return expr('v128', [simd(0x0c), [...new Uint8Array(Int32Array.of(a, b, c, d).buffer)]]);
  },
  splat: (a: I32): V128 => expr('v128', [a.code, simd(0x11)]),
  add: binary(0xae),
  sub: binary(0xb1),
  mul: binary(0xb5),
  shl: shift(0xab),
  shrU: shift(0xad),
  ltS: binary(0x39),
  fromF32x4: unary(0xf8),
  /** One bit per lane: the lanes' signs. */
  bitmask: (a: V128): I32 => expr('i32', [a.code, simd(0xa4)]),
};

/** Two float64 lanes. */
export const f64x2 = {
  add: binary(0xf0),
  mul: binary(0xf2),
  lane: (a: V128, lane: number): F64 => expr('f64', [a.code, simd(0x21), lane]),
  /** Lanes 0 and 1 of four float32. */
  fromLowF32x4: unary(0x5f),
};

export const v128 = {
  load: (address: I32, offset = 0): V128 => expr('v128', [address.code, simd(0x00), 4, unsigned(offset)]),
  /** One float32 into all four lanes. */
  loadSplat: (address: I32, offset = 0): V128 => expr('v128', [address.code, simd(0x09), 2, unsigned(offset)]),
  store: (address: I32, value: V128, offset = 0): Statement => [
    address.code,
    value.code,
    simd(0x0b),
    4,
    unsigned(offset),
  ],
  /**
   * Stores vectors side by side, the last one first: in this order V8 makes one 256-bit store of two neighbours; in the
   * other it does so too, but leaves the first one's own store standing before it.
   */
  storeAll: (address: I32, values: readonly V128[], offset = 0): Statement =>
    values.map((x, i) => v128.store(address, x, offset + i * 16)).reverse(),
  and: binary(0x4e),
  /** a and not b */
  andNot: binary(0x4f),
  or: binary(0x50),
  xor: binary(0x51),
  /** Bits of `a` where the mask is 1, of `b` elsewhere. */
  select: (a: V128, b: V128, mask: V128): V128 => expr('v128', [a.code, b.code, mask.code, simd(0x52)]),
  /** Bytes of `a` by the numbers in `bytes`; 0 for a number above 15. */
  swizzle: (a: V128, bytes: V128): V128 => expr('v128', [a.code, bytes.code, simd(0x0e)]),
  /** Lanes of a (0 to 3) and b (4 to 7) by number. */
  shuffle: (a: V128, b: V128, lanes: readonly [number, number, number, number]): V128 => {
    return expr('v128', [a.code, b.code, simd(0x0d), lanes.flatMap((x) => [4 * x, 4 * x + 1, 4 * x + 2, 4 * x + 3])]);
  },
};

/** a b + c and c - a b: fused (relaxed SIMD, one rounding where the processor has FMA) or not. */
export interface MultiplyAdd {
  readonly add: (a: V128, b: V128, c: V128) => V128;
  readonly sub: (a: V128, b: V128, c: V128) => V128;
}

export const FUSED: MultiplyAdd = {
  add: (a, b, c) => expr('v128', [a.code, b.code, c.code, simd(0x105)]),
  sub: (a, b, c) => expr('v128', [a.code, b.code, c.code, simd(0x106)]),
};

export const SEPARATE: MultiplyAdd = {
  add: (a, b, c) => f32x4.add(c, f32x4.mul(a, b)),
  sub: (a, b, c) => f32x4.sub(c, f32x4.mul(a, b)),
};
