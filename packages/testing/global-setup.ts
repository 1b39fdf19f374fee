// Vitest's global setup of the `integration` project: one Postgres and one Redis for the whole run, and a template
// database migrated once, by the same code as `npm start`.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, migrate, repositoryRoot, stopOrphan } from '@caviar/local';
import type { TestProject } from 'vitest/node';
import type {} from './provided.js';
import { startTestPostgres, startTestRedis } from './servers.js';
import { runSql, withDatabase } from './sql.js';

const PREFIX = 'caviar-test-run-';
const TEMPLATE = 'caviar_template';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned();
  const folder = join(tmpdir(), `${PREFIX}${process.pid}`);
  // What tests leave lying about goes with the run.
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const [postgres, redis] = await Promise.all([startTestPostgres({ folder }), startTestRedis({ folder })]);
  process.on('exit', postgres.kill); // Vitest leaves without a teardown on the second Ctrl-C
  const teardown = async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
    process.off('exit', postgres.kill);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  project.config.env = { ...project.config.env, TMPDIR: temporary };

  try {
    await runSql(postgres.url, `CREATE DATABASE ${TEMPLATE}`);
    if (existsSync(join(repositoryRoot(), 'prisma', 'migrations'))) {
      await migrate({ databaseUrl: withDatabase(postgres.url, TEMPLATE) });
    }
    project.provide('caviarServers', { postgresUrl: postgres.url, template: TEMPLATE, redisUrl: redis.url });
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

/** A run that was killed could not stop its Postgres: the next one does. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    if (isAlive(Number(name.slice(PREFIX.length)))) continue;
    const folder = join(tmpdir(), name);
    await stopOrphan({
      pidFile: join(folder, 'postgres', 'postmaster.pid'),
      isOurs: (command) => command.includes(folder),
      signal: 'SIGINT',
      graceMs: 5_000,
    });
    rmSync(folder, { recursive: true, force: true });
  }
}
