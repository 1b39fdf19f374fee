import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, DatasetInfo } from '@caviar/spec';
import { BUILT_IN, type BuiltIn } from './built-in.js';
import { parseIdx } from './formats/idx.js';
import { datasetFromArrays } from './from-arrays.js';
import { datasetFromCsv } from './from-table.js';
import { packageRoot } from './package-root.js';
import { unzip } from './unzip.js';

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

/** What is known of one of them; null when there is none of that id. */
export function findDataset(id: string): DatasetInfo | null {
  return listDatasets().find((info) => info.id === id) ?? null;
}

/**
 * The rows of a built-in data set, read once per process: callers share the arrays and must not change them.
 * Throws DatasetNotFoundError, DatasetCorruptError.
 */
export function loadDataset(id: string): Promise<Dataset> {
  return builtInCatalog.load(id);
}

/** A catalog of the given sets, whose files lie in `folder`. A checksum is taken over a set's files, one after the other. */
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

async function read({ info, files }: BuiltIn, folder: string): Promise<Dataset> {
  const names = files.kind === 'csv' ? [files.table] : [files.features, files.labels];
  const stored = await Promise.all(names.map((name) => readFile(join(folder, name))));
  const hash = createHash('sha256');
  for (const file of stored) hash.update(file);
  const checksum = `sha256:${hash.digest('hex')}`;
  if (checksum !== info.checksum) {
    throw new DatasetCorruptError(info.id, `${names.join(' and ')}: checksum ${checksum}, not ${info.checksum}`);
  }
  const [first, second] = await Promise.all(stored.map(unzip));
  const label = { ...info, classNames: info.classNames ?? undefined };
  const dataset =
    files.kind === 'csv'
      ? datasetFromCsv(first!.toString('utf8'), label)
      : datasetFromArrays(parseIdx(first!), parseIdx(second!), label);
  if (dataset.info.rows !== info.rows || dataset.info.features !== info.features) {
    throw new DatasetCorruptError(info.id, `holds ${dataset.info.rows} x ${dataset.info.features} numbers`);
  }
  return { ...dataset, info };
}
