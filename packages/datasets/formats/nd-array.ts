/** Numbers of a file in row-major order, with their shape. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** A file that is not what its format says: the message says what is wrong. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

export function product(shape: readonly number[]): number {
  return shape.reduce((count, extent) => count * extent, 1);
}

/** Reads one number of a type at a byte offset. */
type Read = (view: DataView, offset: number, littleEndian: boolean) => number;

/** How a type of number lies in a file. */
export interface ElementType {
  readonly bytes: number;
  readonly read: Read;
}

export const ELEMENT_TYPES = {
  u1: { bytes: 1, read: (view, offset) => view.getUint8(offset) },
  i1: { bytes: 1, read: (view, offset) => view.getInt8(offset) },
  u2: { bytes: 2, read: (view, offset, little) => view.getUint16(offset, little) },
  i2: { bytes: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  u4: { bytes: 4, read: (view, offset, little) => view.getUint32(offset, little) },
  i4: { bytes: 4, read: (view, offset, little) => view.getInt32(offset, little) },
  u8: { bytes: 8, read: (view, offset, little) => safe(view.getBigUint64(offset, little)) },
  i8: { bytes: 8, read: (view, offset, little) => safe(view.getBigInt64(offset, little)) },
  f2: { bytes: 2, read: (view, offset, little) => half(view.getUint16(offset, little)) },
  f4: { bytes: 4, read: (view, offset, little) => view.getFloat32(offset, little) },
  f8: { bytes: 8, read: (view, offset, little) => view.getFloat64(offset, little) },
} as const satisfies Record<string, ElementType>;

/** A number of 16 bits, IEEE 754. */
function half(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new FormatError(`the integer ${value} is too large to be read exactly`);
  return number;
}

/** `count` numbers from `offset` on; bytes themselves are not copied. Throws FormatError when the file is too short. */
export function readElements(
  bytes: Uint8Array,
  { type, offset, count, littleEndian }: { type: ElementType; offset: number; count: number; littleEndian: boolean },
): ArrayLike<number> {
  const expected = offset + count * type.bytes;
  if (bytes.length !== expected)
    throw new FormatError(`has ${bytes.length} bytes where its header asks for ${expected}`);
  if (type === ELEMENT_TYPES.u1) return bytes.subarray(offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = type.read(view, offset + i * type.bytes, littleEndian);
  return values;
}
