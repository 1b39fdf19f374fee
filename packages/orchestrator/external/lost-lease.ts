import type { Trial } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { Lease } from './lease-token.js';

export const NOT_OF_TRIAL = 'The lease token is not one of this trial';
const NEXT = 'Leave it, and ask for the next';

export function leaseLost(detail: string): DomainError {
  return new DomainError('lease-lost', detail);
}

/** What is told to somebody who holds the trial no more, and has a result of it: what happened, and what is to be done. */
export async function explainLoss(deps: Pick<Deps, 'rungs'>, lease: Lease, trial: Trial): Promise<DomainError> {
  const { status, attempts, reason } = trial;
  if (attempts !== lease.attempt) {
    const detail = `The trial has been handed out again since: attempt ${attempts} counts, and this is attempt ${lease.attempt}`;
    return leaseLost(`${detail}. ${NEXT}`);
  }
  const why = reason === null ? '' : ` (${reason})`;
  if (trial.endedAt !== null) return new DomainError('trial-ended', `The trial has ended before, as ${status}${why}`);
  const comesAgain = 'when it goes on it is handed out again';
  if (await hasArrived(deps, lease, trial)) {
    const detail = `The trial was to pause at step ${lease.targetStep}, where its scheduler compares it: what it comes to after that does not count`;
    return leaseLost(`${detail}. ${NEXT}: ${comesAgain}`);
  }
  return leaseLost(`The lease has ended: the trial is ${status}${why}. ${NEXT}: ${comesAgain}`);
}

/**
 * Whether a trial came under this lease to where its scheduler compares it: the answer was to leave it, and is so still when the
 * call is repeated after the scheduler has let it go on, or ended it.
 */
export async function hasArrived(
  { rungs }: Pick<Deps, 'rungs'>,
  { searchId, targetStep }: Lease,
  { number }: Trial,
): Promise<boolean> {
  if (targetStep === null) return false;
  const [record] = await rungs.rungRecords(searchId, { numbers: [number], from: 2 ** 31 - 1 });
  return record !== undefined && Object.hasOwn(record.rungs, targetStep);
}
