import type { GradientCheckReport, GradientCheckRequest } from '@caviar/spec';

/** Short work that a worker does for somebody who waits; a failure is the caller's to repeat. */
export type WorkerTask =
  | { readonly kind: 'gradient-check'; readonly request: GradientCheckRequest }
  /** The worker stores what comes of it; asked for twice at a time, it is done once. */
  | { readonly kind: 'test-evaluation'; readonly searchId: string }
  /** Likewise. */
  | { readonly kind: 'train-model'; readonly trialId: string };

export type WorkerTaskResult =
  | { readonly kind: 'checked'; readonly report: GradientCheckReport }
  | { readonly kind: 'done' }
  /** The request makes no sense; `path` says where. */
  | { readonly kind: 'refused'; readonly path: readonly (string | number)[]; readonly message: string };

export interface TaskRunner {
  /** Has a free worker do it. Throws `unavailable` when none has done it in time. */
  run(task: WorkerTask): Promise<WorkerTaskResult>;
}
