import type { SchedulerSpec } from '@caviar/spec';
import { fifoScheduler } from './fifo.js';
import type { Scheduler } from './scheduler.js';

/** The scheduler of every kind that a spec can name. */
export const SCHEDULERS: { readonly [K in SchedulerSpec['kind']]: Scheduler<Extract<SchedulerSpec, { kind: K }>> } = {
  fifo: fifoScheduler,
};

/** The scheduler of a kind. */
export function findScheduler(kind: SchedulerSpec['kind']): Scheduler {
  return SCHEDULERS[kind] as unknown as Scheduler;
}
