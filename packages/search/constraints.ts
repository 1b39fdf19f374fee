import type { Metrics, SearchSpec } from '@caviar/spec';

type Constrained = Pick<SearchSpec, 'constraints'>;

/** By how much a trial breaks its constraints, in parts of each bound. */
export interface Violation {
  /** Sum over the constraints that are broken; 0 when all are kept. */
  readonly violation: number;
  /** Of the constraint that is worst off: below 0 what is left to its bound, above 0 what it is beyond. */
  readonly gap: number;
}

/** Stands for a bounded metric that is not there, or not finite: worse than any number, and a number in JSON too. */
const WITHOUT_NUMBER = 1e300;

/** Whether metrics keep every bound of a spec. A bounded metric that is not there, or not finite, breaks its bound. */
export function keepsConstraints(spec: Constrained, metrics: Metrics): boolean {
  return violationOf(spec, metrics).violation === 0;
}

/**
 * How far metrics are beyond the bounds of a spec. Bounds are of any size, so each distance counts as a part of its bound, or of
 * the range between two (of 1 where that is 0).
 */
export function violationOf({ constraints = [] }: Constrained, metrics: Metrics): Violation {
  let violation = 0;
  let gap = Number.NEGATIVE_INFINITY;
  for (const constraint of constraints) {
    const one = gapOf(constraint, metrics[constraint.metric] ?? null);
    violation = Math.min(WITHOUT_NUMBER, violation + Math.max(0, one));
    gap = Math.max(gap, one);
  }
  return { violation, gap: Math.max(-WITHOUT_NUMBER, gap) };
}

function gapOf({ min, max }: NonNullable<Constrained['constraints']>[number], value: number | null): number {
  if (value === null || !Number.isFinite(value)) return WITHOUT_NUMBER;
  const beyond = Math.max(
    max === undefined ? Number.NEGATIVE_INFINITY : (value - max) / sizeOf(min, max),
    min === undefined ? Number.NEGATIVE_INFINITY : (min - value) / sizeOf(max, min),
  );
  // A quotient may vanish or overflow where the difference does not.
  const isBroken = (max !== undefined && value > max) || (min !== undefined && value < min);
  return isBroken ? Math.min(WITHOUT_NUMBER, Math.max(Number.MIN_VALUE, beyond)) : Math.min(0, beyond);
}

/** What distances from a bound are measured by. */
function sizeOf(other: number | undefined, bound: number): number {
  const range = other === undefined ? 0 : Math.abs(other - bound);
  const size = range > 0 && Number.isFinite(range) ? range : Math.abs(bound);
  return size > 0 ? size : 1;
}
