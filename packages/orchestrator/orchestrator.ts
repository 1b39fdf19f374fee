import type { Diagnosis, NextSearch } from '@caviar/diagnosis';
import type { Importance, SearchPreview } from '@caviar/search';
import type {
  ApiKey,
  GradientCheckReport,
  GradientCheckRequest,
  Measurement,
  Objective,
  Params,
  Progress,
  SamplerSpec,
  SchedulerSpec,
  Search,
  SearchSpace,
  SearchSpec,
  SearchSpecInput,
  StopCriteria,
  StoredDataset,
  TestEvaluation,
  Trial,
  TrialEdit,
  TrialStatus,
} from '@caviar/spec';
import type { Change, Charts } from './charts.js';
import type { ExternalDesk } from './external/external-desk.js';
import type { EventPosition, Transition } from './ports/event-store.js';
import type { Page, PageQuery } from './ports/page.js';
import type { SearchListQuery } from './ports/search-store.js';
import type { BoardEntry } from './ports/trial-store.js';
import type { Webhook } from './ports/webhook-store.js';
import type { WorkerListQuery, WorkerView } from './ports/worker-store.js';
import type { DataAllowance } from './use-cases/data-allowance.js';
import type { DatasetView, DatasetViewer, SummarizedDataset, UploadedDataset } from './use-cases/datasets.js';
import type { EventBatch } from './use-cases/follow-events.js';

export interface Leaderboard {
  readonly searchId: string;
  /** The one, or the first of `objectives`. */
  readonly objective: Objective;
  /** All of several. */
  readonly objectives?: readonly Objective[];
  readonly version: number;
  readonly progress: Progress;
  readonly entries: readonly BoardEntry[];
  readonly nextCursor: string | null;
}

export interface SearchPatch {
  readonly name?: string | undefined;
  readonly notes?: string | null | undefined;
  readonly parallelism?: number | undefined;
  readonly stop?: StopCriteria | undefined;
  readonly space?: SearchSpace | undefined;
}

/** What a fork has of its own; the rest is that of the search it came from. */
export interface ForkOptions {
  readonly name?: string | undefined;
  readonly stop?: StopCriteria | undefined;
  readonly sampler?: SamplerSpec | undefined;
  readonly scheduler?: SchedulerSpec | undefined;
  readonly parallelism?: number | undefined;
  readonly seed?: number | undefined;
  /** Width of the new ranges relative to the old ones, each on its own scale. */
  readonly width?: number | undefined;
}

/** A measurement with its bias-corrected exponentially weighted averages (seed 2.2), when a beta was given. */
export interface CurvePoint extends Measurement {
  readonly smoothed?: Readonly<Record<string, number | null>>;
}

export interface DiagnosisOptions {
  /** The best error that anyone could have; 0 unless it is known. */
  readonly bayesError: number;
}

export interface TrialDiagnosis extends Diagnosis {
  readonly trialId: string;
  readonly searchId: string;
}

export interface SearchDiagnosis extends TrialDiagnosis {
  /** A spec that follows the recipe and can be posted as it is. */
  readonly nextSearch: NextSearch['spec'];
  /** What is different in it, and why. */
  readonly changes: NextSearch['changes'];
}

/** What the objective of a search depends on, as of a version of its board. */
export interface SearchImportance extends Importance {
  readonly searchId: string;
  readonly version: number;
}

/**
 * What people can ask of searches and trials: the API's whole view of the house.
 * Everything throws `DomainError`; ids that do not exist give `…-not-found`.
 */
export interface Orchestrator {
  /** Ask and tell, for training code outside. */
  readonly external: ExternalDesk;
  /** What a page draws of a search. */
  readonly charts: Charts;
  createSearch(
    spec: SearchSpecInput,
    options: { readonly idempotencyKey?: string | undefined; readonly project?: string | undefined },
  ): Promise<{ readonly search: Search; readonly created: boolean }>;
  /** What the search would do, and its spec with every default filled in. Nothing is stored. */
  previewSearch(spec: SearchSpecInput, project: string): Promise<SearchPreview & { readonly spec: SearchSpec }>;
  getSearch(id: string): Promise<Search>;
  listSearches(query: SearchListQuery): Promise<Page<Search>>;
  patchSearch(id: string, patch: SearchPatch): Promise<Search>;
  pauseSearch(id: string): Promise<Search>;
  resumeSearch(id: string): Promise<Search>;
  cancelSearch(id: string): Promise<Search>;
  deleteSearch(id: string): Promise<void>;
  leaderboard(id: string, query: PageQuery): Promise<Leaderboard>;
  /** Version of the leaderboard; cheap. */
  boardVersion(id: string): Promise<number>;
  /** Resolves with the version as soon as it is not `version`, at the latest after `waitMs` or when aborted. */
  waitForBoard(
    id: string,
    version: number,
    options: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<number>;
  listTrials(searchId: string, query: PageQuery & { readonly status?: TrialStatus | undefined }): Promise<Page<Trial>>;
  /** All trials by number, page by page; throws before the first item when there is no such search. */
  exportTrials(searchId: string): AsyncIterable<readonly Trial[]>;
  getTrial(id: string): Promise<Trial>;
  /** Transitions of a trial that are still kept, in order. */
  trialHistory(id: string): Promise<readonly Transition[]>;
  /**
   * Events of a search after a place (null: from now on, beginning with its status) until `signal` aborts or it is deleted. Throws
   * before the first batch, which may be empty, when there is no such search, or `events-gone`.
   */
  followEvents(
    searchId: string,
    options: { readonly after: EventPosition | null; readonly signal: AbortSignal },
  ): AsyncGenerator<EventBatch, void>;
  /** All searches of a project (left out: of all) and the workers at a glance, until `signal` aborts. */
  followChanges(options: {
    readonly project?: string | undefined;
    readonly signal: AbortSignal;
  }): AsyncGenerator<readonly Change[], void>;
  cancelTrial(id: string): Promise<Trial>;
  /** Pauses one trial, until it is resumed. Idempotent; throws `trial-ended`. */
  pauseTrial(id: string): Promise<Trial>;
  resumeTrial(id: string): Promise<Trial>;
  /**
   * Changes params of a trial that has begun, from its next step on; `by` is who does it. Throws `trial-not-running`,
   * `trial-ended`, `trial-not-editable`, `invalid-request`.
   */
  editTrial(id: string, params: Params, by: string): Promise<TrialEdit>;
  /** Takes a trial back to an earlier step; throws as `editTrial` does. */
  rewindTrial(id: string, step: number, by: string): Promise<Trial>;
  /** Makes a search around the params that a trial has now; `by` is who does it. Throws what `createSearch` throws. */
  forkTrial(
    id: string,
    options: ForkOptions & { readonly by: string; readonly idempotencyKey?: string | undefined },
  ): Promise<{ readonly search: Search; readonly created: boolean }>;
  /** All that people did to a trial, in order. */
  trialEdits(id: string): Promise<readonly TrialEdit[]>;
  /** The learning curve, or what the rewind of that number took out of it; with `maxPoints` thinned, first and last kept. */
  measurements(
    trialId: string,
    query: {
      readonly maxPoints?: number | undefined;
      readonly beta?: number | undefined;
      readonly supersededBy?: number | undefined;
    },
  ): Promise<readonly CurvePoint[]>;
  /** Checks backpropagation for a network of the caller's choice, in a worker (seed 1.9). */
  checkGradients(request: GradientCheckRequest, project: string): Promise<GradientCheckReport>;
  diagnoseTrial(id: string, options: DiagnosisOptions): Promise<TrialDiagnosis>;
  diagnoseSearch(id: string, options: DiagnosisOptions): Promise<SearchDiagnosis>;
  /** Opens the sealed test set for the winner, once; throws `search-not-ended`, `nothing-to-evaluate`. */
  evaluateTest(id: string): Promise<TestEvaluation>;
  /** The network of a completed or pruned trial as safetensors; trains it again when it is not kept. Throws `no-model`. */
  getModel(trialId: string): Promise<{ readonly trial: Trial; readonly data: Uint8Array }>;
  /** Shares of the objective's variance (fANOVA); throws `nothing-to-explain` while there are none. */
  /** For one of several objectives, named by its metric; the first if left out. */
  explainSearch(id: string, objective?: string): Promise<SearchImportance>;
  /** Makes a key; what is given back is the only copy of it. */
  createKey(
    wanted: Pick<ApiKey, 'name' | 'role' | 'project'>,
  ): Promise<{ readonly apiKey: ApiKey; readonly key: string }>;
  /** The key that a caller shows; null when it is not, or no longer, one of ours. */
  findKey(key: string): Promise<ApiKey | null>;
  listKeys(query: PageQuery): Promise<Page<ApiKey>>;
  revokeKey(id: string): Promise<ApiKey>;
  /** Has somebody told of a search from now on; the secret is given this once. Throws `too-many-webhooks`. */
  createWebhook(
    searchId: string,
    wanted: Pick<Webhook, 'url' | 'events'>,
  ): Promise<{ readonly webhook: Webhook; readonly secret: string }>;
  listWebhooks(searchId: string): Promise<readonly Webhook[]>;
  deleteWebhook(id: string): Promise<void>;
  /** The project that a search, or the search of a trial or webhook, belongs to; null when there is none of that id. */
  projectOf(kind: 'search' | 'trial' | 'webhook', id: string): Promise<string | null>;
  listWorkers(query: WorkerListQuery): Promise<Page<WorkerView>>;
  /** Lifts the quarantine of a worker's machine; throws `worker-not-found`. */
  releaseWorker(id: string): Promise<void>;
  /** What a project (null: anyone) sees, built-in ones first. */
  listDatasets(project: string | null): Promise<readonly DatasetView[]>;
  getDataset(idOrName: string, viewer: DatasetViewer): Promise<SummarizedDataset>;
  /** What a project may still upload: to be taken from while bytes come in. */
  uploadAllowance(project: string): Promise<DataAllowance>;
  /** Stores an upload; `created` is false where the project has the same content already. Throws `dataset-exists`. */
  createDataset(
    dataset: UploadedDataset,
    project: string,
  ): Promise<{ readonly dataset: StoredDataset; readonly created: boolean }>;
  /** Throws `dataset-in-use`, `dataset-built-in`. */
  deleteDataset(idOrName: string, viewer: DatasetViewer): Promise<void>;
}
