import type { SchedulerSpec } from '@caviar/spec';
import type { Scheduler } from './scheduler.js';

/** Every trial runs to its end, in the order of the queue. */
export const fifoScheduler: Scheduler<Extract<SchedulerSpec, { kind: 'fifo' }>> = {
  kind: 'fifo',
  start: () => ({ version: 1 }),
  handle: (state, event) => ({
    state,
    decisions: event.kind === 'measured' ? [{ number: event.number, action: 'continue', reason: null }] : [],
  }),
};
