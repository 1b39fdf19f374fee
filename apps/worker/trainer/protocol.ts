import type { DatasetPlace } from '@caviar/datasets';
import type { MeasuredCheckpoint, PendingEdits, SettledEdits, TrialCheckpoint } from '@caviar/orchestrator';
import type { Measurement, Metrics, ParamChange, Params, TrainerSpec } from '@caviar/spec';

/** What the process tells a training thread. The thread trains one trial at a time. */
export interface ThreadTask {
  readonly trainer: TrainerSpec;
  /** Where its data set is; null for trainers without one. */
  readonly data: DatasetPlace | null;
  readonly params: Params;
  readonly searchSeed: number;
  readonly trialNumber: number;
  /** Metrics that the search optimises. */
  readonly objectives: readonly string[];
  readonly checkpoint: MeasuredCheckpoint | null;
  /** First step at or after which it stops with a checkpoint, unless it has ended by then; null = at its end. */
  readonly targetStep: number | null;
  /** Changes by hand, each at its step: part of what is trained. */
  readonly changes: readonly ParamChange[];
  /** Changes that wait already; null for none. */
  readonly pending: PendingEdits | null;
  readonly checkpoints: CheckpointPolicy;
}

/** When a trial leaves checkpoints on its way. */
export interface CheckpointPolicy {
  /** Training time from one to the next; 0: none. */
  readonly everyMs: number;
  /** Larger ones are not left. */
  readonly maxBytes: number;
}

/** What the process tells a training thread. */
export type ThreadOrder =
  | { readonly kind: 'train'; readonly task: ThreadTask }
  /** Changes to make after the first step that may have them. */
  | { readonly kind: 'edits'; readonly pending: PendingEdits }
  /** What came of changes is written down: it may train on. */
  | { readonly kind: 'settled' };

interface ThreadState {
  readonly step: number;
  /** Metrics of the last step; empty before the first. */
  readonly metrics: Metrics;
  readonly elapsedMs: number;
  /** Measurements that were not sent before. */
  readonly measurements: readonly Measurement[];
}

/** What a training thread tells its process. All but `measured`, `edited` and `passed` end the task; after `edited` it waits for `settled`. */
export type ThreadMessage =
  | { readonly kind: 'measured'; readonly measurements: readonly Measurement[] }
  /** A state to go on from after a crash. */
  | { readonly kind: 'passed'; readonly checkpoint: TrialCheckpoint; readonly measurements: readonly Measurement[] }
  | { readonly kind: 'edited'; readonly settled: SettledEdits; readonly measurements: readonly Measurement[] }
  | ({
      readonly kind: 'ended';
      readonly status: 'completed' | 'infeasible';
      readonly reason: string | null;
    } & ThreadState)
  | ({ readonly kind: 'arrived'; readonly checkpoint: Uint8Array } & ThreadState)
  | ({ readonly kind: 'stopped'; readonly checkpoint: Uint8Array | null } & ThreadState)
  | { readonly kind: 'failed'; readonly reason: string; readonly retry: boolean };

/** What a training thread shall do after its present step: the first word of shared memory, so that it is read without waiting. */
export const THREAD_WISH = { goOn: 0, checkpointAndStop: 1, stop: 2 } as const;

/** Words of the memory that a process shares with a training thread. */
export const WORDS = {
  wish: 0,
  /** Number of `edits` orders sent for the task at hand. */
  edits: 1,
} as const;
