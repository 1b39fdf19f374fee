import { parentPort, workerData } from 'node:worker_threads';
import { type DatasetPlace, openDataset } from '@caviar/datasets';
import { writeModel } from '@caviar/model';
import type { TrainModel } from '@caviar/orchestrator';
import { exportModel, replayLineage, shareEngine, TrainingInputError } from '@caviar/training';
import type { TaskData } from './task-data.js';

/** The program of a thread that trains a trial again, hands its network over, and ends. */
const { task, engine } = workerData as TaskData<ModelTask>;
shareEngine(engine);
parentPort?.postMessage(await train(task));

export type ModelTask = Parameters<TrainModel>[0] & { readonly data: DatasetPlace };

async function train({ trainer, searchSeed, lineage, expected, data }: ModelTask): ReturnType<TrainModel> {
  const dataset = await openDataset(data);
  try {
    const { job, checkpoint, metrics } = replayLineage({ trainer, searchSeed, dataset }, lineage);
    const isExact = Object.entries(expected).every(([name, value]) => metrics[name] === value);
    return { kind: 'trained', data: writeModel(exportModel(job, checkpoint, { metrics, isExact })), isExact };
  } catch (error) {
    if (!(error instanceof TrainingInputError)) throw error;
    return { kind: 'refused', message: `${error.path.join('.')} ${error.message}` };
  }
}
