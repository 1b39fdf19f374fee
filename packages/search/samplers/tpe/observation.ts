import type { LearntTrial } from '../../history.js';

/** An outcome in a group's coordinates. */
export interface Observation {
  readonly learnt: LearntTrial;
  readonly at: Float64Array;
}

/** An outcome whose coordinates are worked out when somebody looks at them: of many trials, few are ever looked at. */
export class LazyObservation implements Observation {
  readonly learnt: LearntTrial;
  readonly #locate: (trial: LearntTrial) => Float64Array;
  #at: Float64Array | null = null;

  constructor(learnt: LearntTrial, locate: (trial: LearntTrial) => Float64Array) {
    this.learnt = learnt;
    this.#locate = locate;
  }

  get at(): Float64Array {
    this.#at ??= this.#locate(this.learnt);
    return this.#at;
  }
}

/** An observation in JSON. */
export interface StoredObservation {
  readonly learnt: LearntTrial;
  readonly at: readonly number[];
}
