import type { PendingTrial, ValuedTrial } from '@caviar/search';
import type {
  Direction,
  FinalTrialStatus,
  Measurement,
  Metrics,
  Objective,
  ParamChange,
  Params,
  Progress,
  ProposalBasis,
  Provenance,
  Trial,
  TrialStatus,
} from '@caviar/spec';
import type { Page, PageQuery } from './page.js';
import type { ClaimedCheckpoint, TrialCheckpoint } from './trial-checkpoint.js';

export interface NewTrial {
  readonly id: string;
  readonly number: number;
  readonly params: Params;
  readonly proposal: string;
  readonly round: number | null;
  readonly basis: ProposalBasis | null;
}

/** A search as it was when trials were proposed for it. */
export interface ProposedFor {
  readonly id: string;
  readonly spaceVersion: number;
  /** Trials that callers had added. */
  readonly given: number;
}

export interface TrialRef {
  readonly id: string;
  readonly searchId: string;
  /** Attempts made so far; a job for the next one is named after it. */
  readonly attempt: number;
}

/** A trial that is queued after a failure, and not claimed before its time has come. */
export interface RetriedTrial extends TrialRef {
  readonly retryMs: number;
}

/** What a worker holds: the trial and the attempt that entitles it to write. */
export interface TrialLease {
  readonly trialId: string;
  readonly attempt: number;
}

/** Who takes trials, on what, and for how long unless it is heard of. */
export interface TrialHolder {
  readonly workerId: string;
  readonly provenance: Provenance;
  readonly leaseMs: number;
}

export interface ClaimedTrial extends TrialLease {
  readonly searchId: string;
  readonly number: number;
  readonly params: Params;
  /** Step at which its scheduler has it stop for now; null = it may train to its end. */
  readonly targetStep: number | null;
  /** Exact state to go on from, with what was measured at its step; null to start at the beginning. */
  readonly checkpoint: ClaimedCheckpoint | null;
  /** Changes by hand that hold, in order: part of what it trains. */
  readonly changes: readonly ParamChange[];
  /** Whether there are changes that have not been settled. */
  readonly hasEdits: boolean;
}

/**
 * What the holder of a trial shall do at its next step; `edit`: go on, and look for changes by hand; `lost`: the lease is
 * another's by now.
 */
export type TrialControl = 'continue' | 'edit' | 'pause' | 'cancel' | 'lost';

/** When a trial was handed out, by the database's clock: how long that is ago is for the database to say, whoever's clock is wrong. */
export interface TakenAt {
  readonly takenAt: number;
}

export type MeasurementReport = TrialLease &
  Omit<Measurement, 'elapsedMs'> &
  (Pick<Measurement, 'elapsedMs'> | TakenAt);

/** The end of an attempt, as its holder tells it. */
interface TrialTold extends TrialLease {
  /** Given: changes nothing unless the trial is one of that search. */
  readonly searchId?: string;
}

interface TrialEnd extends TrialTold {
  readonly status: FinalTrialStatus;
  readonly value: number | null;
  /** Lower is better; null for a value that is not finite, or none. */
  readonly rankKey: number | null;
  /** By how much it breaks the constraints; null where it breaks none. */
  readonly violation: number | null;
  /** Null: the one measured last. */
  readonly step: number | null;
  readonly metrics: Metrics;
  readonly reason: string | null;
}

export type TrialFinish = TrialEnd & ({ readonly durationMs: number } | TakenAt);

export interface TrialFailure extends TrialTold {
  readonly reason: string;
  /** Attempts that may fail before the trial is `failed`. */
  readonly maxRetries: number;
  /** The params are at fault, not the machine. Default false. */
  readonly isOfParams?: boolean;
}

export interface TrialRelease extends TrialLease {
  readonly to: 'paused' | 'queued';
  readonly reason: string | null;
  readonly checkpoint: TrialCheckpoint | null;
  /**
   * The holder is told to leave the trial, and may train to the end all the same: what it measures, and its result, count until
   * somebody is handed the trial again. Default false.
   */
  readonly keepsLease?: boolean;
}

export interface BoardEntry {
  readonly rank: number;
  readonly trial: Trial;
}

export interface BoardPage {
  readonly version: number;
  readonly objective: Objective;
  readonly progress: Progress;
  readonly entries: readonly BoardEntry[];
  readonly nextCursor: string | null;
}

export interface BoardQuery extends PageQuery {
  /** Direction of the objective of a search with constraints; absent without any. */
  readonly constrained?: Direction | undefined;
}

export interface BoardRow extends Pick<Trial, 'id' | 'number' | 'metrics'> {
  /** Whether it has a value and keeps the constraints. */
  readonly isRanked: boolean;
  /** By how much it breaks the constraints; null where it breaks none, and where nothing is known. */
  readonly violation: number | null;
}

/** A trial as it is stored, without what samplers do not look at. */
export type StoredRecord = Pick<Trial, 'number' | 'params' | 'status' | 'value' | 'step' | 'metrics' | 'editedFrom'>;

/** Trials in Postgres. Writers name their attempt, and a stale one changes nothing. */
export interface TrialStore {
  /**
   * Adds trials as queued, leaving out numbers that exist; gives those added. Adds none when the search does not run, or
   * when its space is not `spaceVersion` any more, or callers have added other than `given` trials: they were proposed for what was
   * true before.
   */
  add(search: ProposedFor, trials: readonly NewTrial[]): Promise<readonly TrialRef[]>;
  /** Trials that callers added, by number. */
  given(searchId: string): Promise<readonly PendingTrial[]>;
  get(id: string): Promise<Trial | null>;
  /** By number. */
  list(searchId: string, query: PageQuery & { readonly status?: TrialStatus | undefined }): Promise<Page<Trial>>;
  /**
   * Trials numbered from `from` to below `below` as they are now, by number: what samplers learn from. Without metrics (default: with)
   * they have none.
   */
  records(
    searchId: string,
    which: { readonly from: number; readonly below: number; readonly withMetrics?: boolean },
  ): Promise<readonly StoredRecord[]>;
  /** A sample of at most `limit` completed trials with a finite value, of the numbers given or of all; fixed by the seed. */
  valued(
    searchId: string,
    which: {
      readonly numbers: readonly number[] | null;
      readonly limit: number;
      readonly seed: number;
      /** Another metric than the one that trials are ranked by. */
      readonly metric?: string | undefined;
    },
  ): Promise<readonly ValuedTrial[]>;
  /**
   * Ended trials by value, then number; behind them, in a search with constraints, those that break one by how much they do,
   * then value, then number; then those without a value. Null when there is no such search.
   */
  leaderboard(searchId: string, query: BoardQuery): Promise<BoardPage | null>;

  /** What ranks the trials that have an outcome, by number; for boards of several objectives. */
  boardRows(searchId: string): Promise<readonly BoardRow[]>;
  /** The trials of these ids, in any order; those that do not exist are left out. */
  getMany(ids: readonly string[]): Promise<readonly Trial[]>;

  /**
   * Takes queued trials of running searches for a worker. Ids that can't be had are left out, and those for which there is no place since
   * `parallelism` was lowered.
   */
  claim(ids: readonly string[], holder: TrialHolder): Promise<readonly ClaimedTrial[]>;
  /** Stores measurements (a repeated step changes nothing) and renews the leases. */
  record(reports: readonly MeasurementReport[], leaseMs: number): Promise<ReadonlyMap<string, TrialControl>>;
  /** Renews leases and hears what is wanted of each trial. */
  renew(leases: readonly TrialLease[], leaseMs: number): Promise<ReadonlyMap<string, TrialControl>>;
  /** The same, and changes nothing. */
  controls(leases: readonly TrialLease[]): Promise<ReadonlyMap<string, TrialControl>>;
  /**
   * Ends trials, storing their last measurements in the same statement; gives the ids that were still the caller's. One that its holder
   * was told to leave (`keepsLease`) ends with a result, and not otherwise.
   */
  finish(finishes: readonly TrialFinish[], reports: readonly MeasurementReport[]): Promise<readonly string[]>;
  /** Notes a failed attempt: queued again, after a pause that grows, or failed for good; gives the trials that are queued again. */
  fail(failures: readonly TrialFailure[]): Promise<readonly RetriedTrial[]>;
  /** Gives trials back with a checkpoint, or without; gives those that are queued now. */
  release(releases: readonly TrialRelease[]): Promise<readonly TrialRef[]>;
  measurements(trialId: string): Promise<readonly Measurement[]>;

  /** Cancels one: queued or paused at once, running at its next step; null when there is no such trial. */
  cancel(id: string, reason: string): Promise<Trial | null>;
  /**
   * Pauses one until `resumeOne`: a queued one at once, a running one after its present step. A paused one stays so when its
   * search is resumed, or its scheduler lets it go on. Gives the trial as it is now; null when there is none.
   */
  pauseOne(id: string, reason: string): Promise<Trial | null>;
  /** Takes a person's pause back; `ref` is what is queued by that. Null when there is no such trial. */
  resumeOne(id: string): Promise<{ readonly trial: Trial; readonly ref: TrialRef | null } | null>;
  /** Cancels what is queued or paused in a search (running ones hear it from their lease). */
  cancelOpen(searchId: string, reason: string): Promise<void>;
  /** Queues every paused trial of a search again, but for those that wait for their scheduler, or for a person. */
  resume(searchId: string): Promise<readonly TrialRef[]>;

  /**
   * Takes running trials whose lease has run out from their workers: queued again, or failed after `maxLosses`. Gives those
   * to dispatch; code outside asks for its own. None while the database has been up for less than `graceMs` (0 if left out):
   * nobody could renew a lease before.
   */
  reclaimExpired(maxLosses: number, graceMs?: number): Promise<readonly TrialRef[]>;
  /** Queued trials of running searches that were not dispatched in the last `olderThanMs`; marks them as dispatched now. */
  takeUndispatched(olderThanMs: number, limit: number): Promise<readonly TrialRef[]>;
  /**
   * Of a search whose `parallelism` was lowered (`SearchForAdvance.places`): the queued trials that may be handed out now. The search
   * forgets that it was once no more are in flight than it says.
   */
  havePlaces(searchId: string): Promise<readonly TrialRef[]>;
  /** Cancels leftovers of searches that have ended: a crash may have come between the two steps of an end. */
  cancelLeftovers(): Promise<void>;
}
