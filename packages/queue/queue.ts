import type { Dispatcher, SearchSignals, TaskRunner } from '@caviar/orchestrator';
import { Queue as BullQueue } from './bullmq.js';
import { type ConnectionOptions, connect, DEFAULT_PREFIX } from './connection.js';
import { TRIAL_QUEUE, type TrialJob, toJobs } from './jobs.js';
import { createRateLimiter, type RateLimiter } from './rate-limiter.js';
import { createSignals } from './signals.js';
import { createTaskRunner } from './tasks.js';

/** A dispatch that takes longer counts as failed: callers must not hang on a Redis that is away. */
const DISPATCH_TIMEOUT_MS = 2_000;

export interface Queue {
  readonly dispatcher: Dispatcher;
  readonly signals: SearchSignals;
  readonly tasks: TaskRunner;
  readonly rateLimiter: RateLimiter;
  /** Jobs by state. */
  counts(): Promise<{ readonly waiting: number; readonly active: number }>;
  /** Resolves when Redis answers; throws otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The producing side of the queue, and the signals between processes. Connects in the background. */
export function createQueue(options: ConnectionOptions): Queue {
  const connection = connect(options);
  const queue = new BullQueue<TrialJob>(TRIAL_QUEUE, {
    connection,
    prefix: options.prefix ?? DEFAULT_PREFIX,
    // Postgres remembers; the queue forgets a job as soon as it is over.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
  });
  queue.on('error', () => {}); // told by the connection
  const tasks = createTaskRunner(options);
  const { signals, close: closeSignals } = createSignals(options, connection);
  return {
    dispatcher: {
      async dispatch(trials, { trialsPerJob = 1 } = {}) {
        await withTimeout(queue.addBulk(toJobs(trials, trialsPerJob)), DISPATCH_TIMEOUT_MS, 'dispatch');
      },
    },
    signals,
    tasks,
    rateLimiter: createRateLimiter(connection, options.prefix ?? DEFAULT_PREFIX),
    async counts() {
      const { waiting = 0, active = 0 } = await withTimeout(
        queue.getJobCounts('waiting', 'active'),
        DISPATCH_TIMEOUT_MS,
        'counts',
      );
      return { waiting, active };
    },
    async ping() {
      await withTimeout(connection.ping(), DISPATCH_TIMEOUT_MS, 'ping');
    },
    async close() {
      await closeSignals();
      await withTimeout(tasks.close(), DISPATCH_TIMEOUT_MS, 'close').catch(() => {});
      await withTimeout(queue.close(), DISPATCH_TIMEOUT_MS, 'close').catch(() => {});
      connection.disconnect();
    },
  };
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: Redis did not answer within ${timeoutMs} ms`)), timeoutMs);
  });
  work.catch(() => {}); // a late failure has been told as the time-out
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
