import { Worker } from 'node:worker_threads';
import type { WorkerTask, WorkerTaskResult } from '@caviar/orchestrator';

/** Does a task in a thread of its own, which ends with it. */
export function runTask({ request }: WorkerTask): Promise<WorkerTaskResult> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./check-thread.js', import.meta.url), { workerData: request });
    thread.on('message', resolve);
    thread.on('error', reject);
    thread.on('exit', (code) => reject(new Error(`the thread ended with code ${code} and without a result`)));
  });
}
