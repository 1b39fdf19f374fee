import { createLogger } from '@caviar/telemetry';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../app.js';
import type { Config } from '../config.js';
import { type Container, createContainer } from '../container.js';
import { createTestWorker, type TestWorker } from './test-worker.js';

/** What `createTestDatabase()` and `testRedis()` of @caviar/testing give. */
export interface TestServers {
  readonly database: { readonly url: string; drop(): Promise<void> };
  readonly redis: { readonly url: string; readonly prefix: string };
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly container: Container;
  /** Finishes trials when it is told to, and never by itself. */
  readonly worker: TestWorker;
  /** Lines of the log, parsed. */
  readonly log: Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

/** The API on a real database and a Redis prefix of its own. */
export async function createTestApp(
  { database, redis }: TestServers,
  options: Partial<
    Pick<
      Config,
      'apiKeys' | 'databaseUrl' | 'redisUrl' | 'rateLimit' | 'quotas' | 'heldRequests' | 'corsOrigins' | 'uploadBytes'
    >
  > = {},
): Promise<TestApp> {
  const log: Readonly<Record<string, unknown>>[] = [];
  const logger = createLogger({
    name: 'api',
    level: 'debug',
    pretty: false,
    destination: { write: (line) => log.push(JSON.parse(line)) },
  });
  const settings = {
    databaseUrl: options.databaseUrl ?? database.url,
    redisUrl: options.redisUrl ?? redis.url,
    redisPrefix: redis.prefix,
    apiKeys: options.apiKeys ?? [],
    rateLimit: options.rateLimit ?? 0,
    quotas: options.quotas ?? { searches: 1000, trialsInFlight: 100_000, dataBytes: 2 ** 30 },
    heldRequests: options.heldRequests ?? 1000,
    corsOrigins: options.corsOrigins ?? [],
    uploadBytes: options.uploadBytes ?? 2 ** 26,
  };
  const container = createContainer(settings, logger);
  const app = await buildApp(container);
  const worker = createTestWorker({ databaseUrl: database.url, redis }, logger);
  return {
    app,
    container,
    worker,
    log,
    async close() {
      await app.close();
      await Promise.all([container.close(), worker.close()]);
      await database.drop();
    },
  };
}
