import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './ports/logger.js';

export interface RepeatOptions {
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * Repeats work with a random pause around `everyMs`, so that many processes do not keep step, until the signal aborts.
 * Failures are logged once in a row.
 */
export async function repeat(work: () => Promise<void>, { everyMs, signal, logger }: RepeatOptions): Promise<void> {
  let failing = false;
  while (!signal.aborted) {
    try {
      await work();
      failing = false;
    } catch (error) {
      if (!failing) logger.warn({ err: error }, 'a recurring task failed; it will be tried again');
      failing = true;
    }
    await sleep(everyMs * (0.75 + 0.5 * Math.random()), undefined, { signal }).catch(() => {});
  }
}
