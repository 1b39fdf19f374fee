import { DomainError, type TaskRunner, type WorkerTask, type WorkerTaskResult } from '@caviar/orchestrator';
import { gradientCheckRequestSchema } from '@caviar/spec';
import { z } from 'zod';
import { Queue as BullQueue, QueueEvents, Worker } from './bullmq.js';
import { type ConnectionOptions, connect, DEFAULT_PREFIX } from './connection.js';
import { type Consumer, RETRY_MS } from './consumer.js';

const TASK_QUEUE = 'tasks';

/** What a task may be: Redis delivers it, and is not believed. */
const taskSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('gradient-check'), request: gradientCheckRequestSchema }),
  z.object({ kind: z.literal('test-evaluation'), searchId: z.string().regex(/^srch_\w{1,100}$/) }),
  z.object({ kind: z.literal('train-model'), trialId: z.string().regex(/^trl_\w{1,100}$/) }),
]) satisfies z.ZodType<WorkerTask>;
/** Time after which the caller is told that nobody did it. */
const TASK_TIMEOUT_MS = 120_000;

/** The asking side: connects when the first task is asked for. */
export function createTaskRunner(options: ConnectionOptions): TaskRunner & { close(): Promise<void> } {
  const prefix = options.prefix ?? DEFAULT_PREFIX;
  let open: { readonly queue: BullQueue<WorkerTask, WorkerTaskResult>; readonly events: QueueEvents } | undefined;

  function connected() {
    if (open === undefined) {
      const queue = new BullQueue<WorkerTask, WorkerTaskResult>(TASK_QUEUE, { connection: connect(options), prefix });
      const events = new QueueEvents(TASK_QUEUE, { connection: connect(options), prefix });
      queue.on('error', () => {}); // told by the connection
      events.on('error', () => {});
      open = { queue, events };
    }
    return open;
  }

  return {
    async run(task) {
      const { queue, events } = connected();
      try {
        await events.waitUntilReady();
        const job = await queue.add(task.kind, task, {
          removeOnComplete: { age: 60 },
          // A failed one must not stand in the way of the next try under the same name.
          removeOnFail: true,
          attempts: 2,
          ...(task.kind === 'test-evaluation' ? { jobId: `${task.kind}-${task.searchId}` } : {}),
          ...(task.kind === 'train-model' ? { jobId: `${task.kind}-${task.trialId}` } : {}),
        });
        return await job.waitUntilFinished(events, TASK_TIMEOUT_MS);
      } catch (error) {
        throw new DomainError('unavailable', `No worker has done the ${task.kind} in time`, { cause: error });
      }
    },
    async close() {
      await open?.events.close();
      await open?.queue.close();
    },
  };
}

export interface TaskConsumerOptions extends ConnectionOptions {
  readonly handle: (task: WorkerTask) => Promise<WorkerTaskResult>;
}

/** The doing side: one task at a time beside the trials. */
export function consumeTasks({ handle, ...options }: TaskConsumerOptions): Pick<Consumer, 'close'> {
  const connection = connect(options);
  const worker = new Worker<WorkerTask, WorkerTaskResult>(TASK_QUEUE, (job) => handle(taskSchema.parse(job.data)), {
    connection,
    prefix: options.prefix ?? DEFAULT_PREFIX,
    concurrency: 1,
    removeOnFail: { count: 0 },
    runRetryDelay: RETRY_MS,
  });
  worker.on('error', () => {}); // told by the connection
  worker.on('failed', (job, error) => options.logger.warn({ task: job?.name, err: error }, 'task failed'));
  return {
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}
