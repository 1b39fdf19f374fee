import type { DatasetPlace } from '@caviar/datasets';
import {
  type Deps,
  DomainError,
  performModelTraining,
  performTestEvaluation,
  type WorkerTask,
  type WorkerTaskResult,
} from '@caviar/orchestrator';
import type { TrainerSpec } from '@caviar/spec';
import type { DatasetCache } from './dataset-cache.js';
import { checkGradientsInThread, evaluateInThread, trainModelInThread } from './trainer/run-task.js';

/** Short work that somebody waits for, each piece in a thread of its own. */
export async function performTask(deps: Deps, cache: DatasetCache, task: WorkerTask): Promise<WorkerTaskResult> {
  switch (task.kind) {
    case 'gradient-check':
      return checkGradientsInThread({ request: task.request, data: await cache.locate(task.request.dataset) });
    case 'test-evaluation':
      return performTestEvaluation(deps, task.searchId, (job) =>
        withData(cache, job.trainer, (data) => evaluateInThread({ ...job, data })),
      );
    case 'train-model':
      return performModelTraining(deps, task.trialId, (job) =>
        withData(cache, job.trainer, (data) => trainModelInThread({ ...job, data })),
      );
  }
}

interface Refused {
  readonly kind: 'refused';
  readonly message: string;
}

/** Does something with the data set of a trainer; refuses where it is gone. */
async function withData<Result>(
  cache: DatasetCache,
  trainer: TrainerSpec,
  work: (data: DatasetPlace) => Promise<Result>,
): Promise<Result | Refused> {
  if (trainer.kind !== 'mlp') return { kind: 'refused', message: `the trainer ${trainer.kind} has no data set` };
  try {
    return await work(await cache.locate(trainer.dataset));
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'dataset-not-found') throw error;
    return { kind: 'refused', message: error.message };
  }
}
