import type { TrialCheckpoint } from './trial-checkpoint.js';
import type { TrialLease } from './trial-store.js';

/** Checkpoints that running trials leave on their way. */
export interface CheckpointStore {
  /** Stores one; false when the trial is not the caller's any more, or its measurements are not stored up to there. */
  keep(lease: TrialLease, checkpoint: TrialCheckpoint): Promise<boolean>;
  /** The data of one, in pieces that keep nobody waiting; null when there is none. */
  read(trialId: string, step: number): Promise<Uint8Array | null>;
  /**
   * Removes those of trials that have ended, and of others all but `most`: the newest two, and the rest as far apart as can be.
   * Gives how many.
   */
  tidy(most: number): Promise<number>;
}
