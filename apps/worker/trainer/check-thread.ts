import { parentPort, workerData } from 'node:worker_threads';
import { type DatasetPlace, openDataset } from '@caviar/datasets';
import type { WorkerTaskResult } from '@caviar/orchestrator';
import type { GradientCheckRequest } from '@caviar/spec';
import { checkGradients, TrainingInputError } from '@caviar/training';
import type { TaskData } from './task-data.js';

/** The program of a thread that checks the gradients of one network and ends. */
parentPort?.postMessage(await check((workerData as TaskData<CheckTask>).task));

export interface CheckTask {
  readonly request: GradientCheckRequest;
  readonly data: DatasetPlace;
}

async function check({ request, data }: CheckTask): Promise<WorkerTaskResult> {
  const { dataset: id, params, split, seed, epochs, examples } = request;
  const dataset = await openDataset(data);
  const trainer = { kind: 'mlp', dataset: id, split, params: {}, maxRetries: 0 } as const;
  const job = { trainer, params, searchSeed: seed, trialNumber: 0, dataset };
  try {
    // At the random initialisation, and again after some training (seed 1.9).
    const checks = [0, ...(epochs > 0 ? [epochs] : [])].map((trained) =>
      checkGradients(job, { epochs: trained, examples }),
    );
    const verdicts = checks.map(({ verdict }) => verdict);
    const verdict = verdicts.includes('wrong') ? 'wrong' : verdicts.includes('okay') ? 'okay' : 'great';
    const parameters = (checks[0]?.layers ?? []).reduce((sum, { count, kinks }) => sum + count + kinks, 0);
    return {
      kind: 'checked',
      report: { verdict, parameters, checks: checks.map((each) => ({ ...each, layers: [...each.layers] })) },
    };
  } catch (error) {
    if (!(error instanceof TrainingInputError)) throw error;
    return { kind: 'refused', path: error.path, message: error.message };
  }
}
