import type { Trial } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { advanceSearch } from './advance-search.js';

/** Cancels one trial: at once when it is queued or paused, after its present step when it runs. */
export async function cancelTrial(deps: Deps, id: string): Promise<Trial> {
  const trial = await deps.trials.cancel(id, 'the trial was cancelled');
  if (trial === null) throw new DomainError('trial-not-found', `There is no trial ${id}`);
  if (trial.status !== 'cancelled' && trial.status !== 'running') {
    throw new DomainError('trial-ended', `The trial is ${trial.status} and can't be cancelled`);
  }
  deps.signals.publish(trial.searchId);
  await advanceSearch(deps, trial.searchId);
  return trial;
}
