export { DomainError, type DomainErrorCode } from './errors.js';
export type { CurvePoint, Leaderboard, Orchestrator, SearchPatch } from './orchestrator.js';
export type { DatasetCatalog, Dispatcher, Logger, SearchSignals } from './ports/dispatcher.js';
export type { Page, PageQuery } from './ports/page.js';
export type { NewSearch, SearchChange, SearchForAdvance, SearchStore, SpaceVersion } from './ports/search-store.js';
export type {
  BoardEntry,
  BoardPage,
  ClaimedTrial,
  MeasurementReport,
  NewTrial,
  TrialControl,
  TrialFailure,
  TrialFinish,
  TrialLease,
  TrialRef,
  TrialRelease,
  TrialStore,
} from './ports/trial-store.js';
export type { WorkerInfo, WorkerStore, WorkerView } from './ports/worker-store.js';
