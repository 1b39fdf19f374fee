import type { SchedulerSpec } from '@caviar/spec';
import type { Scheduler } from './scheduler.js';

/** Every trial runs to its end, in the order of the numbers. */
export const fifoScheduler: Scheduler<Extract<SchedulerSpec, { kind: 'fifo' }>> = {
  kind: 'fifo',
  start: () => ({ version: 1 }),
  resume: (_, state) => ({
    state,
    fullSteps: null,
    arrive: () => [],
    offer: (number) => (number === null ? null : { kind: 'create', toStep: null, reason: null }),
    close: () => [],
    rungs: () => [],
  }),
};
