import type { Logger } from '@caviar/orchestrator';
import { Redis } from 'ioredis';

/** Keys and channels of everything that Caviar keeps in Redis begin with this, unless told otherwise. */
export const DEFAULT_PREFIX = 'caviar';

export interface ConnectionOptions {
  readonly url: string;
  /** For several installations on one Redis; default `caviar`. */
  readonly prefix?: string;
  readonly logger: Logger;
}

/**
 * A connection that comes back by itself: at once, then with growing pauses of at most two seconds, for ever. One line is
 * logged when it goes and one when it is back, not one per try.
 */
export function connect({ url, logger }: ConnectionOptions): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (tries: number) => Math.min(50 * tries, 2_000),
  });
  let away = false;
  redis.on('error', (error) => {
    if (!away) logger.warn({ err: error }, 'Redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info({}, 'Redis is back');
    away = false;
  });
  return redis;
}
