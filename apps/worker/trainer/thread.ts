import { parentPort, workerData } from 'node:worker_threads';
import { openDataset } from '@caviar/datasets';
import type { PendingEdits } from '@caviar/orchestrator';
import type { Measurement, MeasurementTiming, Metrics } from '@caviar/spec';
import { type SharedEngine, shareEngine, startTraining, TrainingInputError, type TrainingRun } from '@caviar/training';
import { applyEdits } from './apply-edits.js';
import { createMailbox } from './mailbox.js';
import { THREAD_WISH, type ThreadMessage, type ThreadOrder, type ThreadTask, WORDS } from './protocol.js';

/** Measurements wait this long for others: a step may take microseconds, a message takes more. */
const GATHER_MS = 20;

/** What the thread is started with. */
export interface ThreadData {
  readonly words: SharedArrayBuffer;
  readonly engine: SharedEngine;
}

const port = parentPort;
if (port === null) throw new Error('this module is the program of a training thread');
const { words: memory, engine } = workerData as ThreadData;
const words = new Int32Array(memory);
shareEngine(engine);
const send = (message: ThreadMessage) => port.postMessage(message, buffersOf(message));
const orders = createMailbox<Exclude<ThreadOrder, { kind: 'train' }>>();

port.on('message', (order: ThreadOrder) => {
  if (order.kind !== 'train') return orders.put(order);
  orders.clear(); // what came too late for the task before
  train(order.task).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    // A job that makes no sense makes no more sense the next time.
    send({ kind: 'failed', reason, retry: !(error instanceof TrainingInputError) });
  });
});

/** Trains one trial, from its beginning or its checkpoint, until it ends or is told to stop. */
async function train(task: ThreadTask): Promise<void> {
  const { trainer, data, params, searchSeed, trialNumber, checkpoint, changes } = task;
  const dataset = data === null ? null : await openDataset(data);
  const startedAt = performance.now();
  const elapsed = () => Math.round((checkpoint?.elapsedMs ?? 0) + performance.now() - startedAt);
  const run = startTraining({ trainer, params, searchSeed, trialNumber, dataset, changes }, checkpoint?.data);
  try {
    await drive(run, task, elapsed);
  } finally {
    run.release();
  }
}

/** Takes steps, and tells of them. */
async function drive(run: TrainingRun, task: ThreadTask, elapsed: () => number): Promise<void> {
  const { checkpoint, targetStep } = task;
  let { everyMs } = task.checkpoints;
  const startedAt = performance.now();
  let measurements: Measurement[] = [];
  let step = checkpoint?.step ?? 0;
  let metrics: Metrics = checkpoint?.metrics ?? {};
  let sentAt = startedAt;
  let passedAt = startedAt;
  const state = () => ({ step, metrics, elapsedMs: elapsed(), measurements });
  const edits = takeEdits(task.pending);
  for (;;) {
    const due = await edits.due(step);
    if (due.length > 0) {
      // Written down before anything is trained with it: whoever has to train this again finds it in the log.
      send({ kind: 'edited', settled: applyEdits(run, step, due), measurements });
      measurements = [];
      await edits.settled();
      if (Atomics.load(words, WORDS.wish) === THREAD_WISH.stop) {
        return send({ kind: 'stopped', checkpoint: null, ...state() });
      }
    }
    const stepStartedAt = performance.now();
    const next = run.next();
    if (next.kind === 'end') {
      const { status, reason } = next;
      return send({ kind: 'ended', status, reason, ...state() });
    }
    ({ step, metrics } = next);
    const timing = paceOf(next.samples, performance.now() - stepStartedAt);
    measurements.push({ step, metrics, elapsedMs: elapsed(), timing });
    const wanted = Atomics.load(words, WORDS.wish);
    if (wanted === THREAD_WISH.stop) return send({ kind: 'stopped', checkpoint: null, ...state() });
    if (targetStep !== null && step >= targetStep) {
      return send({ kind: 'arrived', checkpoint: run.checkpoint(), ...state() });
    }
    if (wanted === THREAD_WISH.checkpointAndStop) {
      return send({ kind: 'stopped', checkpoint: run.checkpoint(), ...state() });
    }
    const now = performance.now();
    if (everyMs > 0 && now - passedAt >= everyMs) {
      const data = run.checkpoint();
      passedAt = now;
      // It does not become smaller.
      if (data.length > task.checkpoints.maxBytes) everyMs = 0;
      else {
        send({ kind: 'passed', checkpoint: { step, elapsedMs: elapsed(), data }, measurements });
        measurements = [];
        sentAt = now;
      }
    } else if (now - sentAt >= GATHER_MS) {
      send({ kind: 'measured', measurements });
      measurements = [];
      sentAt = now;
    }
  }
}

/** The edits that come while a trial trains. Between two steps, one word of shared memory says whether there are any. */
function takeEdits(pending: PendingEdits | null) {
  let taken = 0;
  let fromStep = pending?.fromStep ?? 0;
  let waiting = [...(pending?.edits ?? [])];

  async function takeOrder(): Promise<boolean> {
    const order = await orders.take();
    if (order.kind === 'settled') return true;
    taken++;
    fromStep = Math.max(fromStep, order.pending.fromStep);
    waiting.push(...order.pending.edits);
    return false;
  }

  return {
    /** Those that are to be made after that step. */
    async due(step: number): Promise<readonly PendingEdits['edits'][number][]> {
      while (taken < Atomics.load(words, WORDS.edits)) await takeOrder();
      if (step < fromStep || waiting.length === 0) return [];
      const due = waiting;
      waiting = [];
      return due;
    },
    /** Resolves when what was made is written down. */
    async settled(): Promise<void> {
      while (!(await takeOrder()));
    },
  };
}

/** The bytes of a checkpoint are handed over, not copied. */
function buffersOf(message: ThreadMessage): ArrayBuffer[] {
  const bytes =
    message.kind === 'passed' ? message.checkpoint.data : 'checkpoint' in message ? message.checkpoint : null;
  return bytes === null ? [] : [bytes.buffer as ArrayBuffer];
}

/** Six digits are more than a clock has to say. */
function paceOf(samples: number | null, durationMs: number): MeasurementTiming {
  const seconds = Number((durationMs / 1000).toPrecision(6));
  const hasPace = samples !== null && durationMs > 0;
  return { seconds, samplesPerSecond: hasPace ? Math.round((1000 * samples) / durationMs) : null };
}
