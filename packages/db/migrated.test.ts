import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@caviar/local';
import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from './database.js';
import { NEWEST_MIGRATION } from './migrated.js';

let server: Awaited<ReturnType<typeof createTestDatabase>>;
let database: Database;
beforeAll(async () => {
  server = await createTestDatabase();
  database = createDatabase({ url: server.url });
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

const older = { code: 'unavailable', message: expect.stringContaining('npm run db:migrate') };

test('the newest migration is the one that the release waits for', () => {
  const names = readdirSync(join(repositoryRoot(), 'prisma', 'migrations')).filter((name) => /^\d/.test(name));
  expect(NEWEST_MIGRATION).toBe(names.sort().at(-1));
});

test('tables of an older release are told for what they are, those of a newer one will do', async () => {
  await database.ping();
  const strange = `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', '', '2099_newer', now())`;
  await runSql(server.url, strange);
  await database.ping();

  const forbidden = new URL(server.url);
  Object.assign(forbidden, { username: 'reader', password: 'reader' });
  await runSql(server.url, `CREATE ROLE reader LOGIN PASSWORD 'reader'`);
  const reader = createDatabase({ url: forbidden.toString() });
  await reader.ping(); // it may not read what was applied
  await reader.close();
  await runSql(server.url, 'DROP ROLE reader');

  await runSql(server.url, `DELETE FROM _prisma_migrations WHERE migration_name = '${NEWEST_MIGRATION}'`);
  await expect(database.ping()).rejects.toMatchObject(older);
  await runSql(server.url, 'ALTER TABLE workers RENAME COLUMN host TO gone');
  await expect(database.workers.list({ limit: 1 })).rejects.toMatchObject(older);
  await runSql(server.url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await expect(database.ping()).rejects.toMatchObject(older);
  await expect(database.keys.list({ limit: 1 })).rejects.toMatchObject(older);
});
