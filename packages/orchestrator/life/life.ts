import type { SearchStatus, TrialStatus } from '@caviar/spec';

/** A state machine: by status, what can happen in it, and the status that follows. Nothing else is allowed. */
export type Life<Status extends string> = Readonly<Record<'new' | Status, Readonly<Record<string, Status>>>>;

/**
 * The life of a trial. Statements in the database name the status (and the attempt) that they start from; a test compares what they
 * did, as the history has it, with this table, and the drawing in docs/architecture.md too.
 */
export const TRIAL_LIFE = {
  new: { add: 'queued' },
  queued: {
    claim: 'running',
    pause: 'paused',
    cancel: 'cancelled',
    'finish after a pause': 'completed',
    'diverge after a pause': 'infeasible',
  },
  running: {
    finish: 'completed',
    diverge: 'infeasible',
    prune: 'pruned',
    retry: 'queued',
    release: 'queued',
    rewind: 'queued',
    lose: 'queued',
    'take over': 'running',
    pause: 'paused',
    'arrive at a rung': 'paused',
    'fail for good': 'failed',
    cancel: 'cancelled',
  },
  paused: {
    resume: 'queued',
    'go on from a rung': 'queued',
    prune: 'pruned',
    cancel: 'cancelled',
    'finish after a pause': 'completed',
    'diverge after a pause': 'infeasible',
  },
  completed: {},
  pruned: {},
  infeasible: {},
  failed: {},
  cancelled: {},
} as const satisfies Life<TrialStatus>;

/** The life of a search. A completed or failed one goes on when its stop criteria have been widened. */
export const SEARCH_LIFE = {
  new: { create: 'running' },
  running: { pause: 'paused', complete: 'completed', fail: 'failed', cancel: 'cancelled' },
  paused: { resume: 'running', cancel: 'cancelled' },
  completed: { reopen: 'running' },
  failed: { reopen: 'running' },
  cancelled: {},
} as const satisfies Life<SearchStatus>;

/** Whether a life has a way from one status to another; `from` is null for what is made. */
export function isAllowed<Status extends string>(life: Life<Status>, from: Status | null, to: Status): boolean {
  return Object.values(life[from ?? 'new']).includes(to);
}
