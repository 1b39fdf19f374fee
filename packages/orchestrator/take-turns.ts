import { setTimeout as sleep } from 'node:timers/promises';
import type { Deps } from './deps.js';
import type { RecurringWork } from './ports/worker-store.js';

/** What one process at a time does, and how often. */
export interface TurnWork {
  readonly everyMs: number;
  readonly work: () => Promise<void>;
}

/** A look is put off to this at most: were all others to die, work would wait no longer. */
const LONGEST_MS = 10_000;
/** Processes look at times of their own: a little early is soon enough. */
const SHARE = 0.7;

/**
 * Does recurring work whenever nobody else has done it for its time, until the signal aborts; work that has begun then ends first. A
 * process that gets no turn looks less and less often, one that does the more so: hundreds of them ask Postgres about as often as
 * a few. Failures are logged once in a row.
 */
export async function takeTurns(
  { workers, logger }: Pick<Deps, 'workers' | 'logger'>,
  works: Readonly<Partial<Record<RecurringWork, TurnWork>>>,
  signal: AbortSignal,
): Promise<void> {
  const all = Object.entries(works) as [RecurringWork, TurnWork][];
  const shortestMs = Math.min(...all.map(([, { everyMs }]) => everyMs));
  const busy = new Map<RecurringWork, Promise<void>>();
  const failing = new Set<string>();
  let pauseMs = shortestMs;

  async function told(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      failing.delete(what);
    } catch (error) {
      if (!failing.has(what)) logger.warn({ err: error, what }, 'a recurring task failed; it will be tried again');
      failing.add(what);
    }
  }

  while (!signal.aborted) {
    await told('turns', async () => {
      const free = all.filter(([name]) => !busy.has(name));
      const taken = new Set(
        await workers.takeTurns(free.map(([name, { everyMs }]) => ({ name, everyMs: SHARE * everyMs }))),
      );
      pauseMs = taken.size > 0 ? Math.max(shortestMs, pauseMs / 2) : Math.min(LONGEST_MS, 1.5 * pauseMs);
      for (const [name, { work }] of free) {
        // Beside each other: what takes long, a receiver of webhooks that is slow, must not hold up the rest.
        if (taken.has(name))
          busy.set(
            name,
            told(name, work).finally(() => busy.delete(name)),
          );
      }
    });
    await sleep(pauseMs * (0.75 + 0.5 * Math.random()), undefined, { signal }).catch(() => {});
  }
  await Promise.all(busy.values());
}
