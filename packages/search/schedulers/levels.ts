import type { SchedulerSpec } from '@caviar/spec';
import { fullLength } from './full-length.js';

/** A scheduler that compares trials at rungs. */
export type RungSpec = Extract<SchedulerSpec, { kind: 'successive-halving' | 'hyperband' | 'asha' }>;

/**
 * Steps of the rungs, ascending, the last one `maxResource`: R / eta^k for k = K, ..., 1, 0, rounded. K is the whole number
 * nearest to log_eta(R / minResource), and the first rung is not below `minResource`. Counted down from the end, no
 * rung lies just below it.
 */
export function rungSteps(scheduler: RungSpec): number[] {
  const { minResource, eta } = scheduler;
  const maxResource = fullLength(scheduler);
  const steps = [maxResource];
  for (let exact = maxResource / eta; ; exact /= eta) {
    const step = Math.max(minResource, Math.round(exact));
    // a rung less than one step below the next cannot be told from it
    if (exact < (minResource / Math.sqrt(eta)) * (1 - 1e-9) || step >= steps[0]!) return steps;
    steps.unshift(step);
  }
}
