import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Dataset, type DatasetMetaInput, type DatasetSummary, datasetMetaSchema } from '@caviar/spec';
import { readContent } from '../content.js';
import { ingest } from '../ingest/ingest.js';
import type { FileField, IngestLimits } from '../ingest/upload.js';

/** The parts of an upload; of a field given as a list, several. */
export type Parts = Partial<Record<FileField, string | Uint8Array | readonly (string | Uint8Array)[]>>;

/** Takes an upload in, and reads back what was stored of it. */
export async function upload(
  meta: Omit<DatasetMetaInput, 'name'>,
  parts: Parts,
  limits?: IngestLimits,
): Promise<{ readonly dataset: Dataset; readonly summary: DatasetSummary; readonly stored: Buffer }> {
  const folder = mkdtempSync(join(tmpdir(), 'caviar-ingest-'));
  try {
    const files = Object.entries(parts).flatMap(([field, given]) => {
      const bodies = typeof given === 'string' || given instanceof Uint8Array ? [given] : given;
      return bodies.map((body, i) => {
        const path = join(folder, `${field}-${i}`);
        writeFileSync(path, body);
        return { field: field as FileField, path };
      });
    });
    const contentPath = join(folder, 'content');
    const full = datasetMetaSchema.parse({ name: 'x', ...meta });
    const { info, summary } = await ingest(full, files, { contentPath, ...(limits && { limits }) });
    const stored = await readFile(contentPath);
    return { dataset: readContent(gunzipSync(stored), info), summary, stored };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A NumPy array file, version 1, of numbers in the given order of bytes and of memory. */
export function npyFile(
  values: readonly number[] | ArrayLike<number>,
  shape: readonly number[],
  { descr = '<f4', fortran = false }: { readonly descr?: string; readonly fortran?: boolean } = {},
): Uint8Array {
  const size = Number(descr.slice(2));
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')},), }`;
  const text = `${header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11)}\n`;
  const bytes = new Uint8Array(10 + text.length + values.length * size);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  const view = new DataView(bytes.buffer, 10 + text.length);
  const little = descr[0] !== '>';
  for (let i = 0; i < values.length; i++) {
    if (descr.endsWith('f8')) view.setFloat64(i * 8, values[i]!, little);
    else if (descr.endsWith('f4')) view.setFloat32(i * 4, values[i]!, little);
    else if (descr.endsWith('i8')) view.setBigInt64(i * 8, BigInt(values[i]!), little);
    else if (descr.endsWith('i4')) view.setInt32(i * 4, values[i]!, little);
    else view.setUint8(i, values[i]!);
  }
  return bytes;
}
