import { createWriteStream, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { to as copyTo } from 'pg-copy-streams';
import { createSession } from '../session.js';
import { messageOf, StepError } from '../step-error.js';
import { copyList, fileOf, MANIFEST, type Manifest, migrationsOf, type TableEntry, tablesOf } from './manifest.js';

/**
 * Writes all that a database holds into an empty folder, as it was at one moment, while the service goes on. COPY's text
 * form keeps every bit: numbers are written so that they read back as themselves.
 *
 * @throws StepError when the folder is not empty, or the database cannot be read
 */
export async function backup(databaseUrl: string, folder: string): Promise<Manifest> {
  const part = openFolder(folder);
  const client = createSession(databaseUrl);
  try {
    await client.connect();
    // One snapshot for all tables.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // The settings of a database or role must not change how values are written.
    await client.query("SET LOCAL extra_float_digits = 1; SET LOCAL DateStyle = 'ISO'; SET LOCAL bytea_output = 'hex'");
    const tables: TableEntry[] = [];
    for (const table of await tablesOf(client)) {
      const rows = client.query(copyTo(`COPY ${copyList(table)} TO STDOUT`));
      // Whoever can read it can read keys' digests and webhooks' secrets.
      await pipeline(rows, createGzip(), createWriteStream(fileOf(table, folder), { mode: 0o600 }));
      tables.push({ ...table, rows: rows.rowCount });
    }
    const { rows: about } = await client.query<{ postgres: string; at: Date }>(
      "SELECT current_setting('server_version') AS postgres, now() AS at",
    );
    const manifest: Manifest = {
      format: 1,
      createdAt: about[0]?.at.toISOString() ?? '',
      postgres: about[0]?.postgres ?? '',
      migrations: await migrationsOf(client),
      tables,
    };
    await client.query('COMMIT');
    // Last, and whole or not at all: it is what makes the folder a backup.
    writeFileSync(part, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    renameSync(part, join(folder, MANIFEST));
    return manifest;
  } catch (error) {
    throw error instanceof StepError
      ? error
      : new StepError('Backup', messageOf(error), 'checking DATABASE_URL and the disk');
  } finally {
    await client.end();
  }
}

function openFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length === 0) return join(folder, `${MANIFEST}.part`);
  } catch (error) {
    throw new StepError('Backup', `${folder} cannot be written (${messageOf(error)})`, 'another folder');
  }
  throw new StepError('Backup', `${folder} is not empty`, 'a new folder for each backup');
}
