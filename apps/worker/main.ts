import { createLogger } from '@caviar/telemetry';
import { keepAliveFile } from './alive-file.js';
import { readConfig, type WorkerConfig } from './config.js';
import { startWorker } from './container.js';
import { keepFirstTier, widenVectors } from './v8-flags.js';

/** Longer than a running step gets (10 s), shorter than what supervisors and containers wait before SIGKILL. */
const STOP_DEADLINE_MS = 14_000;

/** The worker process: starts, says that it is ready, and stops when told to. */
async function main(): Promise<void> {
  const config = configOrExit();
  widenVectors();
  keepFirstTier();
  const logger = createLogger({ name: 'worker', level: config.logLevel, pretty: process.stderr.isTTY === true });
  // From before the connections: a worker that waits for Postgres or Redis is not stuck.
  if (config.aliveFile !== undefined) process.on('exit', keepAliveFile(config.aliveFile));
  const started = startWorker(config, logger);
  let isReady = false;

  let stopping = false;
  const stop = (cause: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ cause }, 'worker stopping');
    // It may wait for Postgres or Redis, and holds nothing yet.
    if (!isReady) process.exit(0);
    // Without Postgres or Redis a goodbye may never be heard: the leases of what is left run out by themselves.
    setTimeout(() => {
      logger.error({ deadlineMs: STOP_DEADLINE_MS }, 'the worker could not stop in time');
      process.exit(1);
    }, STOP_DEADLINE_MS).unref();
    started
      .then((worker) => worker.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'the worker could not stop in order');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  // Ctrl-C reaches every process of a terminal; a supervisor stops us in its own order.
  process.on('SIGINT', () => config.supervised || stop('SIGINT'));
  process.on('disconnect', () => stop('the supervisor is gone'));

  const worker = await started.catch((error: unknown) => {
    logger.fatal({ err: error }, 'the worker could not start');
    process.exit(1);
  });
  isReady = true;
  logger.info({ workerId: worker.info.id, concurrency: config.concurrency }, 'worker ready');
  process.send?.({ kind: 'ready' });
}

function configOrExit(): WorkerConfig {
  try {
    return readConfig();
  } catch (error) {
    const lines = (error instanceof Error ? error.message : String(error)).split('\n');
    for (const line of lines) process.stderr.write(`caviar worker: ${line}\n`);
    process.exit(1);
  }
}

await main();
