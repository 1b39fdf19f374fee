import type { Trial } from '@caviar/spec';
import { DomainError } from '../errors.js';
import type { DeskContext } from './external-desk.js';
import { explainLoss, leaseLost, NOT_OF_TRIAL } from './lost-lease.js';
import { readLease } from './measure.js';

const NO_REASON = 'given back';

/**
 * Gives a trial back unfinished: the next who asks has it, and no loss or failure is counted. Code that is interrupted says so in
 * this way. Repeating it changes nothing.
 */
export async function release(
  { deps, ...context }: DeskContext,
  trialId: string,
  { leaseToken, reason = NO_REASON }: { readonly leaseToken: string; readonly reason?: string | undefined },
): Promise<Trial> {
  const lease = await readLease({ deps, ...context }, trialId, leaseToken);
  const { searchId, attempt } = lease;
  // A token that was made up may name any search: what is given back must be of the one that it names, and of code outside.
  const held = await deps.trials.get(trialId);
  if (held === null) throw new DomainError('trial-not-found', `There is no trial ${trialId}`);
  const spec = await context.specOf(searchId);
  if (held.searchId !== searchId || spec?.trainer.kind !== 'external') throw leaseLost(NOT_OF_TRIAL);

  await deps.trials.release([{ trialId, attempt, to: 'paused', reason, checkpoint: null }]);
  deps.signals.publish(searchId);
  const trial = await deps.trials.get(trialId);
  if (trial === null) throw new DomainError('trial-not-found', `There is no trial ${trialId}`);
  if (trial.attempts !== attempt) throw await explainLoss(deps, lease, trial);
  return trial;
}
