import type { Measurement, Params } from '@caviar/spec';
import type { TrialLease, TrialRef } from './trial-store.js';

/** An edit as it is stored. */
export interface StoredEdit {
  readonly number: number;
  readonly kind: 'params' | 'rewind';
  readonly params: Params;
  /** A change: the step after which it holds, null until it does. A rewind: the step that the trial went back to. */
  readonly afterStep: number | null;
  readonly actor: string;
  readonly refusal: string | null;
  /** Number of the rewind that took it back. */
  readonly undoneBy: number | null;
  readonly requestedAt: Date;
  readonly settledAt: Date | null;
}

/** Changes that wait for a trial's next step. */
export interface PendingEdits {
  /** They hold from there at the earliest: what is measured already was trained without them. */
  readonly fromStep: number;
  readonly edits: readonly { readonly number: number; readonly params: Params }[];
}

/** What a trainer made of changes, all after the same step. */
export interface SettledEdits {
  readonly step: number;
  /** `refusal` is null for those that hold from now on. */
  readonly outcomes: readonly { readonly number: number; readonly refusal: string | null }[];
}

/** What came of a rewind. */
export type Rewound =
  /** `trial` is null where it is paused, and waits to be resumed. */
  | { readonly kind: 'rewound'; readonly trial: TrialRef | null }
  /** The trial has not begun, has ended, or is about to. */
  | { readonly kind: 'gone' }
  /** Steps from `from` to below `below` are open to it; the one before is where its scheduler, or its parent, has it begin. */
  | { readonly kind: 'out-of-range'; readonly from: number; readonly below: number }
  /** Nothing was measured there; `before` is the last step that was. */
  | { readonly kind: 'not-measured'; readonly before: number };

/** The log of what people do to trials. An edit is stored before it holds, and where it holds is stored before it shows. */
export interface EditStore {
  /** Stores a change for a trial that has begun and not ended, and gives its number; null for any other trial. */
  request(trialId: string, change: { readonly params: Params; readonly actor: string }): Promise<number | null>;
  pending(trialId: string): Promise<PendingEdits>;
  /** Writes down from which step changes hold, or why they do not; false when the trial is not the caller's any more. */
  settle(lease: TrialLease, settled: SettledEdits): Promise<boolean>;
  /**
   * Takes a trial back to an earlier step: what was measured after it is superseded, changes from there on are taken back,
   * later checkpoints go, and whoever trains it loses it.
   */
  rewind(trialId: string, to: { readonly step: number; readonly actor: string }): Promise<Rewound>;
  /** Measurements that a rewind, named by its number, took out of the curve. */
  superseded(trialId: string, number: number): Promise<readonly Measurement[]>;
  /** By number. */
  list(trialId: string): Promise<readonly StoredEdit[]>;
}
