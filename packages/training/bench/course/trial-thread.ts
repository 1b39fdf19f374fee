import { parentPort, workerData } from 'node:worker_threads';
import type { Suggestion } from '@caviar/search';
import type { Metrics } from '@caviar/spec';
import { startTraining } from '../../start-training.js';
import { courseJob } from './job.js';
import type { EndedTrial, TrialThread } from './search.js';
import { COURSE_TASKS } from './tasks.js';

// The program of a thread: trains the trials that it is sent, one after the other, until it is sent null.

const { task, folder, spec } = workerData as TrialThread;
const data = COURSE_TASKS.find(({ name }) => name === task)!.load(new URL(folder));

parentPort?.on('message', async (trial: Suggestion | null) => {
  if (trial === null) return parentPort?.close();
  const { number, params } = trial;
  const run = startTraining(courseJob(spec, trial, (await data).dataset));
  let [epochs, metrics, value]: [number, Metrics, number | null] = [0, {}, null];
  for (;;) {
    const step = run.next();
    if (step.kind === 'measurement') {
      epochs = step.step;
      metrics = step.metrics;
      continue;
    }
    if (step.status === 'completed') value = metrics[spec.objective.metric] ?? null;
    const ended: EndedTrial = { number, params, value, epochs, checkpoint: run.checkpoint() };
    return parentPort?.postMessage(ended);
  }
});
