import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import type { Dataset, DatasetInfo } from '@caviar/spec';
import { DatasetCorruptError, loadDataset } from './catalog.js';
import { readContent } from './content.js';
import { unzip } from './unzip.js';

/** Where the rows of a data set are: in this package, or in a file with the content that the store had. */
export type DatasetPlace =
  | { readonly kind: 'built-in'; readonly id: string }
  | { readonly kind: 'file'; readonly path: string; readonly info: DatasetInfo };

/** Trials come search by search: the data sets of the last two are kept. */
const KEPT = 2;
const kept = new Map<string, Promise<Dataset>>();

/** The rows; callers share them and must not change them. Throws DatasetCorruptError for a file that is not what it should be. */
export function openDataset(place: DatasetPlace): Promise<Dataset> {
  if (place.kind === 'built-in') return loadDataset(place.id);
  const { id } = place.info;
  const pending = kept.get(id) ?? read(place);
  kept.delete(id);
  kept.set(id, pending);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  // A failed read is tried again by the next caller.
  pending.catch(() => kept.delete(id));
  return pending;
}

/** A file that is damaged goes, so that whoever looks for it fetches it again. */
async function read({ path, info }: Extract<DatasetPlace, { kind: 'file' }>): Promise<Dataset> {
  try {
    return await readFrom(path, info);
  } catch (error) {
    if (error instanceof DatasetCorruptError) await rm(path, { force: true });
    throw error;
  }
}

async function readFrom(path: string, info: DatasetInfo): Promise<Dataset> {
  const content = await unzip(await readFile(path)).catch((error: unknown) => {
    throw new DatasetCorruptError(info.id, `${path}: ${error instanceof Error ? error.message : String(error)}`);
  });
  const checksum = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  if (checksum !== info.checksum)
    throw new DatasetCorruptError(info.id, `${path}: checksum ${checksum}, not ${info.checksum}`);
  return readContent(content, info);
}
