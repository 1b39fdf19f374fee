import type { Search } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { advanceSearch } from './advance-search.js';
import { checkQuotas } from './check-quotas.js';
import { dispatching, dispatchOrLeave } from './dispatch.js';
import { searchEnd } from './end-search.js';
import { prepare } from './prepared-search.js';
import { getSearch } from './read-searches.js';

/** Pauses a search: queued trials wait, running ones store a checkpoint after their present step. */
export async function pauseSearch(deps: Deps, id: string): Promise<Search> {
  if (await deps.searches.transition(id, { from: ['running'], to: 'paused', reason: null })) {
    deps.signals.publish(id);
    deps.logger.info({ searchId: id }, 'search paused');
  }
  return requireStatus(await getSearch(deps, id), ['paused'], 'paused');
}

/** Goes on with a paused search, or with a completed one whose stop criteria have been widened since. */
export async function resumeSearch(deps: Deps, id: string): Promise<Search> {
  if (deps.quotas !== undefined) {
    const { status, spec } = await getSearch(deps, id);
    const project = await deps.keys.projectOfSearch(id);
    // One that has ended for good needs no room: to wait for some would help nobody.
    const wouldRun = status === 'paused' || (await couldReopen(deps, id));
    if (wouldRun && project !== null) await checkQuotas(deps, project, spec.parallelism);
  }
  // Before anybody makes trials for a search that runs again: those that wait have their places in it.
  const waiting = (await getSearch(deps, id)).status === 'paused' ? await deps.trials.resume(id) : [];
  let changed = await deps.searches.transition(id, { from: ['paused'], to: 'running', reason: null });
  if (!changed) changed = await reopen(deps, id);
  if (changed) {
    const { spec } = await getSearch(deps, id);
    // And those that were given back in between.
    await dispatchOrLeave(dispatching(deps, spec), [...waiting, ...(await deps.trials.resume(id))]);
    await advanceSearch(deps, id);
    deps.signals.publish(id);
    deps.logger.info({ searchId: id }, 'search resumed');
  }
  const search = await getSearch(deps, id);
  const { status, reason } = search;
  if (!changed && (status === 'completed' || status === 'failed')) {
    const message = `The search is ${status}: ${reason}. It can be resumed once its stop criteria leave something to do`;
    throw new DomainError('search-ended', message);
  }
  // Once resumed it may have come to its end already.
  return requireStatus(search, changed ? ['running', 'completed', 'failed'] : ['running'], 'resumed');
}

async function reopen(deps: Deps, id: string): Promise<boolean> {
  if (!(await couldReopen(deps, id))) return false;
  return deps.searches.transition(id, { from: ['completed', 'failed'], to: 'running', reason: null });
}

/** Whether it has come to an end that its stop criteria no longer ask for. */
async function couldReopen(deps: Deps, id: string): Promise<boolean> {
  const state = await deps.searches.getForAdvance(id);
  if (state === null || (state.search.status !== 'completed' && state.search.status !== 'failed')) return false;
  return searchEnd(state, (await prepare(deps, state)).plan.totalTrials) === null;
}

/** Cancels a search: what is queued at once, what runs after its present step. */
export async function cancelSearch(deps: Deps, id: string): Promise<Search> {
  const reason = 'the search was cancelled';
  if (await deps.searches.transition(id, { from: ['running', 'paused'], to: 'cancelled', reason })) {
    await deps.trials.cancelOpen(id, reason);
    deps.signals.publish(id);
    deps.logger.info({ searchId: id }, 'search cancelled');
  }
  return requireStatus(await getSearch(deps, id), ['cancelled'], 'cancelled');
}

export async function deleteSearch(deps: Deps, id: string): Promise<void> {
  await getSearch(deps, id);
  if (await deps.searches.delete(id)) {
    deps.signals.publish(id);
    deps.logger.info({ searchId: id }, 'search deleted');
    return;
  }
  throw new DomainError('search-running', 'The search is running; pause or cancel it first');
}

function requireStatus(search: Search, expected: readonly string[], verb: string): Search {
  if (expected.includes(search.status)) return search;
  throw new DomainError('search-ended', `The search is ${search.status} and can't be ${verb}`);
}
