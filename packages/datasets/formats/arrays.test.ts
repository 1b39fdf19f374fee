import { describe, expect, it } from 'vitest';
import { parseIdx } from './idx.js';
import { parseNpy } from './npy.js';

const idx = (type: number, shape: readonly number[], body: readonly number[]): Uint8Array =>
  Uint8Array.of(0, 0, type, shape.length, ...shape.flatMap((x) => [0, 0, x >> 8, x & 255]), ...body);

/** As NumPy writes it: version 1, padded with blanks to a multiple of 64. */
const npy = (header: string, body: ArrayBuffer | Uint8Array): Uint8Array => {
  const padded = `${header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11)}\n`;
  const text = [...padded].map((c) => c.charCodeAt(0));
  const bytes = body instanceof Uint8Array ? body : new Uint8Array(body);
  return Uint8Array.of(
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    1,
    0,
    text.length & 255,
    text.length >> 8,
    ...text,
    ...bytes,
  );
};

describe('parseIdx', () => {
  it('reads bytes and big-endian numbers', () => {
    expect(parseIdx(idx(8, [2, 3], [1, 2, 3, 4, 5, 255]))).toEqual({
      shape: [2, 3],
      values: Uint8Array.of(1, 2, 3, 4, 5, 255),
    });
    expect([...Array.from(parseIdx(idx(11, [2], [255, 254, 1, 0])).values)]).toEqual([-2, 256]);
    expect([...Array.from(parseIdx(idx(13, [1], [0x3f, 0xc0, 0, 0])).values)]).toEqual([1.5]);
  });

  it.each([
    ['nothing', new Uint8Array(2), /not an IDX file/],
    ['another magic', Uint8Array.of(1, 0, 8, 1, 0, 0, 0, 0), /not an IDX file/],
    ['an unknown type', idx(7, [0], []), /unknown type 7/],
    ['a short file', idx(8, [4], [1, 2, 3]), /has 11 bytes where its header asks for 12/],
    ['a header cut off', Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1), /within its header/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseIdx(bytes)).toThrow(message);
  });
});

describe('parseNpy', () => {
  it('reads little-endian floats in C order', () => {
    const bytes = npy(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      Float32Array.of(1, 2, 3, 4, 5, 6.5).buffer,
    );
    const { shape, values } = parseNpy(bytes);
    expect(shape).toEqual([2, 3]);
    expect(Array.from(values)).toEqual([1, 2, 3, 4, 5, 6.5]);
  });

  it('turns Fortran order round', () => {
    const body = Float64Array.of(1, 4, 2, 5, 3, 6).buffer;
    const { values } = parseNpy(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", body));
    expect(Array.from(values)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads big-endian, bytes, booleans and 64-bit integers', () => {
    const read = (descr: string, body: Uint8Array | ArrayBuffer, n: number) =>
      Array.from(parseNpy(npy(`{'descr': '${descr}', 'fortran_order': False, 'shape': (${n},), }`, body)).values);
    expect(read('>i2', Uint8Array.of(1, 0, 255, 255), 2)).toEqual([256, -1]);
    expect(read('|u1', Uint8Array.of(7, 255), 2)).toEqual([7, 255]);
    expect(read('|b1', Uint8Array.of(0, 1), 2)).toEqual([0, 1]);
    expect(read('<i8', BigInt64Array.of(-5n, 3n).buffer, 2)).toEqual([-5, 3]);
    expect(() => read('<u8', BigUint64Array.of(2n ** 60n + 1n).buffer, 1)).toThrow(/too large/);
  });

  it.each([
    ['objects', npy("{'descr': '|O8', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(8)), /header|type/],
    ['complex numbers', npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(8)), /type c8/],
    ['a short file', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", new Uint8Array(4)), /asks for/],
    ['no array', new Uint8Array(20), /not an NPY file/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseNpy(bytes)).toThrow(message);
  });
});
