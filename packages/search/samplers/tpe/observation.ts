import type { LearntTrial } from '../../history.js';

/** An outcome in a group's coordinates. */
export interface Observation {
  readonly learnt: LearntTrial;
  readonly at: Float64Array;
}
