import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/** An array of numbers, in C order. */
export interface Table {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Arrays of float16 or float32 of a NumPy archive, by name; whatever else is in it is text (`readText`). */
export function readTable(path: string, name: string): Table {
  const npy = entryOf(readFileSync(path), `${name}.npy`);
  const { type, isFortran, shape, start } = headerOf(npy, path);
  const count = shape.reduce((product, n) => product * n, 1);
  const at = (i: number) => (type === '<f2' ? half(npy.readUInt16LE(start + 2 * i)) : npy.readFloatLE(start + 4 * i));
  if (type !== '<f2' && type !== '<f4') throw new TypeError(`${path}: ${name} is of type ${type}`);
  const values = Float64Array.from({ length: count }, (_, i) => at(i));
  return { shape, values: isFortran ? transposed(values, shape) : values };
}

/** A text of a NumPy archive. */
export function readText(path: string, name: string): string {
  const npy = entryOf(readFileSync(path), `${name}.npy`);
  const { start } = headerOf(npy, path);
  const codes = Array.from({ length: (npy.length - start) / 4 }, (_, i) => npy.readUInt32LE(start + 4 * i));
  return String.fromCodePoint(...codes.filter((code) => code !== 0));
}

function headerOf(npy: Buffer, path: string) {
  const start = 10 + npy.readUInt16LE(8);
  const header = npy.toString('latin1', 10, start);
  const [, type, order, dimensions] =
    /'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \(([^)]*)\)/.exec(header) ?? [];
  if (type === undefined || dimensions === undefined)
    throw new TypeError(`${path}: ${header} is no header of an array`);
  const shape = dimensions.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  return { type, isFortran: order === 'True', shape, start };
}

/** Of a matrix in Fortran order. */
function transposed(values: Float64Array, [rows = 1, columns = 1]: readonly number[]): Float64Array {
  return values.map((_, i) => values[(i % columns) * rows + Math.floor(i / columns)]!);
}

/** One file of a ZIP archive, found through its central directory. */
function entryOf(zip: Buffer, name: string): Buffer {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === 0x02014b50; ) {
    const nameLength = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20));
      return zip.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed);
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`the archive has no ${name}`);
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
