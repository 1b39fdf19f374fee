import type { TrialRecord } from '@caviar/search';
import type { Round, Search, SearchSpace, SearchSpec, SearchStatus } from '@caviar/spec';
import type { Page, PageQuery } from './page.js';

export interface NewSearch {
  readonly id: string;
  readonly spec: SearchSpec;
  readonly project: string;
  readonly plannedTotal: number | null;
  readonly roundCount: number;
  /** Results of earlier searches that its sampler begins with. */
  readonly prior?: readonly TrialRecord[];
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
  /** The trial that it is a fork of, and who made it. */
  readonly forkedFrom?: { readonly trialId: string; readonly by: string } | undefined;
}

/** The whole of a space's history: version `version` holds from trial `firstNumber` on. */
export interface SpaceVersion {
  readonly version: number;
  readonly firstNumber: number;
  readonly space: SearchSpace;
}

/** A search as `advanceSearch` needs it, read in one go. */
export interface SearchForAdvance {
  readonly search: Search;
  readonly spaces: readonly SpaceVersion[];
  /** Trials made so far; the next one has this number. */
  readonly nextNumber: number;
  /** Lowest number that is not final; `nextNumber` when all are. */
  readonly firstOpenNumber: number;
  /** Milliseconds of running, pauses left out, by the database's clock. */
  readonly activeMs: number;
  /** Trials that callers added. */
  readonly given: number;
  /** Trials that may run at most, since `parallelism` was lowered below those in flight; null once no more are. */
  readonly places: number | null;
  /** Lowest trial number whose value reaches `stop.targetValue`; null while none does. */
  readonly targetNumber: number | null;
}

/** `project` leaves out the searches of others. */
export interface SearchListQuery extends PageQuery {
  readonly status?: SearchStatus | undefined;
  readonly project?: string | undefined;
  /** Words, each of which the name, or what the search is made of, must have; or an id. */
  readonly q?: string | undefined;
  /** By when it was made, if left out. */
  readonly sort?: 'created' | 'name' | 'status' | 'progress' | 'trials' | undefined;
  /** Left out: by the alphabet for words, the greatest first for the others. */
  readonly order?: 'asc' | 'desc' | undefined;
}

export interface SearchChange {
  readonly name?: string;
  readonly notes?: string | null;
  /** Replaces the stored spec if it is still `from`. */
  readonly spec?: { readonly from: SearchSpec; readonly to: SearchSpec };
  /** Where more trials are in flight, or paused, queued ones wait until no more run than this. */
  readonly places?: number;
  readonly plannedTotal?: number | null;
  readonly roundCount?: number;
  /** Stored as the next version, from the next trial on. */
  readonly space?: SearchSpace;
}

/** Searches in Postgres. Every change is conditional; none assumes that it is alone. */
export interface SearchStore {
  /** What was stored with the key before; throws `idempotency-conflict` where that was another request. */
  findByKey(idempotency: NewSearch['idempotency']): Promise<Search | null>;
  /** Stores it; with an idempotency key that is known, gives the earlier search (`created` false) or throws `idempotency-conflict`. */
  create(search: NewSearch): Promise<{ readonly search: Search; readonly created: boolean }>;
  get(id: string): Promise<Search | null>;
  /** Newest first. */
  list(query: SearchListQuery): Promise<Page<Search>>;
  /** Results of earlier searches that a search begins with, in their order. */
  prior(id: string): Promise<readonly TrialRecord[]>;
  getForAdvance(id: string): Promise<SearchForAdvance | null>;
  /** Ids of running searches that may have something to do: room for trials, or an end that has come. */
  listAdvanceable(): Promise<readonly string[]>;
  /** Moves to `to` if the present status is one of `from`; false when it is not (or there is no such search). */
  transition(
    id: string,
    change: { readonly from: readonly SearchStatus[]; readonly to: SearchStatus; readonly reason: string | null },
  ): Promise<boolean>;
  /** Stores a change; false when the spec is not the expected one any more (or there is no such search): nothing is changed then. */
  update(id: string, change: SearchChange): Promise<boolean>;
  /** Stores a round unless that index is there already. */
  addRound(id: string, round: Round): Promise<void>;
  /** Deletes a search with all it has, unless it is running; false when it is. */
  delete(id: string): Promise<boolean>;
  /** Version of board and progress; null when there is no such search. */
  version(id: string): Promise<number | null>;
}
