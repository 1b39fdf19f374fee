import type {
  AddedTrialsView,
  AddTrialsBody,
  ApiKeyView,
  AskBody,
  AskedView,
  BestSoFarView,
  ChangeView,
  CreatedKeyView,
  CreatedWebhookView,
  CreateKeyBody,
  DatasetDetailView,
  DatasetMetaBody,
  DatasetPageView,
  DecisionView,
  FinishBody,
  ForkBody,
  GradientCheckBody,
  GradientCheckView,
  KeyPageView,
  LeaderboardEntryView,
  LeaderboardView,
  MeasurementBody,
  MeasurementsView,
  PredictBody,
  PredictionsView,
  ReadinessView,
  SearchDiagnosisView,
  SearchEventView,
  SearchImportanceView,
  SearchPageView,
  SearchPatchBody,
  SearchPreviewView,
  SearchRungsView,
  SearchSort,
  SearchSpecBody,
  SearchTimelineView,
  SearchView,
  TableFilter,
  TellBody,
  TestEvaluationView,
  ToldView,
  TrainerPageView,
  TrialCurvesView,
  TrialDiagnosisView,
  TrialEditsView,
  TrialEditView,
  TrialHistoryView,
  TrialPageView,
  TrialPointsView,
  TrialTableView,
  TrialView,
  WebhookListView,
  WebhookView,
  WorkerPageView,
} from '@caviar/contracts';

/** Every call can be aborted. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface PageOptions extends CallOptions {
  /** 1 to 200; 50 if left out. */
  readonly limit?: number | undefined;
  readonly cursor?: string | null | undefined;
}

export interface SearchQuery extends PageOptions {
  readonly status?: SearchView['status'] | undefined;
  /** Words, each of which the name, the trainer, the data set, the program, the sampler or the scheduler must have; or an id. */
  readonly q?: string | undefined;
  /** `created` if left out. */
  readonly sort?: SearchSort | undefined;
  /** Left out: the newest, the longest way on, or the most trials first; names and statuses by the alphabet. */
  readonly order?: 'asc' | 'desc' | undefined;
}

export interface TrialQuery extends PageOptions {
  readonly status?: TrialView['status'] | undefined;
}

export interface DiagnosisOptions extends CallOptions {
  /** The best error that anyone could have; 0 unless it is known. */
  readonly bayesError?: number | undefined;
}

/** An answer that may say when to ask again. */
export type WithRetry<View> = View & { readonly retryAfterMs: number | null };

export interface BoardOptions extends PageOptions {
  /** Of an earlier answer: null is given while the board is still that one. */
  readonly etag?: string | undefined;
  /** Holds the answer until the board changes, for at most that long (60,000 at most). */
  readonly waitMs?: number | undefined;
}

export interface TaggedBoard {
  readonly board: LeaderboardView;
  readonly etag: string;
}

export interface WatchOptions {
  /** Entries of the board, 1 to 200; 50 if left out. */
  readonly limit?: number | undefined;
  /** How long one request is held (60,000 at most); 25,000 if left out, which most proxies let pass. */
  readonly waitMs?: number | undefined;
  /** Least time between two boards, for readers who can only look so fast; 0 if left out. */
  readonly everyMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WatchedBoard {
  readonly board: LeaderboardView;
  /** The search, as it was just before. */
  readonly search: SearchView;
}

export interface FollowOptions extends CallOptions {
  /** Begins after the event of that id (`0`: with the first); left out: from now on, beginning with the status. */
  readonly after?: string | undefined;
}

export interface FollowedEvent {
  /** For `after`, to go on later. */
  readonly id: string;
  readonly event: SearchEventView;
}

export interface ObjectiveOptions extends CallOptions {
  /** Metric of one of several objectives; the first if left out. */
  readonly objective?: string | undefined;
}

export interface TableOptions extends CallOptions {
  /** A field of a trial, `params.NAME` or `metrics.NAME`; `value` (the order of the board) if left out. */
  readonly sort?: string | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
  /** All if left out or empty. */
  readonly status?: readonly TrialView['status'][] | undefined;
  readonly filter?: TableFilter | undefined;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

export interface CurvesOptions extends CallOptions {
  /** Numbers of the trials, 50 at most; left out: the `best`. */
  readonly numbers?: readonly number[] | undefined;
  readonly best?: number | undefined;
  readonly metrics?: readonly string[] | undefined;
  readonly maxPoints?: number | undefined;
  readonly beta?: number | undefined;
}

/** Parts of an upload that are files. */
export type DatasetPart = 'file' | 'features' | 'labels' | 'testFeatures' | 'testLabels';

/**
 * The API, call by call. Everything throws `ProblemError` and `UnreachableError`, once `patienceMs` of the client has gone by
 * where trying again may help.
 */
export interface Client {
  /** Creates and starts a search. Without a key of yours it has a drawn one, so that trying again cannot make a second search. */
  createSearch(
    spec: SearchSpecBody,
    options?: CallOptions & { readonly idempotencyKey?: string | undefined },
  ): Promise<SearchView>;
  previewSearch(spec: SearchSpecBody, options?: CallOptions): Promise<SearchPreviewView>;
  listSearches(options?: SearchQuery): Promise<SearchPageView>;
  /** Every search, newest first, page by page as they are read. */
  everySearch(options?: Omit<SearchQuery, 'cursor'>): AsyncGenerator<SearchView, void>;
  getSearch(id: string, options?: CallOptions): Promise<SearchView>;
  patchSearch(id: string, patch: SearchPatchBody, options?: CallOptions): Promise<SearchView>;
  pauseSearch(id: string, options?: CallOptions): Promise<SearchView>;
  resumeSearch(id: string, options?: CallOptions): Promise<SearchView>;
  cancelSearch(id: string, options?: CallOptions): Promise<SearchView>;
  /** Bias, variance, the recipe and a next search; a problem `nothing-to-diagnose` while there is none. */
  diagnosis(id: string, options?: DiagnosisOptions): Promise<SearchDiagnosisView>;
  /** Opens the sealed test set for the winner of an ended search; takes as long as training it again. */
  evaluateTest(id: string, options?: CallOptions): Promise<TestEvaluationView>;
  /** What the objective depends on; a problem `nothing-to-explain` while that is not known. */
  importance(id: string, options?: ObjectiveOptions): Promise<SearchImportanceView>;
  /** All searches and the workers at a glance, as they change; `ready` each time it has connected: read lists after it. Never ends by itself. */
  followChanges(options?: CallOptions): AsyncGenerator<ChangeView, void>;
  /** A window of the trials, sorted and filtered. */
  trialTable(searchId: string, options?: TableOptions): Promise<TrialTableView>;
  /** Trials as columns, all or a sample. */
  trialPoints(
    searchId: string,
    options?: CallOptions & { readonly limit?: number | undefined; readonly metrics?: readonly string[] | undefined },
  ): Promise<TrialPointsView>;
  bestSoFar(
    searchId: string,
    options?: ObjectiveOptions & { readonly maxPoints?: number | undefined },
  ): Promise<BestSoFarView>;
  trialCurves(searchId: string, options?: CurvesOptions): Promise<TrialCurvesView>;
  searchRungs(searchId: string, options?: CallOptions): Promise<SearchRungsView>;
  searchTimeline(
    searchId: string,
    options?: CallOptions & { readonly limit?: number | undefined },
  ): Promise<SearchTimelineView>;
  deleteSearch(id: string, options?: CallOptions): Promise<void>;
  /** A page of the board; null when it is still the one of `etag`. */
  leaderboard(id: string, options?: BoardOptions): Promise<TaggedBoard | null>;
  /** Every entry of the board as it is, best first. */
  everyEntry(id: string, options?: Omit<PageOptions, 'cursor'>): AsyncGenerator<LeaderboardEntryView, void>;
  /** The board, each time it changes, until the search has ended. Waits on the server, and outlasts its restarts. */
  watchLeaderboard(id: string, options?: WatchOptions): AsyncGenerator<WatchedBoard, void>;
  /** What happens in a search, as it happens, each event once, until the search has ended. Outlasts restarts of the server. */
  followEvents(id: string, options?: FollowOptions): AsyncGenerator<FollowedEvent, void>;
  /** Has a URL told of a search from now on; the secret that notices are signed with is given this once. */
  createWebhook(
    searchId: string,
    webhook: { readonly url: string; readonly events?: WebhookView['events'] | undefined },
    options?: CallOptions,
  ): Promise<CreatedWebhookView>;
  listWebhooks(searchId: string, options?: CallOptions): Promise<WebhookListView>;
  deleteWebhook(id: string, options?: CallOptions): Promise<void>;
  /** What became of a trial, transition by transition. */
  trialHistory(id: string, options?: CallOptions): Promise<TrialHistoryView>;
  listTrials(searchId: string, options?: TrialQuery): Promise<TrialPageView>;
  /** Every trial of a search, by number. */
  everyTrial(searchId: string, options?: Omit<TrialQuery, 'cursor'>): AsyncGenerator<TrialView, void>;
  /** All trials as a file, to be read as it comes. */
  exportTrials(searchId: string, format: 'csv' | 'jsonl', options?: CallOptions): Promise<ReadableStream<Uint8Array>>;
  /** The trained network as a file; the first call trains it again, to the same bits, and may take as long. */
  getModel(trialId: string, options?: CallOptions & { readonly format?: 'safetensors' | 'onnx' }): Promise<Uint8Array>;
  predict(trialId: string, rows: PredictBody['rows'], options?: CallOptions): Promise<PredictionsView>;
  getTrial(id: string, options?: CallOptions): Promise<TrialView>;
  measurements(
    trialId: string,
    options?: CallOptions & {
      readonly maxPoints?: number | undefined;
      readonly beta?: number | undefined;
      readonly supersededBy?: number | undefined;
    },
  ): Promise<MeasurementsView>;
  trialDiagnosis(id: string, options?: DiagnosisOptions): Promise<TrialDiagnosisView>;
  /** Changes params of a trial that has begun, from its next step on; the answer is a line of its log. */
  editTrial(id: string, params: TrialView['params'], options?: CallOptions): Promise<TrialEditView>;
  /** Takes a trial back to an earlier step, from where it goes on. */
  rewindTrial(id: string, step: number, options?: CallOptions): Promise<TrialView>;
  /** Makes a search around the present params of a trial. */
  forkTrial(
    id: string,
    fork?: ForkBody,
    options?: CallOptions & { readonly idempotencyKey?: string | undefined },
  ): Promise<SearchView>;
  /** What people did to a trial, in order. */
  trialEdits(id: string, options?: CallOptions): Promise<TrialEditsView>;
  /** Pauses one trial until it is resumed; its search stays open meanwhile. */
  pauseTrial(id: string, options?: CallOptions): Promise<TrialView>;
  resumeTrial(id: string, options?: CallOptions): Promise<TrialView>;
  cancelTrial(id: string, options?: CallOptions): Promise<TrialView>;
  /** Asks for trials to train; none while there are none, and `done` when none will come. */
  ask(searchId: string, request?: AskBody, options?: CallOptions): Promise<WithRetry<AskedView>>;
  /** Finishes many trials, and asks for the next. */
  tell(searchId: string, request: TellBody, options?: CallOptions): Promise<WithRetry<ToldView>>;
  addMeasurement(trialId: string, measurement: MeasurementBody, options?: CallOptions): Promise<DecisionView>;
  heartbeat(trialId: string, leaseToken: string, options?: CallOptions): Promise<DecisionView>;
  /** Gives a trial back unfinished: somebody else has it at once, and nothing is counted against it. */
  releaseTrial(
    trialId: string,
    release: { readonly leaseToken: string; readonly reason?: string | undefined },
    options?: CallOptions,
  ): Promise<TrialView>;
  finishTrial(trialId: string, finish: FinishBody, options?: CallOptions): Promise<TrialView>;
  addTrials(searchId: string, request: AddTrialsBody, options?: CallOptions): Promise<AddedTrialsView>;
  listDatasets(options?: PageOptions): Promise<DatasetPageView>;
  getDataset(id: string, options?: CallOptions): Promise<DatasetDetailView>;
  /** Uploads a data set; the same content a second time gives the data set that there is. Two files of one part are sent as a list. */
  createDataset(
    meta: DatasetMetaBody,
    files: Readonly<Partial<Record<DatasetPart, Blob | readonly Blob[]>>>,
    options?: CallOptions,
  ): Promise<DatasetDetailView>;
  deleteDataset(id: string, options?: CallOptions): Promise<void>;
  listTrainers(options?: PageOptions): Promise<TrainerPageView>;
  /** Lifts the quarantine of a worker's machine. */
  releaseWorker(id: string, options?: CallOptions): Promise<void>;
  listWorkers(options?: PageOptions): Promise<WorkerPageView>;
  /** Compares backpropagation with two-sided differences. */
  checkGradients(request: GradientCheckBody, options?: CallOptions): Promise<GradientCheckView>;
  /** Makes an API key; the answer holds the only copy of it. */
  createKey(key: CreateKeyBody, options?: CallOptions): Promise<CreatedKeyView>;
  listKeys(options?: PageOptions): Promise<KeyPageView>;
  revokeKey(id: string, options?: CallOptions): Promise<ApiKeyView>;
  /** Whether the service can serve, and which part is away. */
  readiness(options?: CallOptions): Promise<ReadinessView>;
}
