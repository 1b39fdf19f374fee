export { type Consumer, type ConsumerOptions, consumeTrials } from './consumer.js';
export { createQueue, type Queue } from './queue.js';
export { consumeTasks, type TaskConsumerOptions } from './tasks.js';
