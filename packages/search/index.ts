export { lowerIsBetter } from './direction.js';
export { type RankedTrial, rankTrials, type TrialRecord } from './history.js';
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
export type { PlannedRound, Suggestion } from './samplers/sampler.js';
export { prepareSearch, type SuggestContext, suggest } from './suggest.js';
