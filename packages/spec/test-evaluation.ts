import type { ParamChange } from './edit.js';
import type { Params } from './params.js';
import type { Metrics } from './trial.js';

/** What the sealed test set said of the trial that a search chose. */
export interface TestEvaluation {
  readonly trialId: string;
  /** Of the trial. */
  readonly number: number;
  /** Rows of the test set. */
  readonly rows: number;
  /** `test.loss` and `test.error` (regression: `test.rmse`). */
  readonly metrics: Metrics;
  readonly evaluatedAt: Date;
}

/** A stretch of training with one set of params. The stretches of a lineage follow each other from checkpoint to checkpoint. */
export interface LineageSegment {
  /** Number of the trial that trained it: it decides the random numbers. */
  readonly number: number;
  readonly params: Params;
  /** Step after which the next stretch begins; null = the trial's own end. */
  readonly untilStep: number | null;
  /** Changes by hand on the way, in order. */
  readonly changes: readonly ParamChange[];
}
