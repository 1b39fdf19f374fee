import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dataset, DatasetInfo } from '@caviar/spec';
import { BUILT_IN, type BuiltIn } from './built-in.js';
import { parseCsv } from './formats/csv.js';
import { packageRoot } from './package-root.js';

/** Where data sets come from. */
export interface DatasetCatalog {
  list(): readonly DatasetInfo[];
  /** Throws DatasetNotFoundError for an unknown id, DatasetCorruptError for a file that is not what it should be. */
  load(id: string): Promise<Dataset>;
}

export class DatasetNotFoundError extends Error {
  override readonly name = 'DatasetNotFoundError';
  constructor(readonly id: string) {
    super(`there is no data set "${id}"`);
  }
}

export class DatasetCorruptError extends Error {
  override readonly name = 'DatasetCorruptError';
  constructor(
    readonly id: string,
    problem: string,
  ) {
    super(`data set "${id}": ${problem}`);
  }
}

/** What is known of every built-in data set. */
export function listDatasets(): readonly DatasetInfo[] {
  return BUILT_IN.map(({ info }) => info);
}

/**
 * The rows of a built-in data set, read once per process: callers share the arrays and must not change them.
 * Throws DatasetNotFoundError, DatasetCorruptError.
 */
export function loadDataset(id: string): Promise<Dataset> {
  return builtInCatalog.load(id);
}

/** A catalog of the given sets, whose files lie in `folder`. */
export function createCatalog(entries: readonly BuiltIn[], folder: string): DatasetCatalog {
  const loaded = new Map<string, Promise<Dataset>>();
  return {
    list: () => entries.map(({ info }) => info),
    load: async (id) => {
      const entry = entries.find(({ info }) => info.id === id);
      if (entry === undefined) throw new DatasetNotFoundError(id);
      const pending = loaded.get(id) ?? read(entry, folder);
      loaded.set(id, pending);
      // A failed read is tried again by the next caller.
      pending.catch(() => loaded.delete(id));
      return pending;
    },
  };
}

export const builtInCatalog: DatasetCatalog = createCatalog(BUILT_IN, join(packageRoot(), 'data'));

async function read({ info, file }: BuiltIn, folder: string): Promise<Dataset> {
  const stored = await readFile(join(folder, file));
  const checksum = `sha256:${createHash('sha256').update(stored).digest('hex')}`;
  if (checksum !== info.checksum) {
    throw new DatasetCorruptError(info.id, `${file} has checksum ${checksum}, not ${info.checksum}`);
  }
  const text = (await promisify(gunzip)(stored)).toString('utf8');
  const [, ...records] = parseCsv(text);
  if (records.length !== info.rows) throw new DatasetCorruptError(info.id, `${records.length} rows, not ${info.rows}`);

  const features = new Float32Array(info.rows * info.features);
  const targets = info.task === 'classification' ? new Int32Array(info.rows) : new Float32Array(info.rows);
  records.forEach((record, row) => {
    if (record.length !== info.features + 1) {
      throw new DatasetCorruptError(info.id, `row ${row + 1} has ${record.length} fields, not ${info.features + 1}`);
    }
    for (let column = 0; column < info.features; column++) {
      features[row * info.features + column] = toNumber(record[column]!, info.id, row);
    }
    targets[row] = toTarget(record[info.features]!, info, row);
  });
  return { info, features, targets };
}

function toNumber(field: string, id: string, row: number): number {
  const value = Number(field);
  if (field.trim() === '' || !Number.isFinite(value)) {
    throw new DatasetCorruptError(id, `row ${row + 1}: "${field}" is not a number`);
  }
  return value;
}

function toTarget(field: string, { id, classNames }: DatasetInfo, row: number): number {
  if (classNames === null) return toNumber(field, id, row);
  const label = classNames.indexOf(field);
  if (label < 0) throw new DatasetCorruptError(id, `row ${row + 1}: "${field}" is not a class`);
  return label;
}
