import { setTimeout as sleep } from 'node:timers/promises';
import { builtInSummary, findDataset, listDatasets } from '@caviar/datasets';
import { createDatabase } from '@caviar/db';
import {
  advanceWhenCalled,
  createTrialDesk,
  type Deps,
  DomainError,
  deliverWebhooks,
  type Logger,
  newId,
  pruneEvents,
  reconcile,
  repeat,
  takeTurns,
  tidyCheckpoints,
  type WorkerInfo,
} from '@caviar/orchestrator';
import { consumeTasks, consumeTrials, createQueue } from '@caviar/queue';
import { chooseEngine } from '@caviar/training';
import type { WorkerConfig } from './config.js';
import { createDatasetCache } from './dataset-cache.js';
import { createHeldTrials } from './held-trials.js';
import { serveMetrics } from './metrics/serve-metrics.js';
import { createWorkerMetrics } from './metrics/worker-metrics.js';
import { createProgramTrainer } from './programs/program-trainer.js';
import { performTask } from './tasks.js';
import { chooseThread } from './trainer/choose-thread.js';
import { createTrainingThread } from './trainer/training-thread.js';
import { createTrialRunner } from './trial-runner.js';
import { createRounds } from './webhooks/rounds.js';
import { createNoticeSender } from './webhooks/send-notice.js';

const RECONCILE_MS = 2_000;
const HEARTBEAT_MS = 3_000;
const PRUNE_MS = 60_000;
const WEBHOOKS_MS = 1_000;
/** Rounds of webhooks with receivers that take their time, up to what they are given; each is of 32 webhooks at most. */
const LATE_ROUNDS = 16;
/** Copies of data sets on this machine. */
const MAX_CACHED_BYTES = 20 * 2 ** 30;
const TIDY_MS = 5_000;
/** Time a running step gets to come to its end when the worker stops. */
const GRACE_MS = 10_000;

export interface WorkerApp {
  readonly info: WorkerInfo;
  /** Brings every trial back and closes all connections. */
  stop(): Promise<void>;
}

/** Puts a worker together and lets it take trials, as soon as Postgres and Redis answer. */
export async function startWorker(config: WorkerConfig, logger: Logger): Promise<WorkerApp> {
  const database = createDatabase({ url: config.databaseUrl, poolSize: 4 });
  const connection = { url: config.redisUrl, logger };
  const queue = createQueue(connection);
  const deps: Deps = {
    ...database,
    dispatcher: queue.dispatcher,
    signals: queue.signals,
    tasks: queue.tasks,
    datasets: { list: listDatasets, find: findDataset, summary: builtInSummary },
    programs: [...config.programs.keys()],
    maxLosses: config.maxLosses,
    logger,
  };
  const info = describeWorker(config);
  const watched = createWorkerMetrics(() => database.connections());
  const desk = watched.watchDesk(createTrialDesk(deps, { worker: info, leaseMs: config.leaseMs }));
  await untilAnswered(logger, async () => {
    await database.ping();
    await queue.ping().catch((cause: unknown) => {
      throw new DomainError('unavailable', 'Redis does not answer', { cause });
    });
    await desk.heartbeat();
  });
  const metricsServer = config.metrics === undefined ? undefined : await serveMetrics(watched.metrics, config.metrics);
  if (metricsServer !== undefined) logger.info({ port: metricsServer.port }, 'metrics are served');

  const cache = createDatasetCache({ ...deps, folder: config.dataFolder, maxBytes: MAX_CACHED_BYTES });
  const held = createHeldTrials({ desk, leaseMs: config.leaseMs, logger });
  const watch = queue.signals.subscribe;
  const runners = Array.from({ length: config.concurrency }, () =>
    createTrialRunner({
      checkpoints: config.checkpoints,
      desk,
      held,
      cache,
      thread: chooseThread(createTrainingThread(), createProgramTrainer({ ...config, logger })),
      logger,
      watch,
    }),
  );
  const free = [...runners];
  const consumer = consumeTrials({
    ...connection,
    concurrency: config.concurrency,
    async handle(trialIds) {
      const runner = free.pop();
      if (runner === undefined) throw new Error('more jobs at once than slots');
      try {
        await runner.run(trialIds);
      } finally {
        free.push(runner);
      }
    },
  });

  const tasks = consumeTasks({
    ...connection,
    handle: (task) => performTask(deps, cache, task),
  });
  const send = createNoticeSender({ allowPrivate: config.webhooks === 'any' });
  const telling = createRounds(async () => watched.delivered(await deliverWebhooks(deps, send)), {
    patienceMs: WEBHOOKS_MS,
    most: LATE_ROUNDS,
    logger,
  });
  const stopped = new AbortController();
  const loops = [
    repeat(async () => consumer.hold((await desk.heartbeat()) !== null), {
      everyMs: HEARTBEAT_MS,
      signal: stopped.signal,
      logger,
    }),
    takeTurns(
      deps,
      {
        reconcile: {
          everyMs: RECONCILE_MS,
          work: async () => watched.reconciled(await reconcile(deps, { mayLead: true })),
        },
        webhooks: { everyMs: WEBHOOKS_MS, work: () => telling.begin() },
        tidy: { everyMs: TIDY_MS, work: () => tidyCheckpoints(deps, config.checkpoints.most) },
        prune: { everyMs: PRUNE_MS, work: () => pruneEvents(deps, config.historyMs) },
      },
      stopped.signal,
    ),
  ];
  const stopListening = advanceWhenCalled(deps);
  return {
    info,
    async stop() {
      stopListening();
      stopped.abort();
      metricsServer?.close();
      const closed = Promise.all([consumer.close(), tasks.close()]);
      await Promise.all(runners.map((runner) => runner.stop(GRACE_MS)));
      await closed;
      await Promise.all(loops);
      await telling.ended();
      held.close();
      await desk.stopped().catch(() => {});
      await queue.close();
      await database.close();
    },
  };
}

/** A process that ended instead would be started again and again, each time after a longer pause, and be missing when they are back. */
async function untilAnswered(logger: Logger, ask: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'unavailable') throw error;
      if (tries === 1) logger.warn({ err: error }, 'the worker waits for Postgres and Redis');
      await sleep(Math.min(250 * tries, 2_000));
    }
  }
}

function describeWorker({ concurrency, host }: WorkerConfig): WorkerInfo {
  const { version, platform, arch, pid } = process;
  // What beside the seed decides the bits of a result (fused), and what its speed.
  const { kind: engine, fused, tileColumns } = chooseEngine();
  const vectors = engine === 'wasm' ? { vectorBits: (tileColumns / 2) * 32 } : {}; // a tile is two vectors of float32 wide
  const runtime = { node: version, platform, arch, engine, fused, ...vectors };
  return { id: newId('wrk'), host, pid, concurrency, runtime };
}
