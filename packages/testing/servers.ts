import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, type RedisServer, startPostgres, startRedis } from '@caviar/local';

/** Postgres without its promises to survive a power cut: tests throw the data away, and want them quickly. */
const UNSAFE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };

export interface TestServerOptions {
  /** Start again on the data (and the port) of a server that was stopped or killed. */
  readonly folder?: string;
  readonly port?: number;
}

/** A Postgres of the caller's own, for tests that stop or kill it. The caller stops it. */
export async function startTestPostgres(options: TestServerOptions = {}): Promise<PostgresServer & { folder: string }> {
  const { folder = temporaryFolder('postgres'), ...rest } = options;
  const server = await startPostgres({
    dataDirectory: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    settings: UNSAFE,
    ...rest,
  });
  return { ...server, folder };
}

/** A Redis of the caller's own, for tests that stop or kill it. The caller stops it. */
export async function startTestRedis(options: TestServerOptions = {}): Promise<RedisServer & { folder: string }> {
  const { folder = temporaryFolder('redis'), ...rest } = options;
  const server = await startRedis({
    directory: join(folder, 'redis'),
    logFile: join(folder, 'redis.log'),
    password: 'test', // so that a restart has the same URL
    ...rest,
  });
  return { ...server, folder };
}

/** A folder that goes with the test run. */
export function temporaryFolder(purpose: string): string {
  return mkdtempSync(join(tmpdir(), `caviar-${purpose}-`));
}
