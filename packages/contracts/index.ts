export { forbiddenContent } from './input/forbidden-content.js';
export { type InvalidField, invalidFields } from './input/invalid-fields.js';
export { jsonPointer } from './input/json-pointer.js';
export { type ParsedInput, parseInput, parseParameters } from './input/parse-input.js';
export { openApiDocument } from './openapi/document.js';
export { type HttpMethod, type Operation, problemsOf, type ResponseSpec, roleOf } from './operations/operation.js';
export { OPERATIONS, type OperationId } from './operations/operations.js';
export {
  PROBLEM_CODES,
  PROBLEMS,
  type Problem,
  type ProblemCode,
  type ProblemInfo,
  problemSchema,
  problemType,
} from './problem.js';
export type {
  TrainerPageView,
  TrainerView,
  WorkerPageView,
  WorkerView,
} from './schemas/catalog.js';
export {
  type BestSoFarView,
  type ChangeView,
  MAX_CURVES,
  type SearchRungsView,
  type SearchTimelineView,
  type TableFilter,
  type TrialCurvesView,
  type TrialPointsView,
  type TrialTableView,
} from './schemas/charts.js';
export type { DatasetDetailView, DatasetMetaBody, DatasetPageView, DatasetView } from './schemas/dataset.js';
export type {
  GradientCheckBody,
  GradientCheckView,
  SearchDiagnosisView,
  TrialDiagnosisView,
} from './schemas/diagnosis.js';
export type { ForkBody, TrialEditsView, TrialEditView } from './schemas/edit.js';
export type { SearchEventView, TrialHistoryView } from './schemas/events.js';
export { exampleSpec } from './schemas/examples.js';
export type {
  AddedTrialsView,
  AddTrialsBody,
  AskBody,
  AskedView,
  DecisionView,
  FinishBody,
  MeasurementBody,
  ReleaseBody,
  TellBody,
  ToldView,
} from './schemas/external.js';
export type { SearchImportanceView } from './schemas/importance.js';
export type { ApiKeyView, CreatedKeyView, CreateKeyBody, KeyPageView } from './schemas/key.js';
export type { PredictBody, PredictionsView } from './schemas/model.js';
export { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, MAX_WAIT_MS, type SearchSort } from './schemas/parameters.js';
export type { SearchPreviewView } from './schemas/preview.js';
export type {
  LeaderboardEntryView,
  LeaderboardView,
  SearchPageView,
  SearchPatchBody,
  SearchView,
} from './schemas/search.js';
export type { HealthView, ReadinessView, ServiceView } from './schemas/service.js';
export type { SearchSpecBody } from './schemas/spec-names.js';
export type { TestEvaluationView } from './schemas/test-evaluation.js';
export type { MeasurementsView, TrialPageView, TrialView } from './schemas/trial.js';
export type { CreatedWebhookView, WebhookListView, WebhookView } from './schemas/webhook.js';
