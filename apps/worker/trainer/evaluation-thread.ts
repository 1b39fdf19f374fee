import { parentPort, workerData } from 'node:worker_threads';
import { type DatasetPlace, openDataset } from '@caviar/datasets';
import type { Evaluate, EvaluationJob } from '@caviar/orchestrator';
import { evaluateTest, replayLineage, shareEngine, TrainingInputError } from '@caviar/training';
import type { TaskData } from './task-data.js';

/** The program of a thread that trains a winner again, opens the test set for it, and ends. */
const { task, engine } = workerData as TaskData<EvaluationTask>;
shareEngine(engine);
parentPort?.postMessage(await evaluate(task));

export interface EvaluationTask extends EvaluationJob {
  readonly data: DatasetPlace;
}

async function evaluate({ trainer, searchSeed, lineage, data }: EvaluationTask): ReturnType<Evaluate> {
  if (trainer.kind !== 'mlp') return { kind: 'refused', message: `the trainer ${trainer.kind} has no test set` };
  const dataset = await openDataset(data);
  try {
    const { job, checkpoint } = replayLineage({ trainer, searchSeed, dataset }, lineage);
    const { loss, error, rows } = evaluateTest(job, checkpoint);
    const errorName = dataset.info.task === 'regression' ? 'test.rmse' : 'test.error';
    return { kind: 'evaluated', rows, loss, error, errorName };
  } catch (error) {
    if (!(error instanceof TrainingInputError)) throw error;
    return { kind: 'refused', message: `${error.path.join('.')} ${error.message}` };
  }
}
