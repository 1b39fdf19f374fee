export { type Consumer, type ConsumerOptions, consumeTrials } from './consumer.js';
export { createQueue, type Queue } from './queue.js';
export type { RateLimit, RateLimiter } from './rate-limiter.js';
export { consumeTasks, type TaskConsumerOptions } from './tasks.js';
