export { checkSampler } from './check-sampler.js';
export { keepsConstraints, violationOf } from './constraints.js';
export { lowerIsBetter } from './direction.js';
export { exploreParams } from './explore.js';
export type { FlowCommand, FlowJob, FlowResult, Outcome } from './flow/commands.js';
export { createFlow, type Flow, type FlowPlan, type FlowSnapshot, restoreFlow } from './flow/flow.js';
export { type PendingTrial, type RankedTrial, rankTrials, type TrialRecord } from './history.js';
export type { ValuedTrial } from './importance/encode-trials.js';
export {
  type Importance,
  importance,
  MAX_IMPORTANCE_TRIALS,
  MIN_IMPORTANCE_TRIALS,
} from './importance/importance.js';
export { sampleNumbers } from './importance/sample-numbers.js';
export {
  decideRound,
  historyNeeded,
  INITIAL_STATE,
  plannedRoundOf,
  planSearch,
  type RoundQuestion,
  type SearchPlan,
  type SearchState,
} from './plan-search.js';
export {
  type Histogram,
  type ParameterPreview,
  PREVIEW_DRAWS,
  previewSearch,
  type SearchPreview,
} from './preview.js';
export { runAlone } from './run-alone.js';
export type { PlannedRound, Suggestion } from './samplers/sampler.js';
export { hasOneValue } from './schedulers/rung-keeper.js';
export type { Origin, RungReport } from './schedulers/scheduler.js';
export { costsOf, outcomeAmong, valuesOf } from './several-objectives.js';
export { cardinality } from './space/cardinality.js';
export { checkParams } from './space/check-params.js';
export { contains } from './space/contains.js';
export { type NarrowedSpace, narrowSpace } from './space/narrow-space.js';
export { transferParams } from './space/transfer-params.js';
export { placesAmong } from './standings.js';
export {
  hasObserved,
  isScheduled,
  type LearningContext,
  type LearningSummary,
  learnsFromResults,
  observe,
  prepareSearch,
  SUMMARY_FORM,
  type SuggestContext,
  startLearning,
  suggest,
  suggestNext,
  summarizeLearning,
} from './suggest.js';
