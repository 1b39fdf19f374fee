import type { AskStore } from './ports/ask-store.js';
import type { ChartStore } from './ports/chart-store.js';
import type { CheckpointStore } from './ports/checkpoint-store.js';
import type { DatasetCatalog } from './ports/dataset-catalog.js';
import type { DatasetStore } from './ports/dataset-store.js';
import type { Dispatcher, SearchSignals } from './ports/dispatcher.js';
import type { EditStore } from './ports/edit-store.js';
import type { EvaluationStore } from './ports/evaluation-store.js';
import type { EventStore } from './ports/event-store.js';
import type { KeyStore } from './ports/key-store.js';
import type { LearningStore } from './ports/learning-store.js';
import type { Logger } from './ports/logger.js';
import type { ModelStore } from './ports/model-store.js';
import type { RungStore } from './ports/rung-store.js';
import type { SearchStore } from './ports/search-store.js';
import type { TaskRunner } from './ports/task-runner.js';
import type { TrialStore } from './ports/trial-store.js';
import type { WebhookStore } from './ports/webhook-store.js';
import type { WorkerStore } from './ports/worker-store.js';

/** Bounds for each project. */
export interface Quotas {
  readonly searches: number;
  /** Sum of the parallelism of its running searches. */
  readonly trialsInFlight: number;
  /** Bytes of the data sets that it has stored. */
  readonly dataBytes: number;
}

/** What is kept in the database. */
export interface Stores {
  readonly searches: SearchStore;
  readonly trials: TrialStore;
  readonly rungs: RungStore;
  readonly evaluations: EvaluationStore;
  readonly asks: AskStore;
  readonly checkpoints: CheckpointStore;
  readonly edits: EditStore;
  readonly events: EventStore;
  readonly webhooks: WebhookStore;
  readonly workers: WorkerStore;
  readonly keys: KeyStore;
  readonly charts: ChartStore;
  /** Data sets that people brought. */
  readonly storedDatasets: DatasetStore;
  readonly learning: LearningStore;
  readonly models: ModelStore;
}

/** What the use cases stand on. */
export interface Deps extends Stores {
  readonly dispatcher: Dispatcher;
  readonly signals: SearchSignals;
  readonly tasks: TaskRunner;
  /** The built-in data sets. */
  readonly datasets: DatasetCatalog;
  /** Names of the programs that a spec may have workers run. */
  readonly programs: readonly string[];
  /** Workers that may be lost with a trial before it is taken for the cause; 3 if left out. */
  readonly maxLosses?: number;
  readonly logger: Logger;
  /** What a project may have at once; without them there is no bound. */
  readonly quotas?: Quotas;
}
