import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import { isRetryable, translate } from './errors.js';
import { PrismaClient } from './generated/client.js';
import { createStatementNames, isPooled } from './kept-statements.js';

const MAX_TRIES = 5;

export interface ClientOptions {
  readonly url: string;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
}

/**
 * Prisma over the pg driver, whose pool is ours so that it can be watched. Every operation, raw SQL included, is tried again
 * when it lost a race (deadlock), and throws the domain's `unavailable` when the server is away.
 */
export function createClient({ url, poolSize = 10 }: ClientOptions) {
  const isKept = !isPooled(url);
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // A worker's trial and a person's click must not hang on a statement that waits for a lock for ever.
    statement_timeout: 60_000,
    // Every statement has an index to go by. A plan that is kept may have been made when its tables were empty, and best read whole.
    ...(isKept ? { options: '-c enable_seqscan=off' } : {}),
  });
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    ...(isKept ? { statementNameGenerator: createStatementNames() } : {}),
  });
  const client = new PrismaClient({ adapter }).$extends({
    query: {
      async $allOperations({ args, query }) {
        for (let tries = 1; ; tries++) {
          try {
            return await query(args);
          } catch (error) {
            if (tries === MAX_TRIES || !isRetryable(error)) throw translate(error);
            await sleep(10 * tries);
          }
        }
      },
    },
  });
  return { client, connections: () => connectionsOf(pool) };
}

/** Connections of this process to Postgres, and statements that wait for one. */
export interface Connections {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
}

function connectionsOf({ totalCount, idleCount, waitingCount }: Pool): Connections {
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}

export type Client = ReturnType<typeof createClient>['client'];
