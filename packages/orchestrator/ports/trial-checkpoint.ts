/** The exact state of a trial after a step. */
export interface TrialCheckpoint {
  readonly step: number;
  /** Training time up to there. */
  readonly elapsedMs: number;
  readonly data: Uint8Array;
}
