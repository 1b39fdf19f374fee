import { builtInSummary, DEFAULT_LIMITS, findDataset, listDatasets } from '@caviar/datasets';
import { createDatabase } from '@caviar/db';
import { createOrchestrator, type Deps, reconcile, takeTurns } from '@caviar/orchestrator';
import { createQueue } from '@caviar/queue';
import { createMetrics, type Logger } from '@caviar/telemetry';
import type { AppDeps } from './app.js';
import type { Config } from './config.js';

export interface Container extends AppDeps {
  /** Brings Postgres and the queue in line: leases that have run out, searches that could go on. */
  reconcile(): Promise<void>;
  /** Does so whenever nobody else does, until the signal aborts. */
  takeTurns(signal: AbortSignal): Promise<void>;
  /** Gives the connections back. Requests must have ended. */
  close(): Promise<void>;
}

const RECONCILE_MS = 2_000;
/** An upload that is silent for longer is given up. */
const UPLOAD_SILENCE_MS = 30_000;
/** How many times larger than an upload may be what it unpacks to. */
const UNPACKED_TIMES = 4;

/** Puts the parts together: the one place that knows which store and which queue there are. Connects when needed. */
export function createContainer(
  config: Pick<
    Config,
    'databaseUrl' | 'redisUrl' | 'apiKeys' | 'rateLimit' | 'quotas' | 'heldRequests' | 'corsOrigins' | 'uploadBytes'
  > & {
    readonly redisPrefix?: string;
    readonly programs?: readonly string[];
    readonly maxLosses?: number;
  },
  logger: Logger,
): Container {
  const database = createDatabase({ url: config.databaseUrl });
  const queue = createQueue({
    url: config.redisUrl,
    logger,
    ...(config.redisPrefix !== undefined && { prefix: config.redisPrefix }),
  });
  const deps: Deps = {
    ...database,
    dispatcher: queue.dispatcher,
    signals: queue.signals,
    tasks: queue.tasks,
    datasets: { list: listDatasets, find: findDataset, summary: builtInSummary },
    programs: config.programs ?? [],
    ...(config.maxLosses !== undefined && { maxLosses: config.maxLosses }),
    logger,
    quotas: config.quotas,
  };
  const metrics = createMetrics();
  const reclaimed = metrics.counter({
    name: 'leases_expired_total',
    help: 'Trials that this process queued again since their holder had fallen silent.',
    labels: [],
  });
  const reconcileAndCount = async () => reclaimed({}, (await reconcile(deps)).reclaimed);
  return {
    metrics,
    connections: () => database.connections(),
    orchestrator: createOrchestrator(deps),
    reconcile: reconcileAndCount,
    takeTurns: (signal) => takeTurns(deps, { reconcile: { everyMs: RECONCILE_MS, work: reconcileAndCount } }, signal),
    pings: { postgres: () => database.ping(), redis: () => queue.ping() },
    statistics: () => database.statistics(),
    queueCounts: () => queue.counts(),
    logger,
    apiKeys: config.apiKeys,
    rateLimit: config.rateLimit,
    rateLimiter: queue.rateLimiter,
    heldRequests: config.heldRequests,
    corsOrigins: config.corsOrigins,
    datasetLimits: {
      uploadBytes: config.uploadBytes,
      silenceMs: UPLOAD_SILENCE_MS,
      ingest: { ...DEFAULT_LIMITS, unpackedBytes: UNPACKED_TIMES * config.uploadBytes },
    },
    async close() {
      await Promise.all([queue.close(), database.close()]);
    },
  };
}
