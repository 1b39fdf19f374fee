import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@caviar/client';
import { backup, migrate, restore } from '@caviar/local';
import { createTestDatabase, runSql, startTestRedis } from '@caviar/testing';
import { expect, test } from 'vitest';
import { startFleet } from './support/fleet.js';

/** Another URL of the same database. */
function within(url: string, change: (url: URL) => void): string {
  const changed = new URL(url);
  change(changed);
  return changed.toString();
}

test('a database that is shared: ?schema= has the tables, whatever schemas and settings the user has besides', async () => {
  const database = await createTestDatabase(); // with tables of ours in public, which stay as they are
  const redis = await startTestRedis();
  await runSql(
    database.url,
    `CREATE ROLE shared LOGIN PASSWORD 'shared';
     CREATE SCHEMA AUTHORIZATION shared;
     CREATE SCHEMA "Mine" AUTHORIZATION shared;
     CREATE SCHEMA copy AUTHORIZATION shared;
     DO $$ BEGIN EXECUTE 'GRANT CREATE ON DATABASE ' || quote_ident(current_database()) || ' TO shared'; END $$;
     ALTER ROLE shared SET search_path = nowhere`,
  );
  const as = (schema: string) =>
    within(database.url, (url) => {
      Object.assign(url, { username: 'shared', password: 'shared' });
      url.searchParams.set('schema', schema);
    });
  const [databaseUrl, copyUrl] = [as('Mine'), as('copy')];
  await migrate({ databaseUrl });
  const fleet = await startFleet({
    servers: { databaseUrl, redisUrl: redis.url },
    env: { PGOPTIONS: '-c search_path=public -c statement_timeout=1', PGUSER: 'nobody', PGHOST: '192.0.2.1' },
  });
  try {
    const [{ url: baseUrl }] = await Promise.all([fleet.addApi(), fleet.addWorker()]);
    const client = createClient({ baseUrl });
    // what Prisma writes itself names a schema, what we write names none: idempotency keys, the log of a scheduler, measurements
    const { id } = await client.createSearch(
      {
        trainer: { kind: 'quadratic', params: { steps: 9 } },
        space: { learningRate: { kind: 'float', min: 1e-3, max: 1, scale: 'log' } },
        scheduler: { kind: 'asha', maxResource: 9 },
        stop: { maxTrials: 9 },
        seed: 1,
      },
      { idempotencyKey: 'once' },
    );
    for await (const _ of client.followEvents(id, { after: '0' }));
    const { best } = await client.getSearch(id);
    expect((await client.measurements(best!.trialId)).items).toHaveLength(9);
    expect((await client.searchRungs(id)).items.length).toBeGreaterThan(0);

    const rows = (schema: string) => runSql(database.url, `SELECT id, status FROM "${schema}".trials ORDER BY id`);
    expect(await rows('public')).toEqual([]);
    expect(await rows('Mine')).toHaveLength(9);
    const folder = join(mkdtempSync(join(tmpdir(), 'caviar-schema-')), 'backup');
    await backup(databaseUrl, folder);
    await migrate({ databaseUrl: copyUrl });
    await restore(copyUrl, folder);
    expect(await rows('copy')).toEqual(await rows('Mine'));
    const tablesOfOthers = `SELECT tablename FROM pg_tables WHERE schemaname = 'shared'`;
    expect(await runSql(database.url, tablesOfOthers)).toEqual([]);
  } finally {
    await fleet.stop();
    await redis.stop();
    await database.drop();
    await runSql(
      within(database.url, (url) => (url.pathname = '/postgres')),
      'DROP ROLE shared',
    );
  }
});
