import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@caviar/orchestrator';

export interface Rounds {
  /** Begins a round, and comes back when it has ended, or has lasted for `patienceMs`: then it goes on beside the next. */
  begin(): Promise<void>;
  /** Comes back when all have ended. */
  ended(): Promise<void>;
}

/** Rounds of deliveries beside each other, `most` of them: a receiver that takes its time holds up nobody else. */
export function createRounds(
  round: () => Promise<void>,
  { patienceMs, most, logger }: { readonly patienceMs: number; readonly most: number; readonly logger: Logger },
): Rounds {
  const late = new Set<Promise<void>>();
  return {
    async begin() {
      if (late.size >= most) await Promise.race(late);
      const patience = new AbortController();
      const mine = round();
      const hasEnded = await Promise.race([
        mine.then(() => true),
        sleep(patienceMs, false, { signal: patience.signal }).catch(() => true),
      ]).finally(() => patience.abort());
      if (hasEnded) return;
      const rest: Promise<void> = mine
        .catch((error: unknown) => logger.warn({ err: error }, 'webhooks could not be told; they will be'))
        .finally(() => late.delete(rest));
      late.add(rest);
    },
    async ended() {
      await Promise.all(late);
    },
  };
}
