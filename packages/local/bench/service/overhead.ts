import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../support/service.js';
import { externalSearch } from './ask-tell.js';

export interface OverheadOptions {
  readonly trials: number;
  /** Trials that sleep at the same time. */
  readonly slots: number;
  readonly clients: number;
  readonly sleepMs: number;
}

interface Held {
  readonly trialId: string;
  readonly leaseToken: string;
  readonly dueAt: number;
}

/**
 * Wall time of trials that only sleep, over what it would be if nothing but the sleep took time; 0.01 is 1 %. The slots belong to
 * a few clients over ask and tell: a trial's second begins when its client has it, and its slot is empty until the next one is
 * there. (A worker has a thread for each slot; two hundred of them would measure the threads.)
 */
export async function overheadOfSleep(
  service: Service,
  { trials, slots, clients, sleepMs }: OverheadOptions,
): Promise<number> {
  const id = await externalSearch(service, { parallelism: slots * 2 });
  let left = trials;
  const from = performance.now();
  const client = async () => {
    let held: Held[] = [];
    let free = slots / clients;
    while (held.length > 0 || (free > 0 && left > 0)) {
      const now = performance.now();
      const due = held.filter(({ dueAt }) => dueAt <= now);
      held = held.filter(({ dueAt }) => dueAt > now);
      free += due.length;
      const ask = Math.min(free, left);
      if (due.length > 0 || ask > 0) {
        left -= ask;
        const finishes = due.map(({ trialId, leaseToken }) => ({
          trialId,
          leaseToken,
          status: 'completed',
          metrics: { cost: 1 },
        }));
        interface Told {
          readonly trials: readonly { readonly id: string; readonly leaseToken: string }[];
        }
        const told = await service.call<Told>('POST', `/v1/searches/${id}/tell`, { finishes, ask });
        const dueAt = performance.now() + sleepMs;
        held.push(...told.trials.map((trial) => ({ trialId: trial.id, leaseToken: trial.leaseToken, dueAt })));
        left += ask - told.trials.length;
        free -= told.trials.length;
      }
      const next = Math.min(...held.map(({ dueAt }) => dueAt));
      if (Number.isFinite(next)) await sleep(Math.max(0, next - performance.now()));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const ideal = Math.ceil(trials / slots) * sleepMs;
  return (performance.now() - from) / ideal - 1;
}
