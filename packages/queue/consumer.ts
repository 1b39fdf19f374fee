import { Worker } from './bullmq.js';
import { type ConnectionOptions, connect, DEFAULT_PREFIX } from './connection.js';
import { TRIAL_QUEUE, type TrialJob, trialJobSchema } from './jobs.js';

export interface ConsumerOptions extends ConnectionOptions {
  /** Jobs handled at the same time. */
  readonly concurrency: number;
  /** Claims and runs the trials; must be safe to call twice with the same ids. */
  readonly handle: (trialIds: readonly string[]) => Promise<void>;
}

export interface Consumer {
  /** Takes no jobs until it is told otherwise; those at hand go on. */
  hold(isHeld: boolean): Promise<void>;
  /** Takes no more jobs; resolves when those at hand are over. */
  close(): Promise<void>;
}

/**
 * What a job of a dead process waits for, some ten seconds in all. Until then its trials cannot be dispatched again: a job of the
 * same name is there. A process that is only slow loses nothing: whoever gets the job second finds its trials claimed.
 */
const LOCK_MS = 6_000;
const STALLED_LOOK_MS = 3_000;
/** Pause after Redis refused a connection; BullMQ's own is 15 s, in which a slot does nothing. */
export const RETRY_MS = 500;

/** Takes jobs off the queue. A job whose process dies is delivered to another one after the lock has run out. */
export function consumeTrials({ concurrency, handle, ...options }: ConsumerOptions): Consumer {
  const connection = connect(options);
  const worker = new Worker<TrialJob>(
    TRIAL_QUEUE,
    async (job) => {
      const { trialIds } = trialJobSchema.parse(job.data);
      await handle(trialIds);
    },
    {
      connection,
      prefix: options.prefix ?? DEFAULT_PREFIX,
      concurrency,
      // Of jobs that are not ours too, whatever their own options say.
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_LOOK_MS,
      maxStalledCount: 10,
      runRetryDelay: RETRY_MS,
    },
  );
  worker.on('error', () => {}); // told by the connection
  worker.on('failed', (job, error) => options.logger.warn({ jobId: job?.id, err: error }, 'job failed'));
  return {
    async hold(isHeld) {
      if (isHeld && !worker.isPaused()) await worker.pause(true);
      else if (!isHeld && worker.isPaused()) worker.resume();
    },
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}
