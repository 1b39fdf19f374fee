import type { Params } from '@caviar/spec';
import type { TrialLease } from './trial-store.js';

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

/** The log of what people do to trials. An edit is stored before it holds, and where it holds is stored before it shows. */
export interface EditStore {
  /** Stores a change for a trial that has begun and not ended, and gives its number; null for any other trial. */
  request(trialId: string, change: { readonly params: Params; readonly actor: string }): Promise<number | null>;
  pending(trialId: string): Promise<PendingEdits>;
  /** Writes down from which step changes hold, or why they do not; false when the trial is not the caller's any more. */
  settle(lease: TrialLease, settled: SettledEdits): Promise<boolean>;
  /** By number. */
  list(trialId: string): Promise<readonly StoredEdit[]>;
}
