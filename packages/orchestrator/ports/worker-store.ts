import type { Provenance } from '@caviar/spec';
import type { Page, PageQuery } from './page.js';

export interface WorkerInfo {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Trials it trains at the same time. */
  readonly concurrency: number;
  readonly runtime: Provenance;
}

/** A machine that gets no trials for a while, since those it had failed or were lost. */
export interface Quarantine {
  readonly reason: string;
  readonly until: Date;
}

export interface WorkerView extends WorkerInfo {
  /** Of its machine; null for none. */
  readonly quarantine: Quarantine | null;
  /** `lost`: not heard of for longer than a lease lasts. */
  readonly status: 'active' | 'lost' | 'stopped';
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  readonly trials: readonly {
    readonly trialId: string;
    readonly searchId: string;
    readonly number: number;
    readonly step: number;
  }[];
}

/** Work that one process at a time is enough for. */
export type RecurringWork = 'reconcile' | 'webhooks' | 'tidy' | 'prune';

export interface Turn {
  readonly name: RecurringWork;
  /** Time that must have passed since somebody took it. */
  readonly everyMs: number;
}

/** `project` leaves out the trials of others. */
export interface WorkerListQuery extends PageQuery {
  readonly project?: string | undefined;
}

export interface WorkerStore {
  /**
   * Registers a worker, or says that it is still there, and whether it has brought a trial to a result since it last said so.
   * Gives the quarantine of its machine; null for none.
   */
  heartbeat(worker: WorkerInfo, hasSucceeded?: boolean): Promise<Quarantine | null>;
  /**
   * Puts machines in quarantine that have had trials fail, or workers lost, in a row while another machine brought trials to a
   * result, and lifts those of which none else is left to work. Gives the machines that are newly in quarantine.
   */
  judgeHosts(): Promise<readonly { readonly host: string; readonly reason: string }[]>;
  /** Lifts the quarantine of a worker's machine; false when there is no such worker. */
  release(workerId: string): Promise<boolean>;
  /** Those that it is time for again: each is given to one process in its time, by Postgres' clock. */
  takeTurns(turns: readonly Turn[]): Promise<readonly RecurringWork[]>;
  stopped(workerId: string): Promise<void>;
  /** Active ones first, then by start, newest first; those gone for a day are left out. */
  list(query: WorkerListQuery): Promise<Page<WorkerView>>;
}
