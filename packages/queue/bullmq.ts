import { createRequire } from 'node:module';
import type * as BullMq from 'bullmq';

const require = createRequire(import.meta.url);

/**
 * The classes of BullMQ that are used, each from its own file: the package's entry point also loads its backend on Postgres, flows and
 * sandboxes, which takes 2 MB and 25 ms of every worker. The forms for `require`, since those for `import` name files without their
 * ending, which Node refuses.
 */
export const { Queue } = require('bullmq/dist/cjs/classes/queue.js') as Pick<typeof BullMq, 'Queue'>;
export const { QueueEvents } = require('bullmq/dist/cjs/classes/queue-events.js') as Pick<typeof BullMq, 'QueueEvents'>;
export const { Worker } = require('bullmq/dist/cjs/classes/worker.js') as Pick<typeof BullMq, 'Worker'>;
export type Queue<Data, Result> = BullMq.Queue<Data, Result>;
export type QueueEvents = BullMq.QueueEvents;
