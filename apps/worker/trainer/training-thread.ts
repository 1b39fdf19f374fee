import { Worker } from 'node:worker_threads';
import type { Measurement } from '@caviar/spec';
import { THREAD_WISH, type ThreadMessage, type ThreadTask } from './protocol.js';

export type ThreadResult = Exclude<ThreadMessage, { kind: 'measured' }>;

export interface TrainingThread {
  /** Trains one trial; resolves with how it came to an end, and never rejects: a thread that dies has failed. */
  run(task: ThreadTask, onMeasured: (measurements: readonly Measurement[]) => void): Promise<ThreadResult>;
  /** Says what the trial at hand shall do after its present step. */
  wish(what: keyof typeof THREAD_WISH): void;
  /** Ends the thread, whatever it is doing. */
  terminate(): Promise<void>;
}

/**
 * A thread that trains, so that training never holds up the loop that renews leases and locks. A thread that died is
 * replaced when the next trial comes.
 */
export function createTrainingThread(): TrainingThread {
  const shared = new SharedArrayBuffer(4);
  const word = new Int32Array(shared);
  let worker: Worker | undefined;

  return {
    async run(task, onMeasured) {
      Atomics.store(word, 0, THREAD_WISH.goOn);
      worker ??= new Worker(new URL('./thread.js', import.meta.url), { workerData: { wish: shared } });
      const thread = worker;
      return new Promise<ThreadResult>((resolve) => {
        const settle = (result: ThreadResult) => {
          thread.removeAllListeners();
          resolve(result);
        };
        const died = (reason: string) => {
          if (worker === thread) worker = undefined;
          settle({ kind: 'failed', reason, retry: true });
        };
        thread.on('message', (message: ThreadMessage) => {
          if (message.kind === 'measured') onMeasured(message.measurements);
          else settle(message);
        });
        thread.on('error', (error) => died(`the training thread died: ${error.message}`));
        thread.on('exit', (code) => died(`the training thread ended with code ${code}`));
        thread.postMessage(task);
      });
    },
    wish(what) {
      Atomics.store(word, 0, THREAD_WISH[what]);
    },
    async terminate() {
      const thread = worker;
      worker = undefined;
      await thread?.terminate();
    },
  };
}
