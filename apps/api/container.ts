import { findDataset, listDatasets } from '@caviar/datasets';
import { createDatabase } from '@caviar/db';
import { createOrchestrator } from '@caviar/orchestrator';
import { createQueue } from '@caviar/queue';
import type { Logger } from '@caviar/telemetry';
import type { AppDeps } from './app.js';
import type { Config } from './config.js';

export interface Container extends AppDeps {
  /** Gives the connections back. Requests must have ended. */
  close(): Promise<void>;
}

/** Puts the parts together: the one place that knows which store and which queue there are. Connects when needed. */
export function createContainer(
  config: Pick<Config, 'databaseUrl' | 'redisUrl' | 'apiKeys'> & { readonly redisPrefix?: string },
  logger: Logger,
): Container {
  const database = createDatabase({ url: config.databaseUrl });
  const queue = createQueue({
    url: config.redisUrl,
    logger,
    ...(config.redisPrefix !== undefined && { prefix: config.redisPrefix }),
  });
  const orchestrator = createOrchestrator({
    searches: database.searches,
    trials: database.trials,
    rungs: database.rungs,
    evaluations: database.evaluations,
    workers: database.workers,
    dispatcher: queue.dispatcher,
    signals: queue.signals,
    tasks: queue.tasks,
    datasets: { list: listDatasets, find: findDataset },
    logger,
  });
  return {
    orchestrator,
    pings: { postgres: () => database.ping(), redis: () => queue.ping() },
    statistics: () => database.statistics(),
    queueCounts: () => queue.counts(),
    logger,
    apiKeys: config.apiKeys,
    async close() {
      await Promise.all([queue.close(), database.close()]);
    },
  };
}
