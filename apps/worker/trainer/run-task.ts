import { Worker } from 'node:worker_threads';
import type { Evaluate, WorkerTaskResult } from '@caviar/orchestrator';
import type { GradientCheckRequest } from '@caviar/spec';

/** Checks gradients in a thread of its own, which ends with it. */
export function checkGradientsInThread(request: GradientCheckRequest): Promise<WorkerTaskResult> {
  return inThread('./check-thread.js', request);
}

/** Trains a winner again and evaluates it, in a thread of its own, which ends with it. */
export const evaluateInThread: Evaluate = (job) => inThread('./evaluation-thread.js', job);

function inThread<Result>(program: string, data: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(program, import.meta.url), { workerData: data });
    thread.on('message', resolve);
    thread.on('error', reject);
    thread.on('exit', (code) => reject(new Error(`the thread ended with code ${code} and without a result`)));
  });
}
