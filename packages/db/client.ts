import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import { isRetryable, translate } from './errors.js';
import { PrismaClient } from './generated/client.js';
import { createStatementNames, isPooled } from './kept-statements.js';
import { createRead, type Read } from './read-statements.js';
import { schemaOf, sessionOf } from './session.js';

const MAX_TRIES = 5;

export interface ClientOptions {
  readonly url: string;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
}

/**
 * Prisma over the pg driver, whose pool is ours so that it can be watched; `$read` goes to the driver directly. Every operation is
 * tried again when it lost a race (deadlock), and throws the domain's `unavailable` when the server is away.
 */
export function createClient({ url, poolSize = 10 }: ClientOptions) {
  const isKept = !isPooled(url);
  const schema = schemaOf(url);
  const { connectionString, options } = sessionOf(url);
  const pool = new Pool({
    connectionString,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    // Of a host that is gone an idle connection hears in twenty seconds, instead of two hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A worker's trial and a person's click must not hang on a statement that waits for a lock for ever.
    statement_timeout: 60_000,
    // Every statement has an index to go by. A plan that is kept may have been made when its tables were empty, and best read whole.
    ...(isKept ? { options: `${options} -c enable_seqscan=off` } : {}),
  });
  pool.on('error', () => {}); // an idle connection that breaks is replaced; whoever asks next is told if the server is away
  const statementNameGenerator = isKept ? createStatementNames(schema) : undefined;
  const adapter = new PrismaPg(pool, { schema, ...(statementNameGenerator && { statementNameGenerator }) });
  const read = createRead(pool, statementNameGenerator);
  const $read: Read = (...statement) => inTries(() => read(...statement));
  const client = new PrismaClient({ adapter }).$extends({
    client: { $read },
    query: { $allOperations: ({ args, query }) => inTries(() => query(args)) },
  });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= client.$disconnect().then(() => pool.end());
    return closed;
  };
  return { client, close, connections: () => connectionsOf(pool) };
}

async function inTries<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES || !isRetryable(error)) throw translate(error);
      await sleep(10 * tries);
    }
  }
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
