import type { GradientCheckReport, GradientCheckRequest } from '@caviar/spec';

/** Short work that a worker does for somebody who waits: nothing is stored, and a failure is the caller's to repeat. */
export interface WorkerTask {
  readonly kind: 'gradient-check';
  readonly request: GradientCheckRequest;
}

export type WorkerTaskResult =
  | { readonly kind: 'done'; readonly report: GradientCheckReport }
  /** The request makes no sense; `path` says where. */
  | { readonly kind: 'refused'; readonly path: readonly (string | number)[]; readonly message: string };

export interface TaskRunner {
  /** Has a free worker do it. Throws `unavailable` when none has done it in time. */
  run(task: WorkerTask): Promise<WorkerTaskResult>;
}
