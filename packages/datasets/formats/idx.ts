import { ELEMENT_TYPES, type ElementType, FormatError, type NdArray, product, readElements } from './nd-array.js';

/** Type byte to type (Y. LeCun, "The MNIST database", file format). */
const TYPES: Readonly<Record<number, ElementType>> = {
  8: ELEMENT_TYPES.u1,
  9: ELEMENT_TYPES.i1,
  11: ELEMENT_TYPES.i2,
  12: ELEMENT_TYPES.i4,
  13: ELEMENT_TYPES.f4,
  14: ELEMENT_TYPES.f8,
};

/** Reads an IDX file (already unzipped): big-endian, two zero bytes, type, dimensions, extents, values. Throws FormatError. */
export function parseIdx(bytes: Uint8Array): NdArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0)
    throw new FormatError('is not an IDX file: its first two bytes are not 0');
  const type = TYPES[bytes[2]!];
  if (type === undefined) throw new FormatError(`has the unknown type ${bytes[2]}`);
  const dimensions = bytes[3]!;
  const offset = 4 + 4 * dimensions;
  if (bytes.length < offset) throw new FormatError('ends within its header');
  const shape = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  return { shape, values: readElements(bytes, { type, offset, count: product(shape), littleEndian: false }) };
}
