import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createSession } from '../session.js';
import { messageOf, StepError } from '../step-error.js';
import { copyList, fileOf, type Manifest, migrationsOf, quoted, readManifest, type TableEntry } from './manifest.js';

/**
 * Fills a migrated, empty database with what a backup holds: all of it, or nothing.
 *
 * @throws StepError when the database is not empty or of another version, or the backup is not whole
 */
export async function restore(databaseUrl: string, folder: string): Promise<Manifest> {
  const manifest = readManifest(folder);
  const client = createSession(databaseUrl);
  try {
    await client.connect();
    await client.query('BEGIN');
    await refuseOtherVersions(client, manifest);
    // Nobody may write in between; the triggers, which count and write events, have done their work in the original.
    const names = manifest.tables.map(({ name }) => quoted(name));
    await client.query(`LOCK TABLE ${names.join(', ')} IN ACCESS EXCLUSIVE MODE`);
    for (const table of manifest.tables) await refuseRows(client, table);
    for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    for (const table of manifest.tables) await fill(client, table, folder);
    for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
    for (const table of manifest.tables) await moveSequences(client, table);
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return manifest;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error instanceof StepError ? error : new StepError('Restore', messageOf(error), 'a backup that is whole');
  } finally {
    await client.end();
  }
}

async function refuseOtherVersions(client: pg.Client, { migrations }: Manifest): Promise<void> {
  const present = await migrationsOf(client);
  if (JSON.stringify(present) === JSON.stringify(migrations)) return;
  const lacking = migrations.filter((name) => !present.includes(name));
  throw new StepError(
    'Restore',
    lacking.length > 0
      ? `the backup is of a newer version: the database lacks ${lacking.join(', ')}`
      : `the backup is of an older version, before ${present.find((name) => !migrations.includes(name))}`,
    'the version that made the backup; upgrade afterwards (npm run db:migrate)',
  );
}

async function refuseRows(client: pg.Client, { name }: TableEntry): Promise<void> {
  const { rows } = await client.query(`SELECT 1 FROM ${quoted(name)} LIMIT 1`);
  if (rows.length > 0) throw new StepError('Restore', `the table ${name} is not empty`, 'a new database');
}

async function fill(client: pg.Client, table: TableEntry, folder: string): Promise<void> {
  const rows = client.query(copyFrom(`COPY ${copyList(table)} FROM STDIN`));
  await pipeline(createReadStream(fileOf(table, folder)), createGunzip(), rows);
  if (rows.rowCount === table.rows) return;
  throw new StepError(
    'Restore',
    `${table.name} has ${rows.rowCount} rows instead of ${table.rows}`,
    'a backup that is whole',
  );
}

/** Numbers that Postgres gives by itself go on after the highest that there is. */
async function moveSequences(client: pg.Client, { name, columns }: TableEntry): Promise<void> {
  for (const column of columns) {
    await client.query(
      `SELECT setval(s, greatest((SELECT max(${quoted(column)}::text::bigint) FROM ${quoted(name)}), 1))
       FROM pg_get_serial_sequence($1, $2) s WHERE s IS NOT NULL
         AND EXISTS (SELECT 1 FROM ${quoted(name)})`,
      [quoted(name), column],
    );
  }
}
