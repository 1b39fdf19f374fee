import { Worker } from 'bullmq';
import { type ConnectionOptions, connect, DEFAULT_PREFIX } from './connection.js';
import { TRIAL_QUEUE, type TrialJob, trialJobSchema } from './jobs.js';

export interface ConsumerOptions extends ConnectionOptions {
  /** Jobs handled at the same time. */
  readonly concurrency: number;
  /** Claims and runs the trials; must be safe to call twice with the same ids. */
  readonly handle: (trialIds: readonly string[]) => Promise<void>;
}

export interface Consumer {
  /** Takes no more jobs; resolves when those at hand are over. */
  close(): Promise<void>;
}

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
      lockDuration: 30_000,
      stalledInterval: 15_000,
      maxStalledCount: 10,
    },
  );
  worker.on('error', () => {}); // told by the connection
  worker.on('failed', (job, error) => options.logger.warn({ jobId: job?.id, err: error }, 'job failed'));
  return {
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}
