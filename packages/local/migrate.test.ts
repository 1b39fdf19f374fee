import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { migrate } from './migrate.js';
import { type PostgresOptions, type PostgresServer, startPostgres } from './postgres.js';

const folder = mkdtempSync(join(tmpdir(), 'caviar-migrate-test-'));
const options: PostgresOptions = {
  dataDirectory: join(folder, 'postgres'),
  logFile: join(folder, 'postgres.log'),
  settings: { fsync: 'off' },
};
let server: PostgresServer | undefined;
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the server is killed under it
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Every index waits for a lock, so that a migration can be met in its middle. */
const HOLD = `
  CREATE FUNCTION hold() RETURNS event_trigger AS 'BEGIN PERFORM pg_advisory_xact_lock(42); END' LANGUAGE plpgsql;
  CREATE EVENT TRIGGER hold ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION hold()`;
const HELD = 'SELECT 1 FROM pg_locks WHERE objid = 42 AND NOT granted';

test('a crash of the server in the middle of a migration is mended by the next try', async () => {
  const first = await startPostgres(options);
  server = first;
  await query(first.url, HOLD);
  const holder = new pg.Client({ connectionString: first.url });
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query('SELECT pg_advisory_lock(42)');
  const interrupted = migrate({ databaseUrl: first.url }).catch((error: unknown) => error);
  while ((await query(first.url, HELD)).length === 0) await sleep(20);
  process.kill(first.pid, 'SIGQUIT'); // all sessions end at once, nothing is written
  await first.exited;
  expect(String(await interrupted)).toContain('Migrations failed');

  const second = await startPostgres(options);
  server = second;
  const unfinished =
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL';
  expect(await query(second.url, unfinished)).toHaveLength(1);
  await query(second.url, 'DROP EVENT TRIGGER hold');
  const { applied, total } = await migrate({ databaseUrl: second.url });
  expect(applied).toBeGreaterThan(0);
  expect(await migrate({ databaseUrl: second.url })).toEqual({ applied: 0, total });
  expect(await query(second.url, unfinished)).toEqual([]);

  // what keeps out somebody who is not let in is said as it is
  const other = (change: (url: URL) => void) => {
    const url = new URL(second.url);
    change(url);
    return migrate({ databaseUrl: url.toString() });
  };
  await expect(other((url) => (url.pathname = '/missing'))).rejects.toThrow(
    /"missing" does not exist.*CREATE DATABASE/,
  );
  await expect(other((url) => (url.password = 'guess'))).rejects.toThrow(/password authentication failed.*password/);
  await query(second.url, "CREATE ROLE weak LOGIN PASSWORD 'weak'");
  const weak = other((url) => Object.assign(url, { username: 'weak', password: 'weak' }));
  await expect(weak).rejects.toThrow(/^Database failed: permission denied.* Try: a user in DATABASE_URL/);
});

test('a migration that failed is told in the words of the server, and tried again once its reason is gone', async () => {
  const { url } = server!;
  await query(url, 'CREATE DATABASE refused');
  const databaseUrl = url.replace('/caviar?', '/refused?');
  const refuse = `
    CREATE FUNCTION refuse() RETURNS event_trigger AS $$BEGIN RAISE 'no room left'; END$$ LANGUAGE plpgsql;
    CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION refuse()`;
  await query(databaseUrl, refuse);
  const failed = migrate({ databaseUrl });
  await expect(failed).rejects.toThrow(/^Migrations failed: 20\d+_initial: no room left. Try: \S+ scripts/);
  await query(databaseUrl, 'DROP EVENT TRIGGER refuse');
  const { applied, total } = await migrate({ databaseUrl });
  expect(applied).toBe(total);

  // builds before let the server choose the schema: one that is named like the user, where there is one
  await query(databaseUrl, 'ALTER SCHEMA public RENAME TO caviar');
  await query(databaseUrl, 'CREATE SCHEMA public');
  await expect(migrate({ databaseUrl })).rejects.toThrow(/the tables are in the schema caviar.* Try: schema=caviar/);
  expect(await migrate({ databaseUrl: `${databaseUrl}&schema=caviar` })).toEqual({ applied: 0, total });
  await expect(migrate({ databaseUrl: `${databaseUrl}&schema=$user` })).rejects.toThrow(
    /schema "\$user" .*no plain name/,
  );
});
