import { lookup } from 'node:dns/promises';
import { setFlagsFromString } from 'node:v8';
import { createLogger, type Logger } from '@caviar/telemetry';
import { buildApp } from './app.js';
import { type Config, ConfigError, loadConfig } from './config.js';
import { createContainer } from './container.js';
import { addressElsewhere } from './loopback.js';
import { removeAbandonedUploads } from './uploads/upload-folder.js';

/** Requests that have not ended by then are cut off; supervisors and containers kill soon after. */
const STOP_MS = 10_000;

// A full collection takes both cores of a small machine for 30 ms, in which readers wait; after an idle while V8 begins with one a
// second (ADR 48). So old objects may become three times those that were left, some 140 MB.
setFlagsFromString('--heap-growing-percent=200');

await main();

async function main(): Promise<void> {
  const config = readConfig();
  if (config === null) return;
  const logger = createLogger({ name: 'api', level: config.logLevel, pretty: process.stderr.isTTY });
  try {
    await serve(config, logger);
  } catch (error) {
    logger.fatal({ err: error }, startFailure(error, config));
    process.exit(1);
  }
}

function readConfig(): Config | null {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const line of error.lines) process.stderr.write(`caviar api: ${line}\n`);
    process.exitCode = 2;
    return null;
  }
}

async function serve(config: Config, logger: Logger): Promise<void> {
  if (config.apiKeys.length === 0) {
    const elsewhere = await addressElsewhere(config.host, (name) => lookup(name, { all: true }));
    if (elsewhere !== null) throw new Error(`HOST ${config.host} leads to ${elsewhere}, which needs CAVIAR_API_KEYS`);
  }
  const container = createContainer(config, logger);
  const app = await buildApp(container);
  let isStopping = false;
  const stopped = new AbortController();
  let reconciling = Promise.resolve();

  async function stop(reason: string): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    stopped.abort();
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.warn({ afterMs: STOP_MS }, 'requests did not end in time');
      process.exit(1);
    }, STOP_MS).unref();
    try {
      await app.close();
      await reconciling;
      await container.close();
      logger.info('stopped');
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'did not stop cleanly');
      process.exit(1);
    }
  }

  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'crashed');
    process.exit(1);
  });
  process.on('SIGTERM', () => void stop('SIGTERM'));
  // Ctrl-C goes to a whole process group: a supervisor takes it and stops us in its own order.
  process.on('SIGINT', () => {
    if (!config.isSupervised) void stop('SIGINT');
  });
  if (config.isSupervised) process.on('disconnect', () => void stop('the supervisor is gone'));

  const url = await app.listen({ host: config.host, port: config.port });
  // Workers do this too, but a service for code outside may have none.
  reconciling = container.takeTurns(stopped.signal);
  process.send?.({ kind: 'ready', url });
  void removeAbandonedUploads();
  if (!config.isSupervised) process.stdout.write(`caviar ready ${url}\n`);
}

function startFailure(error: unknown, { host, port }: Config): string {
  switch ((error as { code?: unknown } | null)?.code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken: stop what listens there, or set PORT to another (0 picks a free one)`;
    case 'EACCES':
      return `port ${port} is not ours to take: set PORT to one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST ${host} is no address of this machine`;
    default:
      return 'the API could not start';
  }
}
