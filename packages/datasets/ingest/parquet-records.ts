import { type ReadColumn, recordsOfColumns } from './column-records.js';
import { IngestError } from './ingest-error.js';
import { readWhole } from './open-file.js';
import type { Records } from './records.js';
import type { IngestLimits, UploadedFile } from './upload.js';

/** A Parquet file as records. Throws IngestError. */
export async function openParquet(file: UploadedFile, limits: IngestLimits): Promise<Records> {
  const { parquetMetadataAsync, parquetRead, parquetSchema } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const bytes = await readWhole(file, limits);
  const refuse = (message: string, isTooLarge = false) => new IngestError([file.field], message, isTooLarge);
  const magic = (at: number) => bytes.toString('latin1', at, at + 4);
  if (magic(0) !== 'PAR1') throw refuse('is not a Parquet file: it does not begin with PAR1');
  if (bytes.length < 12 || magic(bytes.length - 4) !== 'PAR1') {
    throw refuse('does not end with PAR1, as a Parquet file does: it is cut off');
  }
  const source = {
    byteLength: bytes.length,
    slice: (start: number, end?: number) => {
      const piece = bytes.subarray(start, end);
      return piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.length) as ArrayBuffer;
    },
  };
  try {
    const metadata = await parquetMetadataAsync(source);
    const { children } = parquetSchema(metadata);
    const nested = children.find((child) => child.children.length > 0 || child.element.repetition_type === 'REPEATED');
    if (nested !== undefined) {
      throw refuse(`column "${nested.element.name}" holds lists or structures; a table of plain columns is needed`);
    }
    const names = children.map(({ element }) => element.name);
    const twice = names.findIndex((name, c) => names.indexOf(name) < c);
    if (twice >= 0) throw refuse(`two columns are named "${names[twice]}"`);
    const rows = Number(metadata.num_rows);
    if (rows * children.length > limits.cells) {
      throw refuse(`has ${rows} rows of ${children.length} columns, more than ${limits.cells} cells`, true);
    }
    const pieces = new Map<string, unknown[][]>(children.map(({ element }) => [element.name, []]));
    await parquetRead({
      file: source,
      metadata,
      compressors,
      onChunk: ({ columnName, columnData }) => pieces.get(columnName)?.push(columnData as unknown as unknown[]),
    });
    const columns = [...pieces].map(([name, parts]): ReadColumn => ({ name, values: joined(parts) }));
    const short = columns.find(({ values }) => values.length !== rows);
    if (short !== undefined) throw refuse(`column "${short.name}" has ${short.values.length} values for ${rows} rows`);
    return recordsOfColumns(file.field, columns, rows);
  } catch (error) {
    if (error instanceof IngestError) throw error;
    throw refuse(`cannot be read as Parquet (${error instanceof Error ? error.message : String(error)})`);
  }
}

function joined(parts: readonly ArrayLike<unknown>[]): ReadColumn['values'] {
  return {
    length: parts.reduce((sum, part) => sum + part.length, 0),
    *[Symbol.iterator]() {
      for (const part of parts) for (let i = 0; i < part.length; i++) yield part[i];
    },
  };
}
