import { Worker } from 'node:worker_threads';
import type { PendingEdits, SettledEdits, TrialCheckpoint } from '@caviar/orchestrator';
import type { Measurement } from '@caviar/spec';
import { chooseEngine } from '@caviar/training';
import { THREAD_WISH, type ThreadMessage, type ThreadOrder, type ThreadTask, WORDS } from './protocol.js';
import type { ThreadData } from './thread.js';

export type ThreadResult = Exclude<ThreadMessage, { kind: 'measured' | 'edited' | 'passed' }>;

/** Who hears what a thread has to say before the end. */
export interface ThreadListener {
  onMeasured(measurements: readonly Measurement[]): void;
  /** It has left a state to go on from after a crash; its measurements up to there have been told. */
  onPassed(checkpoint: TrialCheckpoint): void;
  /** Changes were made, or refused: the thread waits until it resolves. Never rejects. */
  onEdited(settled: SettledEdits): Promise<void>;
}

export interface TrainingThread {
  /** Trains one trial; resolves with how it came to an end, and never rejects: a thread that dies has failed. */
  run(task: ThreadTask, listener: ThreadListener): Promise<ThreadResult>;
  /** Says what the trial at hand shall do after its present step. */
  wish(what: keyof typeof THREAD_WISH): void;
  /** Hands it changes to make after its present step. */
  edit(pending: PendingEdits): void;
  /** Ends the thread, whatever it is doing. */
  terminate(): Promise<void>;
}

/**
 * A thread that trains, so that training never holds up the loop that renews leases and locks. A thread that died is
 * replaced when the next trial comes.
 */
export function createTrainingThread(): TrainingThread {
  const shared = new SharedArrayBuffer(4 * Object.keys(WORDS).length);
  const words = new Int32Array(shared);
  let worker: Worker | undefined;
  let onMessage: (message: ThreadMessage) => void = () => {};
  const order = (message: ThreadOrder) => worker?.postMessage(message);

  function start(): Worker {
    const data: ThreadData = { words: shared, engine: chooseEngine().shared };
    const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData: data });
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
    run(task, { onMeasured, onPassed, onEdited }) {
      Atomics.store(words, WORDS.wish, THREAD_WISH.goOn);
      Atomics.store(words, WORDS.edits, 0);
      worker ??= start();
      return new Promise((resolve) => {
        onMessage = (message) => {
          switch (message.kind) {
            case 'measured':
              return onMeasured(message.measurements);
            case 'passed':
              onMeasured(message.measurements);
              return onPassed(message.checkpoint);
            case 'edited':
              onMeasured(message.measurements);
              return void onEdited(message.settled).then(() => order({ kind: 'settled' }));
            default:
              return resolve(message);
          }
        };
        order({ kind: 'train', task });
      });
    },
    wish(what) {
      Atomics.store(words, WORDS.wish, THREAD_WISH[what]);
    },
    edit(pending) {
      order({ kind: 'edits', pending });
      Atomics.add(words, WORDS.edits, 1);
    },
    async terminate() {
      await worker?.terminate(); // its exit ends the task at hand
    },
  };
}
