import type { Measurement, Metrics, Params, TrainerSpec } from '@caviar/spec';

/** What the process tells a training thread. The thread trains one trial at a time. */
export interface ThreadTask {
  readonly trainer: TrainerSpec;
  readonly params: Params;
  readonly searchSeed: number;
  readonly trialNumber: number;
  /** Metric that the search optimises. */
  readonly objective: string;
  readonly checkpoint: { readonly step: number; readonly elapsedMs: number; readonly data: Uint8Array } | null;
  /** First step at or after which it stops with a checkpoint, unless it has ended by then; null = at its end. */
  readonly targetStep: number | null;
}

interface ThreadState {
  readonly step: number;
  /** Metrics of the last step; empty before the first. */
  readonly metrics: Metrics;
  readonly elapsedMs: number;
  /** Measurements that were not sent before. */
  readonly measurements: readonly Measurement[];
}

/** What a training thread tells its process. All but `measured` end the task. */
export type ThreadMessage =
  | { readonly kind: 'measured'; readonly measurements: readonly Measurement[] }
  | ({
      readonly kind: 'ended';
      readonly status: 'completed' | 'infeasible';
      readonly reason: string | null;
    } & ThreadState)
  | ({ readonly kind: 'arrived'; readonly checkpoint: Uint8Array } & ThreadState)
  | ({ readonly kind: 'stopped'; readonly checkpoint: Uint8Array | null } & ThreadState)
  | { readonly kind: 'failed'; readonly reason: string; readonly retry: boolean };

/** What a training thread shall do after its present step: a word of shared memory, so that it is read without waiting. */
export const THREAD_WISH = { goOn: 0, checkpointAndStop: 1, stop: 2 } as const;
