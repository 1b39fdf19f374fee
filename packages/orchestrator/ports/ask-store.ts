import type { Metrics, Params, Provenance } from '@caviar/spec';
import type { TrialControl, TrialLease, TrialRef } from './trial-store.js';

/** Who asks for trials of an external search. */
export interface Asker {
  /** A name of its own: what it left unfinished comes back to it. Null: it takes what there is. */
  readonly worker: string | null;
  readonly provenance: Provenance | null;
  readonly leaseMs: number;
  /** Workers a trial may take down, this one's earlier lives among them, before it is taken for the cause. */
  readonly maxLosses: number;
}

/** A trial of an external search, handed out. */
export interface AskedTrial extends TrialLease {
  readonly number: number;
  readonly params: Params;
  /** Steps measured in earlier attempts: where code that keeps checkpoints of its own goes on. */
  readonly step: number;
  /** Step at which its scheduler has it stop for now; null = it may train to its end. */
  readonly targetStep: number | null;
  readonly leaseExpiresAt: Date;
}

export interface ExternalMeasurement extends TrialLease {
  readonly searchId: string;
  readonly step: number;
  readonly metrics: Metrics;
  /** When the trial was handed out, by the database's clock. */
  readonly takenAt: number;
}

/** What code outside does with trials, one statement each. */
export interface AskStore {
  /**
   * Hands out trials of a running external search, `count` at most: first those that the asker left running, whose old
   * leases end by that, then queued ones: its own, those that a caller has added, the rest; each by number.
   */
  take(searchId: string, count: number, asker: Asker): Promise<readonly AskedTrial[]>;
  /** Hands out queued trials only. */
  takeQueued(searchId: string, count: number, asker: Asker): Promise<readonly AskedTrial[]>;
  /** Stores a measurement (a repeated step changes nothing), renews the lease, and says what is wanted of the trial. */
  measure(measurement: ExternalMeasurement, leaseMs: number): Promise<TrialControl>;
  /**
   * Adds trials with params of the caller's choice to a search that runs or is paused, as queued, with the next numbers;
   * null when it is neither, or when they would be more than its `maxTrials`.
   */
  addGiven(searchId: string, trials: readonly GivenTrial[]): Promise<readonly TrialRef[] | null>;
}

export interface GivenTrial {
  readonly id: string;
  readonly params: Params;
  readonly proposal: string;
}
