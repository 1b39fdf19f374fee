import { Worker } from 'node:worker_threads';
import type { Evaluate, TrainModel, WorkerTaskResult } from '@caviar/orchestrator';
import { chooseEngine } from '@caviar/training';
import type { CheckTask } from './check-thread.js';
import type { EvaluationTask } from './evaluation-thread.js';
import type { ModelTask } from './model-thread.js';
import type { TaskData } from './task-data.js';

/** Checks gradients in a thread of its own, which ends with it. */
export function checkGradientsInThread(task: CheckTask): Promise<WorkerTaskResult> {
  return inThread(new URL('./check-thread.js', import.meta.url), task);
}

/** Trains a winner again and evaluates it, in a thread of its own, which ends with it. */
export function evaluateInThread(task: EvaluationTask): ReturnType<Evaluate> {
  return inThread(new URL('./evaluation-thread.js', import.meta.url), task);
}

/** Trains a trial again for its network, in a thread of its own, which ends with it. */
export function trainModelInThread(task: ModelTask): ReturnType<TrainModel> {
  return inThread(new URL('./model-thread.js', import.meta.url), task);
}

function inThread<Result>(program: URL, task: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(program, {
      workerData: { task, engine: chooseEngine().shared } satisfies TaskData<unknown>,
    });
    thread.on('message', resolve);
    thread.on('error', reject);
    thread.on('exit', (code) => reject(new Error(`the thread ended with code ${code} and without a result`)));
  });
}
