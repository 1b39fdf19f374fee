import { Worker } from 'node:worker_threads';
import { prepareSearch, type Suggestion, suggest } from '@caviar/search';
import type { Params, SearchSpec } from '@caviar/spec';
import type { CourseTask } from './tasks.js';

/** What a thread is started with. */
export interface TrialThread {
  readonly task: CourseTask['name'];
  readonly folder: string;
  readonly spec: SearchSpec;
}

/** A trial that has ended, in a thread's words. */
export interface EndedTrial {
  readonly number: number;
  readonly params: Params;
  /** The objective of the last measurement; null when the trial diverged. */
  readonly value: number | null;
  readonly epochs: number;
  readonly checkpoint: Uint8Array;
}

/** All trials of a search, in their order, by `threads` threads. */
export async function runTrials(thread: TrialThread, trials: number, threads: number): Promise<EndedTrial[]> {
  const waiting = suggest(prepareSearch(thread.spec), 0, trials);
  const ended: EndedTrial[] = [];
  await Promise.all(Array.from({ length: threads }, () => work(thread, waiting, ended)));
  return ended.sort((a, b) => a.number - b.number);
}

function work(thread: TrialThread, waiting: Suggestion[], ended: EndedTrial[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./trial-thread.js', import.meta.url), { workerData: thread });
    const next = () => worker.postMessage(waiting.shift() ?? null);
    worker.on('message', (trial: EndedTrial) => {
      ended.push(trial);
      next();
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
    next();
  });
}
