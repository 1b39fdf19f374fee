import type { SharedEngine } from '@caviar/training';

/** What a thread for one task is started with. */
export interface TaskData<Task> {
  readonly task: Task;
  readonly engine: SharedEngine;
}
