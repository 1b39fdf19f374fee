import { checkParams } from '@caviar/search';
import type { Params, Trial } from '@caviar/spec';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { dispatching, dispatchOrLeave } from '../use-cases/dispatch.js';
import { prepare } from '../use-cases/prepared-search.js';
import { getSearch } from '../use-cases/read-searches.js';
import type { DeskContext } from './external-desk.js';

/**
 * Queues trials with params of the caller's choice. They take the next numbers; what a sampler draws after them goes by them, so
 * that a grid still comes to every configuration, and nothing is tried twice while there is something else.
 */
export async function addTrials(
  { deps }: DeskContext,
  searchId: string,
  trials: readonly { readonly params: Params }[],
): Promise<readonly Trial[]> {
  const { spec } = await getSearch(deps, searchId);
  const issues = trials.flatMap(({ params }, index) =>
    checkParams(spec.space, params).map(({ path, message }) => ({
      path: ['trials', index, 'params', ...path],
      message,
    })),
  );
  if (spec.scheduler.kind !== 'fifo') {
    issues.push({ path: ['trials'], message: `the scheduler ${spec.scheduler.kind} makes all trials of this search` });
  }
  if (issues.length > 0) throw invalid(issues);

  const given = trials.map(({ params }) => ({ id: newId('trl'), params, proposal: 'given by the caller' }));
  const added = await deps.asks.addGiven(searchId, given);
  if (added === null) throw await whyNot(deps, searchId);
  await dispatchOrLeave(dispatching(deps, spec), added);
  const state = await deps.searches.getForAdvance(searchId);
  // A grid makes its own trials besides.
  if (state !== null) {
    await deps.searches.update(searchId, { plannedTotal: (await prepare(deps, state)).plan.totalTrials });
  }
  deps.signals.publish(searchId);
  const stored = await Promise.all(added.map(({ id }) => deps.trials.get(id)));
  return stored.flatMap((trial) => (trial === null ? [] : [trial]));
}

async function whyNot(deps: DeskContext['deps'], searchId: string): Promise<DomainError> {
  const { status, progress, spec } = await getSearch(deps, searchId);
  if (status !== 'running' && status !== 'paused') {
    return new DomainError('search-ended', `The search is ${status} and takes no more trials`);
  }
  const { queued, running, paused, completed, pruned, infeasible, failed, cancelled } = progress;
  const made = queued + running + paused + completed + pruned + infeasible + failed + cancelled;
  const left = Math.max(0, (spec.stop.maxTrials ?? made) - made);
  return invalid([{ path: ['trials'], message: `are too many: stop.maxTrials leaves room for ${left}` }]);
}

function invalid(issues: readonly { readonly path: readonly (string | number)[]; readonly message: string }[]) {
  return new DomainError('invalid-request', 'The trials do not make sense', { issues });
}
