import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import type {} from './provided.js';
import { runSql, withDatabase } from './sql.js';

export interface TestDatabase {
  readonly url: string;
  /** Ends the sessions that are left in it, and removes it. */
  drop(): Promise<void>;
}

/** An empty, migrated database of the caller's own on the run's Postgres: one per test file, or one per test. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { postgresUrl, template } = inject('caviarServers');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runSql(postgresUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    url: withDatabase(postgresUrl, name),
    drop: async () => {
      await runSql(postgresUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** The run's Redis, and a key prefix that nobody else has: pass it to BullMQ as `prefix`. */
export function testRedis(): { readonly url: string; readonly prefix: string } {
  return { url: inject('caviarServers').redisUrl, prefix: `test-${randomBytes(8).toString('hex')}` };
}
