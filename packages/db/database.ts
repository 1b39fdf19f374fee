import type { Stores } from '@caviar/orchestrator';
import { AskRepository } from './ask-repository.js';
import { ChartRepository } from './chart-repository.js';
import { CheckpointRepository } from './checkpoint-repository.js';
import { type ClientOptions, type Connections, createClient } from './client.js';
import { DatasetRepository } from './dataset-repository.js';
import { EditRepository } from './edit-repository.js';
import { EvaluationRepository } from './evaluation-repository.js';
import { EventRepository } from './event-repository.js';
import { KeyRepository } from './key-repository.js';
import { LearningRepository } from './learning-repository.js';
import { checkMigrated } from './migrated.js';
import { ModelRepository } from './model-repository.js';
import { RungRepository } from './rung-repository.js';
import { SearchRepository } from './search-repository.js';
import { type DatabaseStatistics, readStatistics } from './statistics.js';
import { TrialRepository } from './trial-repository.js';
import { WebhookRepository } from './webhook-repository.js';
import { WorkerRepository } from './worker-repository.js';

/** The stores, and what there is to know of the server behind them. */
export interface Database extends Stores {
  statistics(): Promise<DatabaseStatistics>;
  /** Those of this process. */
  connections(): Connections;
  /** Resolves when Postgres answers and has our tables; throws `unavailable` otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the stores on a migrated database; connections are made when needed. */
export function createDatabase(options: ClientOptions): Database {
  const { client, close, connections } = createClient(options);
  return {
    searches: new SearchRepository(client),
    trials: new TrialRepository(client),
    evaluations: new EvaluationRepository(client),
    rungs: new RungRepository(client),
    asks: new AskRepository(client),
    checkpoints: new CheckpointRepository(client),
    edits: new EditRepository(client),
    keys: new KeyRepository(client),
    charts: new ChartRepository(client),
    storedDatasets: new DatasetRepository(client),
    learning: new LearningRepository(client),
    models: new ModelRepository(client),
    events: new EventRepository(client),
    webhooks: new WebhookRepository(client),
    workers: new WorkerRepository(client),
    statistics: () => readStatistics(client),
    connections,
    ping: () => checkMigrated(client),
    close,
  };
}
