import { decideRound, historyNeeded, isScheduled, plannedRoundOf, type SearchPlan, suggest } from '@caviar/search';
import type { Deps } from '../deps.js';
import { newId } from '../ids.js';
import { toTrialRecord } from '../objective-value.js';
import type { SearchForAdvance } from '../ports/search-store.js';
import { advanceFlow } from './advance-flow.js';
import { type DispatchOptions, dispatching, dispatchOrLeave } from './dispatch.js';
import { endSearch, searchEnd } from './end-search.js';
import { type PreparedSearch, prepare } from './prepared-search.js';
import { proposeLearning } from './propose-learning.js';

/**
 * Takes a search as far as it can go now: ends it, or makes and dispatches the trials there is room for.
 *
 * Needs no lock. What it proposes follows from the trial's number and from final trials alone, and a number is stored
 * once; so two processes that advance the same search at the same time do the same work, and one of them stores it. The
 * bound on trials in flight holds as well: numbers stay below (final trials + parallelism), which only grows.
 */
export async function advanceSearch(all: Deps, searchId: string, options: DispatchOptions = {}): Promise<void> {
  const state = await all.searches.getForAdvance(searchId);
  if (state === null || state.search.status !== 'running') return;
  const deps = dispatching(all, state.search.spec);
  // Their jobs came when there was no place for them.
  if (state.places !== null) {
    const trialsPerJob = jobSize(state, options);
    await dispatchOrLeave(deps, await deps.trials.havePlaces(searchId), { trialsPerJob });
  }
  const prepared = await prepare(deps, state);
  const end = searchEnd(state, prepared.plan.totalTrials);
  if (end !== null) return endSearch(deps, searchId, end);
  if (isScheduled(state.search.spec)) {
    const again = (later: DispatchOptions) => advanceSearch(all, searchId, later);
    return advanceFlow(deps, { state, plan: prepared.plan, options, again });
  }
  await propose(deps, { state, prepared, options });
}

interface Proposal {
  readonly state: SearchForAdvance;
  readonly prepared: PreparedSearch;
  readonly options: DispatchOptions;
}

async function propose(deps: Deps, { state, prepared, options }: Proposal): Promise<void> {
  const { search, nextNumber, firstOpenNumber } = state;
  let { plan, context } = prepared;
  let known = state;
  const bound = numberBound(state, plan);
  if (bound <= nextNumber || historyNeeded(plan, nextNumber) > firstOpenNumber) return;
  const trialsPerJob = jobSize(state, options);
  if (canWaitForMore(state, { bound, trialsPerJob, total: plan.totalTrials })) return;

  const planned = plannedRoundOf(plan, nextNumber);
  if (planned !== null && search.rounds.length <= planned.index) {
    const stored = await deps.trials.records(search.id, { from: 0, below: planned.firstNumber });
    const history = stored.map((trial) => toTrialRecord(search.spec, trial));
    const spaceFirstNumber = state.spaces.at(-1)?.firstNumber ?? 0;
    const round = decideRound(search.spec, plan, {
      index: planned.index,
      history,
      rounds: search.rounds,
      spaceFirstNumber,
    });
    await deps.searches.addRound(search.id, round);
    deps.logger.info({ searchId: search.id, round: round.index, reason: round.reason }, 'round decided');
    known = { ...state, search: { ...search, rounds: [...search.rounds, round] } };
    ({ plan, context } = await prepare(deps, known));
  }

  const endNumber = Math.min(bound, planned?.endNumber ?? bound);
  const suggestions =
    context === null
      ? await proposeLearning(deps, { state: known, plan, endNumber })
      : suggest(context, nextNumber, endNumber);
  const trials = suggestions.map((suggestion) => ({ id: newId('trl'), basis: null, ...suggestion }));
  const { id, spaceVersion } = search;
  const added = await deps.trials.add({ id, spaceVersion, given: state.given }, trials);
  if (added.length === 0) return;
  deps.signals.publish(search.id);
  await dispatchOrLeave(deps, added, { trialsPerJob });
}

/** Trials that one job is to carry: never so many that it keeps them from free workers. */
function jobSize({ search }: SearchForAdvance, { trialsPerJob = 1 }: DispatchOptions): number {
  return Math.min(trialsPerJob, Math.max(1, Math.floor(search.spec.parallelism / 4)));
}

/**
 * Whether a job worth its way can be put together a little later: there is room for less than one now, and enough is in
 * flight that some trial's end will ask again before workers run dry.
 */
function canWaitForMore(
  { search, nextNumber }: SearchForAdvance,
  {
    bound,
    trialsPerJob,
    total,
  }: { readonly bound: number; readonly trialsPerJob: number; readonly total: number | null },
): boolean {
  const { queued, running } = search.progress;
  return bound - nextNumber < trialsPerJob && bound !== total && queued + running > search.spec.parallelism / 2;
}

/** First number that may not be made yet. */
function numberBound(
  { search, nextNumber, firstOpenNumber, targetNumber }: SearchForAdvance,
  { totalTrials: total, window }: SearchPlan,
): number {
  const { parallelism, stop, reproducibility } = search.spec;
  const inFlight = search.progress.queued + search.progress.running;
  let bound = nextNumber + Math.max(0, parallelism - inFlight);
  if (window !== null) bound = Math.min(bound, firstOpenNumber + window);
  if (reproducibility === 'strict' && stop.targetValue !== undefined) {
    // Which trials exist when the target is met must not depend on who was faster: number n waits for all below n - L,
    // and the trials within L of the one that meets the target are all made.
    bound = Math.min(bound, firstOpenNumber + parallelism);
    if (targetNumber !== null) bound = Math.min(bound, targetNumber + parallelism);
  }
  return Math.min(bound, total ?? bound);
}
