import type { SchedulerSpec } from '@caviar/spec';
import { ashaScheduler } from './asha.js';
import { fifoScheduler } from './fifo.js';
import type { Scheduler } from './scheduler.js';

/** The scheduler of every kind that a spec can name. */
export const SCHEDULERS: { readonly [K in SchedulerSpec['kind']]: Scheduler<Extract<SchedulerSpec, { kind: K }>> } = {
  fifo: fifoScheduler,
  asha: ashaScheduler,
};

/** The scheduler of a kind. */
export function findScheduler(kind: SchedulerSpec['kind']): Scheduler {
  // The registry pairs each kind with the scheduler of that kind; TypeScript cannot follow the pair through the lookup.
  return SCHEDULERS[kind] as unknown as Scheduler;
}
