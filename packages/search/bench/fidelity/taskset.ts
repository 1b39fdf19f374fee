import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { median } from '@caviar/numerics';
import { spaceSchema } from '@caviar/spec';
import type { CurveTask } from './task.js';

/**
 * Tables of learning curves (TaskSet, Metz et al., 2020): `*.npz` with `y`, float16, configurations x steps. A trial is
 * a row drawn by lot.
 */
export function tasksetTasks(folder: string): CurveTask[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.npz'));
  return files.sort().map((file) => {
    const { rows, steps, values } = readCurves(join(folder, file));
    const finals = Array.from({ length: rows }, (_, row) => values[row * steps + steps - 1]!).filter(Number.isFinite);
    return {
      name: file.replace('.npz', ''),
      problem: { space: spaceSchema.parse({ row: { kind: 'int', min: 0, max: rows - 1 } }) },
      steps,
      value: ({ params }, step) => values[Number(params['row']) * steps + step - 1]!,
      best: Math.min(...finals),
      middle: median(finals),
    };
  });
}

function readCurves(path: string): { readonly rows: number; readonly steps: number; readonly values: Float64Array } {
  const npy = entryOf(readFileSync(path), 'y.npy');
  const header = npy.toString('latin1', 10, 10 + npy.readUInt16LE(8));
  const [, rows, steps] = /'descr': '<f2'.*'shape': \((\d+), (\d+)\)/.exec(header)?.map(Number) ?? [];
  if (rows === undefined || steps === undefined) throw new TypeError(`${path}: y is no matrix of float16: ${header}`);
  const start = 10 + npy.readUInt16LE(8);
  const values = Float64Array.from({ length: rows * steps }, (_, i) => half(npy.readUInt16LE(start + 2 * i)));
  return { rows, steps, values };
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
