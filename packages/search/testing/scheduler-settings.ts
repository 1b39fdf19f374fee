import type { SchedulerSpec } from '@caviar/spec';

const rungs = { minResource: 1, maxResource: 27, eta: 3 };

/** Every scheduler with the settings it is tried with; 27 steps are a whole trial. */
export const SCHEDULER_SETTINGS: Readonly<Record<SchedulerSpec['kind'], readonly SchedulerSpec[]>> = {
  fifo: [{ kind: 'fifo' }],
  median: [
    { kind: 'median', startup: 3, warmup: 1, interval: 4, maxResource: 27 },
    { kind: 'median', startup: 1, warmup: 9, interval: 9, maxResource: 27 },
  ],
  'successive-halving': [
    { kind: 'successive-halving', ...rungs },
    { kind: 'successive-halving', minResource: 2, maxResource: 27, eta: 2 },
  ],
  hyperband: [
    { kind: 'hyperband', ...rungs },
    { kind: 'hyperband', minResource: 1, maxResource: 27, eta: 2.5 },
  ],
  asha: [
    { kind: 'asha', ...rungs },
    { kind: 'asha', minResource: 5, maxResource: 27, eta: 2 },
  ],
  pbt: [
    { kind: 'pbt', population: 8, interval: 9, quantile: 0.25, factors: [0.8, 1.2], resample: 0.25, maxResource: 27 },
    { kind: 'pbt', population: 3, interval: 4, quantile: 0.5, factors: [2], resample: 0, maxResource: 27 },
  ],
};
