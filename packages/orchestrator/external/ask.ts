import type { SearchSpec } from '@caviar/spec';
import { DomainError } from '../errors.js';
import type { AskedTrial } from '../ports/ask-store.js';
import { getSearch } from '../use-cases/read-searches.js';
import { MAX_LOSSES } from '../use-cases/reconcile.js';
import type { AskRequest, DeskContext, HandedOut } from './external-desk.js';
import { encodeLease } from './lease-token.js';

/** Hands out trials. When fewer wait than are wanted, the search is taken as far as it can go first. */
export async function ask(
  context: DeskContext,
  searchId: string,
  { count, worker, leaseMs, runtime }: AskRequest,
): Promise<HandedOut> {
  const { asks, signals, maxLosses = MAX_LOSSES } = context.deps;
  const asker = { worker: worker ?? null, provenance: runtime ?? null, leaseMs, maxLosses };
  // Nobody is nobody's twin: without a name there is nothing to come back to.
  const first = worker === undefined ? asks.takeQueued : asks.take;
  let taken = await first.call(asks, searchId, count, asker);
  if (taken.length < count && (await isRunning(context, searchId))) {
    await context.advance(searchId);
    taken = [...taken, ...(await asks.takeQueued(searchId, count - taken.length, asker))];
  }
  if (taken.length > 0) signals.publish(searchId);
  const fixed = (await context.specOf(searchId))?.trainer.params;
  const handOut = ({ trialId, number, params, step, attempt, targetStep, leaseExpiresAt }: AskedTrial) => ({
    id: trialId,
    number,
    params: { ...fixed, ...params },
    step,
    leaseToken: encodeLease({
      searchId,
      trialId,
      attempt,
      leaseMs,
      takenAt: leaseExpiresAt.getTime() - leaseMs,
      targetStep,
    }),
    leaseExpiresAt,
  });
  return { trials: taken.map(handOut), done: taken.length === 0 && (await hasEnded(context, searchId)) };
}

async function isRunning({ deps }: DeskContext, searchId: string): Promise<boolean> {
  const { spec, status } = await getSearch(deps, searchId);
  if (spec.trainer.kind !== 'external') throw notExternal(spec);
  return status === 'running';
}

export function notExternal({ trainer }: Pick<SearchSpec, 'trainer'>): DomainError {
  return new DomainError('search-not-external', `Workers train the trials of this search (trainer ${trainer.kind})`);
}

async function hasEnded({ deps }: DeskContext, searchId: string): Promise<boolean> {
  const { status } = await getSearch(deps, searchId);
  return status !== 'running' && status !== 'paused';
}
