import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, runSql, startTestRedis } from '@caviar/testing';
import { expect, test } from 'vitest';

const WORKER = fileURLToPath(new URL('dist/main.js', import.meta.url));

function start(databaseUrl: string, redisUrl: string) {
  const env = { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  const child = fork(WORKER, [], { env, silent: true, execArgv: [] });
  let output = '';
  child.stderr!.on('data', (text) => {
    output += text;
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return { child, exited, output: () => output };
}

test('a worker that starts before its servers waits for them, and is ready when they are', async () => {
  const database = await createTestDatabase();
  const first = await startTestRedis();
  await first.stop();
  const worker = start(database.url, first.url);
  const ready = once(worker.child, 'message');
  await expect.poll(worker.output).toContain('the worker waits for Postgres and Redis');
  const { folder, port } = first;
  const redis = await startTestRedis({ folder, port });
  const said = await Promise.race([ready, worker.exited]);
  expect(said).toMatchObject({ 0: { kind: 'ready' } });
  const known = await runSql(database.url, 'SELECT count(*)::int AS workers FROM workers');
  expect(known).toEqual([{ workers: 1 }]);
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  await redis.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('one that waits ends at once when it is told to, or when its supervisor is gone', async () => {
  for (const end of ['SIGTERM', 'disconnect'] as const) {
    const worker = start('postgresql://caviar:x@127.0.0.1:9/caviar', 'redis://127.0.0.1:9');
    await expect.poll(worker.output).toContain('the worker waits for Postgres and Redis');
    if (end === 'SIGTERM') worker.child.kill('SIGTERM');
    else worker.child.disconnect();
    expect(await worker.exited).toBe(0);
  }
});

test('one that Postgres does not let in says so and ends; one that comes before the migration waits for it', async () => {
  const database = await createTestDatabase();
  const redis = await startTestRedis();
  const wrong = Object.assign(new URL(database.url), { password: 'wrong' }).toString();
  const refused = start(wrong, redis.url);
  expect(await refused.exited).toBe(1);
  expect(refused.output()).toContain('password authentication failed');
  await runSql(database.url, 'ALTER SCHEMA public RENAME TO migrated; CREATE SCHEMA public');
  const early = start(database.url, redis.url);
  await expect.poll(early.output).toContain('older than this release: npm run db:migrate');
  const ready = once(early.child, 'message');
  await runSql(database.url, 'DROP SCHEMA public; ALTER SCHEMA migrated RENAME TO public');
  await ready;
  early.child.kill('SIGTERM');
  expect(await early.exited).toBe(0);
  await redis.stop();
  await database.drop();
});
