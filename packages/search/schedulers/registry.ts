import type { SchedulerSpec } from '@caviar/spec';
import { ashaScheduler } from './asha.js';
import { fifoScheduler } from './fifo.js';
import { hyperbandScheduler, successiveHalvingScheduler } from './hyperband.js';
import { medianScheduler } from './median.js';
import { pbtScheduler } from './pbt.js';
import type { Scheduler } from './scheduler.js';

/** The scheduler of every kind that a spec can name. */
export const SCHEDULERS: { readonly [K in SchedulerSpec['kind']]: Scheduler<Extract<SchedulerSpec, { kind: K }>> } = {
  fifo: fifoScheduler,
  median: medianScheduler,
  'successive-halving': successiveHalvingScheduler,
  hyperband: hyperbandScheduler,
  asha: ashaScheduler,
  pbt: pbtScheduler,
};

/** The scheduler of a kind. */
export function findScheduler(kind: SchedulerSpec['kind']): Scheduler {
  // The registry pairs each kind with the scheduler of that kind; TypeScript cannot follow the pair through the lookup.
  return SCHEDULERS[kind] as unknown as Scheduler;
}
