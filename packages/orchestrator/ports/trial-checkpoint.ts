import type { Metrics } from '@caviar/spec';

/** The exact state of a trial after a step. */
export interface TrialCheckpoint {
  readonly step: number;
  /** Training time up to there. */
  readonly elapsedMs: number;
  readonly data: Uint8Array;
}

/** Of a trial that has no step left, its last measurement is what it comes to. */
export interface MeasuredCheckpoint extends TrialCheckpoint {
  /** Empty where nothing was measured at the step. */
  readonly metrics: Metrics;
}

/** Of a trial that was claimed: a large one is read by itself (`CheckpointStore.read`), while the trial is held, and is null here. */
export interface ClaimedCheckpoint extends Omit<MeasuredCheckpoint, 'data'> {
  readonly data: Uint8Array | null;
}
