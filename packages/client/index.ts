export type {
  BoardOptions,
  CallOptions,
  Client,
  CurvesOptions,
  DatasetPart,
  DiagnosisOptions,
  FollowedEvent,
  FollowOptions,
  ObjectiveOptions,
  PageOptions,
  SearchQuery,
  TableOptions,
  TaggedBoard,
  TrialQuery,
  WatchedBoard,
  WatchOptions,
  WithRetry,
} from './calls.js';
export { createClient } from './client.js';
export { everyItem, type PageOf } from './every-item.js';
export { TrialStopped } from './optimize/held-trial.js';
export {
  type Objective,
  type Optimized,
  type OptimizeOptions,
  optimize,
  type RunningTrial,
} from './optimize/optimize.js';
export type { ParamsOf, Space } from './optimize/space.js';
export { ProblemError, UnreachableError } from './problem-error.js';
export type { TransportOptions } from './transport.js';
