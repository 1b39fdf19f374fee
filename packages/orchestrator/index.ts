export type { Change, Charts } from './charts.js';
export { createOrchestrator } from './create-orchestrator.js';
export type { Deps, Quotas, Stores } from './deps.js';
export { DomainError, type DomainErrorCode } from './errors.js';
export type { ExternalDesk, FinishAnswer, HandedOut, StepDecision } from './external/external-desk.js';
export { newId } from './ids.js';
export { isAllowed, SEARCH_LIFE, TRIAL_LIFE } from './life/life.js';
export { judgedByObjectives } from './objective-value.js';
export type {
  CurvePoint,
  DiagnosisOptions,
  Leaderboard,
  Orchestrator,
  SearchDiagnosis,
  SearchImportance,
  SearchPatch,
  TrialDiagnosis,
} from './orchestrator.js';
export type {
  AskedTrial,
  Asker,
  AskStore,
  ExternalMeasurement,
  GivenTrial,
} from './ports/ask-store.js';
export type {
  ChartStore,
  ColumnCondition,
  Curve,
  NewBest,
  RungSummary,
  SearchMark,
  Stretch,
  TableQuery,
  TrialPoint,
} from './ports/chart-store.js';
export type { CheckpointStore } from './ports/checkpoint-store.js';
export type { DatasetCatalog } from './ports/dataset-catalog.js';
export type { DatasetStore, NewDataset } from './ports/dataset-store.js';
export type { Dispatcher, SearchSignals } from './ports/dispatcher.js';
export type { EditStore, PendingEdits, Rewound, SettledEdits, StoredEdit } from './ports/edit-store.js';
export type { EvaluationStore } from './ports/evaluation-store.js';
export type { EditEvent, EventPosition, EventStore, SearchEvent, Transition } from './ports/event-store.js';
export type { KeyStore, NewApiKey } from './ports/key-store.js';
export type { LearningStore } from './ports/learning-store.js';
export type { Logger } from './ports/logger.js';
export type { ModelStore } from './ports/model-store.js';
export type { Page, PageQuery } from './ports/page.js';
export type { LogEntry, RungArrival, RungRecord, RungStore, ScheduledTrial } from './ports/rung-store.js';
export type {
  NewSearch,
  SearchChange,
  SearchForAdvance,
  SearchListQuery,
  SearchStore,
  SpaceVersion,
} from './ports/search-store.js';
export type { TaskRunner, WorkerTask, WorkerTaskResult } from './ports/task-runner.js';
export type { MeasuredCheckpoint, TrialCheckpoint } from './ports/trial-checkpoint.js';
export type {
  BoardEntry,
  BoardPage,
  BoardQuery,
  BoardRow,
  ClaimedTrial,
  MeasurementReport,
  NewTrial,
  ProposedFor,
  RetriedTrial,
  StoredRecord,
  TrialControl,
  TrialFailure,
  TrialFinish,
  TrialHolder,
  TrialLease,
  TrialRef,
  TrialRelease,
  TrialStore,
} from './ports/trial-store.js';
export type { DueWebhook, Notice, Told, Webhook, WebhookStore } from './ports/webhook-store.js';
export type {
  Quarantine,
  RecurringWork,
  Turn,
  WorkerInfo,
  WorkerListQuery,
  WorkerStore,
  WorkerView,
} from './ports/worker-store.js';
export { type Programs, readPrograms } from './programs-file.js';
export { repeat } from './repeat.js';
export { takeTurns } from './take-turns.js';
export {
  createTrialDesk,
  type DeskOptions,
  type TrialArrival,
  type TrialAssignment,
  type TrialDesk,
  type TrialOutcome,
} from './trial-desk.js';
export type { DataAllowance } from './use-cases/data-allowance.js';
export type { DatasetView, DatasetViewer, SummarizedDataset, UploadedDataset } from './use-cases/datasets.js';
export { type Delivery, deliverWebhooks, type SendNotice } from './use-cases/deliver-webhooks.js';
export { type Evaluate, type EvaluationJob, performTestEvaluation } from './use-cases/evaluate-test.js';
export { type EventBatch, pruneEvents } from './use-cases/follow-events.js';
export { performModelTraining, type TrainModel } from './use-cases/models.js';
export { advanceWhenCalled, type Reconciled, reconcile } from './use-cases/reconcile.js';
export { tidyCheckpoints } from './use-cases/tidy-checkpoints.js';
