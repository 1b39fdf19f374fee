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
  let onMessage: (message: ThreadMessage) => void = () => {};

  function start(): Worker {
    const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData: { wish: shared } });
    const died = (reason: string) => {
      if (worker !== thread) return;
      worker = undefined;
      onMessage({ kind: 'failed', reason, retry: true });
    };
    thread.on('message', (message: ThreadMessage) => onMessage(message));
    thread.on('error', (error) => died(`the training thread died: ${error instanceof Error ? error.message : error}`));
    thread.on('exit', (code) => died(`the training thread ended with code ${code}`));
    return thread;
  }

  return {
    run(task, onMeasured) {
      Atomics.store(word, 0, THREAD_WISH.goOn);
      worker ??= start();
      const thread = worker;
      return new Promise((resolve) => {
        onMessage = (message) => (message.kind === 'measured' ? onMeasured(message.measurements) : resolve(message));
        thread.postMessage(task);
      });
    },
    wish(what) {
      Atomics.store(word, 0, THREAD_WISH[what]);
    },
    async terminate() {
      await worker?.terminate(); // its exit ends the task at hand
    },
  };
}
