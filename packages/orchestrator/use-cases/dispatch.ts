import type { SearchSpec } from '@caviar/spec';
import type { Deps } from '../deps.js';
import type { TrialRef } from '../ports/trial-store.js';

export interface DispatchOptions {
  /** Trials that one job carries; more than 1 pays where a trial takes less than the way through the queue. */
  readonly trialsPerJob?: number;
  /** Of a worker: it may lead searches for others (`flow-lead.ts`). So may who says how many trials a job carries. */
  readonly mayLead?: boolean;
  /** Time after which they are handed out: a timer of this process, so that no clock is asked; were it to die, the reconciler does it. */
  readonly delayMs?: number;
}

/** Dispatches trials; when the queue is away they stay queued in Postgres, where the reconciler finds them. */
export async function dispatchOrLeave(
  deps: Pick<Deps, 'dispatcher' | 'logger'>,
  trials: readonly TrialRef[],
  { delayMs = 0, ...options }: DispatchOptions = {},
): Promise<void> {
  if (trials.length === 0) return;
  if (delayMs > 0) {
    setTimeout(() => void dispatchOrLeave(deps, trials, options), delayMs).unref();
    return;
  }
  try {
    await deps.dispatcher.dispatch(trials, options);
  } catch (error) {
    deps.logger.warn({ err: error, trials: trials.length }, 'the queue is away; the trials wait in Postgres');
  }
}

const TO_NOBODY: Deps['dispatcher'] = { dispatch: async () => {} };

/** The deps for a search: code outside asks for its trials by itself, so that there is nobody to dispatch them to. */
export function dispatching(deps: Deps, { trainer }: Pick<SearchSpec, 'trainer'>): Deps {
  return trainer.kind === 'external' ? { ...deps, dispatcher: TO_NOBODY } : deps;
}
