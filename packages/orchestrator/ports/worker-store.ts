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

export interface WorkerView extends WorkerInfo {
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

/** `project` leaves out the trials of others. */
export interface WorkerListQuery extends PageQuery {
  readonly project?: string | undefined;
}

export interface WorkerStore {
  /** Registers a worker, or says that it is still there. */
  heartbeat(worker: WorkerInfo): Promise<void>;
  stopped(workerId: string): Promise<void>;
  /** Active ones first, then by start, newest first; those gone for a day are left out. */
  list(query: WorkerListQuery): Promise<Page<WorkerView>>;
}
