import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Dataset, DatasetInfo, DatasetMeta, DatasetSummary } from '@caviar/spec';
import { contentPieces } from '../content.js';
import { FormatError } from '../formats/nd-array.js';
import { parseNpy } from '../formats/npy.js';
import { readArrayFiles, readNpz } from './array-files.js';
import { openArrow } from './arrow-records.js';
import { openCsv } from './csv-records.js';
import { datasetFromMatrices, recordsOfMatrix } from './from-matrices.js';
import { datasetFromRecords } from './from-records.js';
import { IngestError } from './ingest-error.js';
import { readWhole } from './open-file.js';
import { openParquet } from './parquet-records.js';
import type { Records } from './records.js';
import { summarize } from './summarize.js';
import { DEFAULT_LIMITS, type FileField, type IngestLimits, type UploadedFile } from './upload.js';

/** What became of an upload. */
export interface Ingested {
  /** Without an id yet. */
  readonly info: DatasetInfo;
  readonly summary: DatasetSummary;
  /** Bytes at the path that was asked for: the content, gzipped. */
  readonly bytes: number;
}

/**
 * Reads the files of an upload into a data set, and writes its content, gzipped, to a path. Throws IngestError for files and words
 * about them that make none.
 */
export async function ingest(
  meta: DatasetMeta,
  files: readonly UploadedFile[],
  { contentPath, limits = DEFAULT_LIMITS }: { readonly contentPath: string; readonly limits?: IngestLimits },
): Promise<Ingested> {
  const { dataset, others, target, untold, notes } = await read(meta, files, limits);
  const hash = createHash('sha256');
  const hashed = function* () {
    for (const piece of contentPieces(dataset, target)) {
      hash.update(piece);
      yield piece;
    }
  };
  // Piece by piece: beside the numbers themselves, a large data set takes no memory.
  await pipeline(
    Readable.from(hashed(), { objectMode: false }),
    createGzip({ level: 3 }),
    createWriteStream(contentPath),
  );
  const { size } = await stat(contentPath);
  const info = { ...dataset.info, checksum: `sha256:${hash.digest('hex')}` };
  return {
    info,
    summary: summarize(dataset, others, { name: target, untold, notes, isTaskFound: meta.task === undefined }),
    bytes: size,
  };
}

interface Read {
  readonly dataset: Dataset;
  readonly others: DatasetSummary['others'];
  readonly target: string;
  /** Rows that are left out, since they have no target. */
  readonly untold: number;
  /** What people should know of each feature beside what the rows show. */
  readonly notes: readonly (readonly string[])[];
}

async function read(meta: DatasetMeta, files: readonly UploadedFile[], limits: IngestLimits): Promise<Read> {
  const tables = files.filter(({ field }) => field === 'file');
  const arrays = files.filter(({ field }) => field !== 'file');
  const isArrays = meta.format === 'idx' || (meta.format === 'npy' && tables.length === 0);
  checkParts(meta, { tables, arrays, isArrays });
  const [first, second] = tables;
  if (isArrays || first === undefined) {
    const parts = await readArrayFiles(arrays, meta.format === 'npy' ? 'npy' : 'idx', limits);
    return fromArrays(datasetFromMatrices(parts, { meta, limits }));
  }
  if (meta.format === 'npz') return fromArrays(datasetFromMatrices(await readNpz(first, limits), { meta, limits }));
  const data = await openTable(first, meta, limits);
  const test = second === undefined ? null : await openTable(second, meta, limits);
  const { dataset, plan, untold, notes } = await datasetFromRecords(data, test, { meta, limits });
  const named = (role: 'group' | 'source' | 'test') => {
    const at = plan[role];
    return at === null ? [] : [{ name: plan.names[at]!, role }];
  };
  const ignored = plan.ignored.map((at) => ({ name: plan.names[at]!, role: 'ignore' as const }));
  const blank = plan.blank.map((at) => ({ name: plan.names[at]!, role: 'blank' as const }));
  const others = [...ignored, ...blank, ...named('group'), ...named('source'), ...named('test')];
  return { dataset, others, target: plan.names[plan.target]!, untold, notes };
}

function fromArrays({ dataset, notes }: Pick<Read, 'dataset' | 'notes'>): Read {
  return { dataset, notes, others: [], target: 'label', untold: 0 };
}

/** Each format has its parts; words about columns are for tables. */
function checkParts(
  { format, columns, target }: DatasetMeta,
  {
    tables,
    arrays,
    isArrays,
  }: { readonly tables: readonly UploadedFile[]; readonly arrays: readonly UploadedFile[]; readonly isArrays: boolean },
): void {
  const refuse = (field: FileField, message: string): never => {
    throw new IngestError([field], message);
  };
  const seen = new Set<string>();
  for (const { field } of arrays) {
    if (seen.has(field)) refuse(field, 'is there twice');
    seen.add(field);
  }
  if (isArrays) {
    if (tables.length > 0) refuse('file', `is no part of the format ${format}: send features and labels`);
    if (arrays.length === 0) refuse(format === 'npy' ? 'file' : 'features', 'is missing');
    if (Object.keys(columns).length > 0) throw new IngestError(['meta', 'columns'], 'arrays have no named columns');
    if (target !== undefined) throw new IngestError(['meta', 'target'], 'is the part labels here: leave it out');
    return;
  }
  const [stray] = arrays;
  if (stray !== undefined) refuse(stray.field, `is no part of the format ${format}: send the part file`);
  if (tables.length === 0) refuse('file', 'is missing');
  if (format === 'npz' && Object.keys(columns).length > 0) {
    throw new IngestError(['meta', 'columns'], 'arrays have no named columns');
  }
  if (tables.length > (format === 'npz' ? 1 : 2)) {
    refuse('file', format === 'npz' ? 'is there twice' : 'is there more than twice: a second one is a test part');
  }
}

async function openTable(file: UploadedFile, meta: DatasetMeta, limits: IngestLimits): Promise<Records> {
  switch (meta.format) {
    case 'csv':
      return openCsv(file, meta, limits);
    case 'parquet':
      return openParquet(file, limits);
    case 'arrow':
      return openArrow(file, limits);
    default:
      return openNpyTable(file, limits);
  }
}

async function openNpyTable(file: UploadedFile, limits: IngestLimits): Promise<Records> {
  const bytes = await readWhole(file, limits);
  try {
    return recordsOfMatrix({ ...parseNpy(bytes), field: file.field });
  } catch (error) {
    if (error instanceof FormatError) throw new IngestError([file.field], error.message);
    throw error;
  }
}
