export {
  type ApiKey,
  DEFAULT_PROJECT,
  KEY_ROLES,
  type KeyRole,
  keyRoleSchema,
  permits,
  projectSchema,
} from './api-key.js';
export {
  checkSearchSpec,
  completeSearchSpec,
  type SpecContext,
} from './check-search-spec.js';
export {
  type Dataset,
  type DatasetInfo,
  type DatasetSource,
  defaultSplit,
  type FeatureColumn,
  hasTestPart,
} from './dataset.js';
export {
  type ColumnRole,
  type DatasetMeta,
  type DatasetMetaInput,
  datasetMetaSchema,
} from './dataset-meta.js';
export type { ColumnSummary, DatasetSummary, StoredDataset } from './dataset-summary.js';
export { EDIT_STATES, type EditState, type ParamChange, type TrialEdit } from './edit.js';
export { fitText } from './fit-text.js';
export {
  type GradientCheckReport,
  type GradientCheckRequest,
  gradientCheckReportSchema,
  gradientCheckRequestSchema,
  MAX_GRADIENT_CHECK_WORK,
} from './gradient-check.js';
export { type InputEncoding, MAX_ONE_HOT } from './input-encoding.js';
export { anyOf, issueMessage, typeName } from './issue-message.js';
export {
  type ParamScalar,
  type Params,
  type ParamValue,
  parameterNameSchema,
  paramValueSchema,
  sameParamValue,
} from './params.js';
export { type PartSources, partRows, partSources } from './part-sources.js';
export { type Program, programNameSchema, programsFileSchema } from './program.js';
export {
  type BestTrial,
  type Progress,
  type Round,
  SEARCH_STATUSES,
  type Search,
  type SearchStatus,
  searchStatusSchema,
} from './search.js';
export {
  MAX_CONSTRAINTS,
  MAX_OBJECTIVES,
  MAX_PARALLELISM,
  MAX_TRIALS,
  type Objective,
  objectiveSchema,
  objectivesOf,
  parallelismSchema,
  type SamplerSpec,
  type SchedulerSpec,
  type SearchSpec,
  type SearchSpecInput,
  type Split,
  type StopCriteria,
  samplerSpecSchema,
  schedulerSpecSchema,
  searchNameSchema,
  searchSpecInputSchema,
  seedSchema,
  splitSchema,
  stopSchema,
  type TrainerSpec,
  trainerSpecSchema,
} from './search-spec.js';
export {
  type CategoricalDomain,
  type Domain,
  domainSchema,
  type FloatDomain,
  type IntDomain,
  MAX_PARAMETERS,
  type Scale,
  type SearchSpace,
  scaleSchema,
  spaceSchema,
  type When,
} from './space.js';
export type { SpecIssue } from './spec-issue.js';
export type { LineageSegment, TestEvaluation } from './test-evaluation.js';
export type { TrainedLayer, TrainedModel } from './trained-model.js';
export type {
  Direction,
  ParamConflict,
  ParameterList,
  TrainerDescriptor,
  TrainerMetric,
  TrainerParameter,
} from './trainer.js';
export { findTrainer, TRAINERS } from './trainers/registry.js';
export {
  FINAL_TRIAL_STATUSES,
  type FinalTrialStatus,
  isFinal,
  type Measurement,
  type MeasurementTiming,
  type Metrics,
  type ProposalBasis,
  type Provenance,
  TRIAL_STATUSES,
  type Trial,
  type TrialStatus,
  trialStatusSchema,
} from './trial.js';
