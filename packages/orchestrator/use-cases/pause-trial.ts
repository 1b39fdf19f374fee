import { isFinal, type Trial } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { advanceSearch } from './advance-search.js';
import { dispatchOrLeave } from './dispatch.js';

/**
 * Pauses one trial: a running one with a checkpoint after its present step. It keeps its search open, and gives its place to
 * others, until it is resumed or cancelled.
 */
export async function pauseTrial(deps: Deps, id: string): Promise<Trial> {
  const trial = await deps.trials.pauseOne(id, 'paused by hand');
  requireOpen(id, trial, 'paused');
  deps.signals.publish(trial.searchId);
  await advanceSearch(deps, trial.searchId);
  return trial;
}

/** Lets a trial go on that was paused by hand: to the same bits. In a paused search it goes on with the search. */
export async function resumeTrial(deps: Deps, id: string): Promise<Trial> {
  const resumed = await deps.trials.resumeOne(id);
  const trial = resumed?.trial ?? null;
  requireOpen(id, trial, 'resumed');
  if (resumed?.ref) await dispatchOrLeave(deps, [resumed.ref]);
  deps.signals.publish(trial.searchId);
  return trial;
}

function requireOpen(id: string, trial: Trial | null, verb: string): asserts trial is Trial {
  if (trial === null) throw new DomainError('trial-not-found', `There is no trial ${id}`);
  if (isFinal(trial.status)) throw new DomainError('trial-ended', `The trial is ${trial.status} and can't be ${verb}`);
}
