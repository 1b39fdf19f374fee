import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DatasetPlace } from '@caviar/datasets';
import { type Deps, DomainError } from '@caviar/orchestrator';
import type { StoredDataset } from '@caviar/spec';

/** A file that nobody has written to for so long is nobody's any more. */
const STALE_MS = 60 * 60_000;
/** A copy that was located so lately may not have been read yet: it is left, even when there is no room for it. */
const IN_USE_MS = 30_000;

/** Makes data sets ready to be read on this machine. */
export interface DatasetCache {
  /** Where the data set of that id is; fetches it from the store when it is not here. Throws `dataset-not-found`, `unavailable`. */
  locate(id: string): Promise<DatasetPlace>;
}

/** A folder of data sets by the checksum of their content, which all workers of a machine share. The least used ones go first. */
export function createDatasetCache({
  datasets,
  storedDatasets,
  folder,
  maxBytes,
}: Pick<Deps, 'datasets' | 'storedDatasets'> & { readonly folder: string; readonly maxBytes: number }): DatasetCache {
  async function fetch({ info: { id }, bytes }: StoredDataset, path: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    const part = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.part`;
    try {
      await pipeline(Readable.from(storedDatasets.content(id)), createWriteStream(part));
      // The content of one that is deleted meanwhile ends early, and must not be taken for a copy.
      if ((await stat(part)).size !== bytes) throw (await wasDeleted(id)) ?? new Error(`data set ${id} came in part`);
      // Another worker may have been as fast: the content is the same.
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    await evict(folder, { keep: path, maxBytes });
  }

  async function wasDeleted(id: string): Promise<DomainError | null> {
    return (await storedDatasets.find(id, null)) === null ? notFound(id) : null;
  }

  return {
    async locate(id) {
      if (datasets.find(id) !== null) return { kind: 'built-in', id };
      const stored = await storedDatasets.find(id, null);
      if (stored === null) throw notFound(id);
      const { info } = stored;
      const path = join(folder, `${info.checksum.replace(':', '-')}.gz`);
      const now = new Date();
      const isHere = await utimes(path, now, now).then(
        () => true,
        () => false,
      );
      if (!isHere) await fetch(stored, path);
      return { kind: 'file', path, info };
    },
  };
}

function notFound(id: string): DomainError {
  return new DomainError('dataset-not-found', `there is no data set ${id}: it was deleted`);
}

/** Removes what killed workers left in the middle of fetching, and the files that were used longest ago until the rest fits. */
async function evict(
  folder: string,
  { keep, maxBytes }: { readonly keep: string; readonly maxBytes: number },
): Promise<void> {
  const paths = (await readdir(folder)).map((name) => join(folder, name));
  for (const path of paths.filter((name) => name.endsWith('.part'))) {
    const begun = await stat(path).catch(() => null);
    if (begun !== null && Date.now() - begun.mtimeMs > STALE_MS) await rm(path, { force: true });
  }
  const files = await Promise.all(
    paths
      .filter((path) => path.endsWith('.gz'))
      .map((path) =>
        stat(path).then(
          ({ size, mtimeMs }) => ({ path, size, mtimeMs }),
          () => null, // another worker was faster
        ),
      ),
  );
  const present = files.filter((file) => file !== null).sort((a, b) => a.mtimeMs - b.mtimeMs);
  let total = present.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of present) {
    if (total <= maxBytes) return;
    if (path === keep || (await isInUse(path))) continue;
    await rm(path, { force: true });
    total -= size;
  }
}

/** Asked just before a copy goes: it may have been located since it was listed. */
async function isInUse(path: string): Promise<boolean> {
  const now = await stat(path).catch(() => null);
  return now !== null && Date.now() - now.mtimeMs < IN_USE_MS;
}
