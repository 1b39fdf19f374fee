import type { SchedulerSpec } from '@caviar/spec';

/** Steps of a whole trial, as a complete spec has them. Throws a TypeError for one that `completeSearchSpec` has not seen. */
export function fullLength({ maxResource }: Exclude<SchedulerSpec, { kind: 'fifo' }>): number {
  if (maxResource === undefined) throw new TypeError('the spec is not complete: it has no scheduler.maxResource');
  return maxResource;
}

/** The end of a sentence about a trial that goes on. */
export function whereTo(toStep: number | null): string {
  return toStep === null ? 'its end' : `step ${toStep}`;
}
