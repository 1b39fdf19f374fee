import type { Measurement, Params, Round, SearchStatus, TrialStatus } from '@caviar/spec';

/** Where a reader is in the events of a search: everything up to `seq`, and of that row itself the first `items`. */
export interface EventPosition {
  /** From 1, without gaps; 0 is before the first. */
  readonly seq: number;
  /** A row can hold many measurements; 0 or absent: all that the row has. */
  readonly items?: number;
}

interface EventFields {
  readonly position: EventPosition;
  /** By the database's clock; never before the event before it. */
  readonly at: Date;
}

/** A trial changed its status; `from` is null when it was made. */
export interface TrialEvent extends EventFields {
  readonly kind: 'trial';
  readonly trialId: string;
  readonly number: number;
  readonly attempt: number;
  readonly from: TrialStatus | null;
  readonly status: TrialStatus;
  readonly reason: string | null;
  /** Who took it, when it begins to run. */
  readonly workerId: string | null;
  /** Value of the objective once the trial is final. */
  readonly value: number | null;
}

export interface MeasurementEvent extends EventFields {
  readonly kind: 'measurement';
  readonly trialId: string;
  readonly number: number;
  readonly measurement: Measurement;
}

/** A search changed: its status, or, where `from` is the same, its name, notes or spec. */
export interface StatusEvent extends EventFields {
  readonly kind: 'search';
  readonly from: SearchStatus | null;
  readonly status: SearchStatus;
  readonly reason: string | null;
}

export interface RoundEvent extends EventFields {
  readonly kind: 'round';
  readonly round: Round;
}

interface PersonEvent extends EventFields {
  readonly trialId: string;
  readonly number: number;
  /** Who did it. */
  readonly by: string;
}

/** Params of a trial were changed by hand: asked for, then applied after a step or refused. */
export interface EditEvent extends PersonEvent {
  readonly kind: 'edit';
  /** Its number in the log of the trial. */
  readonly edit: number;
  readonly state: 'pending' | 'applied' | 'refused';
  readonly step: number | null;
  readonly params: Params;
  readonly reason: string | null;
}

/** A trial was taken back to a step; edits that held from there on are taken back with it. */
export interface RewindEvent extends PersonEvent {
  readonly kind: 'rewind';
  readonly edit: number;
  readonly step: number;
}

/** A search was made around the params of a trial. */
export interface ForkEvent extends PersonEvent {
  readonly kind: 'fork';
  readonly forkId: string;
}

export type SearchEvent =
  | TrialEvent
  | MeasurementEvent
  | StatusEvent
  | RoundEvent
  | EditEvent
  | RewindEvent
  | ForkEvent;

/** One line of the history of a trial. */
export type Transition = Pick<TrialEvent, 'at' | 'attempt' | 'from' | 'status' | 'reason' | 'workerId'>;

/** What happened, as Postgres wrote it down in the very statements that did it. */
export interface EventStore {
  /**
   * Events after a position, in order, of at most `rows` rows, up to where they go, and the number of the newest there is. Null when
   * there is no such search. What is old goes: when the first one given does not follow `after`, some in between are gone. Kinds
   * that a newer release writes are passed over.
   */
  after(
    searchId: string,
    after: EventPosition,
    rows: number,
  ): Promise<{
    readonly events: readonly SearchEvent[];
    readonly upTo: EventPosition;
    /** When this was read, by the database's clock. */
    readonly readAt: Date;
    readonly newest: number;
    readonly isWhole: boolean;
  } | null>;
  /** Transitions of a trial that are still kept, in order, the newest `limit` of them. */
  history(trialId: string, limit: number): Promise<readonly Transition[]>;
  /** Removes events older than that, the oldest first; gives how many. */
  prune(olderThanMs: number, limit: number): Promise<number>;
}
