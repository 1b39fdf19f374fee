/** Machine code under construction: bytes, in lists nested as they were put together. */
export type Code = number | readonly Code[];

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** Code that leaves one value of a type on WebAssembly's stack. */
export interface Expr<T extends ValueType> {
  readonly type: T;
  readonly code: Code;
}

/** Code that leaves nothing on the stack. Lists of statements are statements. */
export type Statement = Code;

export function expr<T extends ValueType>(type: T, code: Code): Expr<T> {
  return { type, code };
}

/** Unsigned LEB128: seven bits a byte, least significant first, the top bit says that more follow. */
export function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const bits = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (bits & 0x40) === 0) || (rest === -1 && (bits & 0x40) !== 0);
    bytes.push(done ? bits : bits | 0x80);
    if (done) return bytes;
  }
}

/** Little-endian IEEE bytes. */
export function float32Bytes(value: number): readonly number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

export function float64Bytes(value: number): readonly number[] {
  return [...new Uint8Array(Float64Array.of(value).buffer)];
}

/** Number of bytes in nested code. */
export function codeLength(code: Code): number {
  if (typeof code === 'number') return 1;
  let length = 0;
  for (const part of code) length += codeLength(part);
  return length;
}

/** Writes nested code into `bytes` from `offset` on; returns the offset after it. */
export function writeCode(code: Code, bytes: Uint8Array, offset: number): number {
  if (typeof code === 'number') {
    bytes[offset] = code;
    return offset + 1;
  }
  let at = offset;
  for (const part of code) at = writeCode(part, bytes, at);
  return at;
}
