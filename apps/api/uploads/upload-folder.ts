import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'caviar-upload-';
/** No upload takes as long; another instance may be at work in a folder that is younger. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;

/** A folder of its own for an upload; the caller removes it. */
export async function makeUploadFolder(): Promise<string> {
  await mkdir(tmpdir(), { recursive: true });
  return mkdtemp(join(tmpdir(), PREFIX));
}

/**
 * Removes the folders of uploads during which an API was killed. What cannot be removed, such as another user's, stays, and a temporary
 * folder that is missing, or not to be listed, keeps no API from starting.
 */
export async function removeAbandonedUploads(now = Date.now()): Promise<void> {
  const entries = await readdir(tmpdir()).catch(() => []);
  const names = entries.filter((name) => name.startsWith(PREFIX));
  await Promise.allSettled(
    names.map(async (name) => {
      const folder = join(tmpdir(), name);
      const { mtimeMs } = await stat(folder);
      if (now - mtimeMs > ABANDONED_AFTER_MS) await rm(folder, { recursive: true });
    }),
  );
}
