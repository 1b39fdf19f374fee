import { parentPort, workerData } from 'node:worker_threads';
import { loadDataset } from '@caviar/datasets';
import type { Measurement, MeasurementTiming, Metrics } from '@caviar/spec';
import { startTraining, TrainingInputError } from '@caviar/training';
import { THREAD_WISH, type ThreadMessage, type ThreadTask } from './protocol.js';

/** Measurements wait this long for others: a step may take microseconds, a message takes more. */
const GATHER_MS = 20;

const port = parentPort;
if (port === null) throw new Error('this module is the program of a training thread');
const wish = new Int32Array((workerData as { wish: SharedArrayBuffer }).wish);
const send = (message: ThreadMessage) => port.postMessage(message);

port.on('message', (task: ThreadTask) => {
  train(task).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    // A job that makes no sense makes no more sense the next time.
    send({ kind: 'failed', reason, retry: !(error instanceof TrainingInputError) });
  });
});

/** Trains one trial, from its beginning or its checkpoint, until it ends or is told to stop. */
async function train({ trainer, params, searchSeed, trialNumber, checkpoint, targetStep }: ThreadTask): Promise<void> {
  const dataset = trainer.kind === 'mlp' ? await loadDataset(trainer.dataset) : null;
  const startedAt = performance.now();
  const elapsed = () => Math.round((checkpoint?.elapsedMs ?? 0) + performance.now() - startedAt);
  const run = startTraining({ trainer, params, searchSeed, trialNumber, dataset }, checkpoint?.data);

  let measurements: Measurement[] = [];
  let step = checkpoint?.step ?? 0;
  let metrics: Metrics = {};
  let sentAt = startedAt;
  const state = () => ({ step, metrics, elapsedMs: elapsed(), measurements });
  for (;;) {
    const stepStartedAt = performance.now();
    const next = run.next();
    if (next.kind === 'end') {
      const { status, reason } = next;
      return send({ kind: 'ended', status, reason, ...state() });
    }
    ({ step, metrics } = next);
    const timing = paceOf(next.samples, performance.now() - stepStartedAt);
    measurements.push({ step, metrics, elapsedMs: elapsed(), timing });
    const wanted = Atomics.load(wish, 0);
    if (wanted === THREAD_WISH.stop) return send({ kind: 'stopped', checkpoint: null, ...state() });
    if (targetStep !== null && step >= targetStep) {
      return send({ kind: 'arrived', checkpoint: run.checkpoint(), ...state() });
    }
    if (wanted === THREAD_WISH.checkpointAndStop) {
      return send({ kind: 'stopped', checkpoint: run.checkpoint(), ...state() });
    }
    const now = performance.now();
    if (now - sentAt >= GATHER_MS) {
      send({ kind: 'measured', measurements });
      measurements = [];
      sentAt = now;
    }
  }
}

/** Six digits are more than a clock has to say. */
function paceOf(samples: number | null, durationMs: number): MeasurementTiming {
  const seconds = Number((durationMs / 1000).toPrecision(6));
  const hasPace = samples !== null && durationMs > 0;
  return { seconds, samplesPerSecond: hasPace ? Math.round((1000 * samples) / durationMs) : null };
}
