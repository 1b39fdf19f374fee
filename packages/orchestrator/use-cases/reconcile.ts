import type { Deps } from '../deps.js';
import { inRounds } from '../rounds.js';
import { advanceSearch } from './advance-search.js';
import { type DispatchOptions, dispatchOrLeave } from './dispatch.js';
import { hearWorkersCalled } from './flow-lead.js';

/** Workers that may be lost with a trial before it is taken for the cause, unless the settings say otherwise. */
export const MAX_LOSSES = 3;
/** After a restart of Postgres: longer than it takes those who are alive to notice it, and to renew their leases. */
const GRACE_MS = 5_000;
/** Age at which a dispatched trial that nobody claimed is dispatched again; a job that still waits is not doubled. */
const REDISPATCH_MS = 5_000;
const REDISPATCH_LIMIT = 1_000;

/** What had to be put right. */
export interface Reconciled {
  /** Trials whose lease had run out, and which are queued again. */
  readonly reclaimed: number;
  /** Queued trials that no job seemed to stand for. */
  readonly redispatched: number;
}

/** Of a worker: takes searches further that a process which may not lead has left. Gives what ends that. */
export function advanceWhenCalled(deps: Deps): () => void {
  const go = inRounds(async () => {
    try {
      await advanceAll(deps, { mayLead: true });
    } catch (error) {
      deps.logger.warn({ err: error }, 'could not advance; the reconciler will');
    }
  });
  return hearWorkersCalled(deps, () => void go('all'));
}

/** Takes every search that could go on as far as it can go. */
async function advanceAll(deps: Deps, options: DispatchOptions): Promise<void> {
  for (const searchId of await deps.searches.listAdvanceable()) await advanceSearch(deps, searchId, options);
}

/**
 * Brings queue and workers in line with Postgres: trials of lost workers are queued again, trials that the queue has lost
 * are dispatched again, searches that could go on go on. Every process may run it at any time, however often.
 */
export async function reconcile(deps: Deps, options: Pick<DispatchOptions, 'mayLead'> = {}): Promise<Reconciled> {
  const reclaimed = await deps.trials.reclaimExpired(deps.maxLosses ?? MAX_LOSSES, GRACE_MS);
  if (reclaimed.length > 0)
    deps.logger.warn({ trials: reclaimed.map(({ id }) => id) }, 'trials of lost workers are queued again');
  const lost = await deps.trials.takeUndispatched(REDISPATCH_MS, REDISPATCH_LIMIT);
  await dispatchOrLeave(deps, [...reclaimed, ...lost]);
  await deps.trials.cancelLeftovers();
  for (const judged of await deps.workers.judgeHosts()) deps.logger.warn(judged, 'a machine is in quarantine');
  await advanceAll(deps, options);
  for (const searchId of new Set(reclaimed.map((trial) => trial.searchId))) deps.signals.publish(searchId);
  return { reclaimed: reclaimed.length, redispatched: lost.length };
}
