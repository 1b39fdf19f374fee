import {
  type Deps,
  DomainError,
  performTestEvaluation,
  type WorkerTask,
  type WorkerTaskResult,
} from '@caviar/orchestrator';
import type { DatasetCache } from './dataset-cache.js';
import { checkGradientsInThread, evaluateInThread } from './trainer/run-task.js';

/** Short work that somebody waits for, each piece in a thread of its own. */
export async function performTask(deps: Deps, cache: DatasetCache, task: WorkerTask): Promise<WorkerTaskResult> {
  switch (task.kind) {
    case 'gradient-check':
      return checkGradientsInThread({ request: task.request, data: await cache.locate(task.request.dataset) });
    case 'test-evaluation':
      return performTestEvaluation(deps, task.searchId, async (job) => {
        if (job.trainer.kind !== 'mlp')
          return { kind: 'refused', message: `the trainer ${job.trainer.kind} has no test set` };
        try {
          return await evaluateInThread({ ...job, data: await cache.locate(job.trainer.dataset) });
        } catch (error) {
          if (!(error instanceof DomainError) || error.code !== 'dataset-not-found') throw error;
          return { kind: 'refused', message: error.message };
        }
      });
  }
}
