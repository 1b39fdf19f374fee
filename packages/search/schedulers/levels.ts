/** The part of a scheduler's spec that rungs are made of. */
export interface Resources {
  /** Steps after which trials are first compared. */
  readonly minResource: number;
  /** Steps of a whole trial. */
  readonly maxResource: number;
  /** One in `eta` goes on. */
  readonly eta: number;
}

/**
 * Steps of the rungs, ascending, the last one `maxResource`: R / eta^k for k = K, ..., 1, 0, rounded, with the largest K
 * that keeps the first at `minResource` or above. Counted down from the end, no rung lies just below it.
 */
export function rungSteps({ minResource, maxResource, eta }: Resources): number[] {
  const steps = [maxResource];
  for (let exact = maxResource / eta; ; exact /= eta) {
    const step = Math.round(exact);
    // a rung less than one step above the next cannot be told from it
    if (step < minResource || exact < minResource * (1 - 1e-9) || step >= steps[0]!) return steps;
    steps.unshift(step);
  }
}
