import type { Redis } from 'ioredis';

/** What a caller may do: `perSecond` calls in the long run, `burst` at once. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

export interface RateLimiter {
  /** Takes one call of a caller's bucket: 0 when there is one, otherwise the milliseconds until there is. */
  take(caller: string, limit: RateLimit): Promise<number>;
}

/** Time after which a Redis that does not answer is not waited for: this process counts by itself then. */
const PATIENCE_MS = 100;
const BUCKETS = 10_000;

/** A token bucket in one round trip, by the clock of Redis, so that processes with other clocks share it. */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local rate, burst = tonumber(ARGV[1]) / 1000, tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(burst, (tonumber(bucket[1]) or burst) + math.max(0, now - (tonumber(bucket[2]) or now)) * rate)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = math.ceil((1 - tokens) / rate) end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate) + 1000)
return wait`;

/** Buckets in Redis, shared by all instances; while Redis is away, each instance has its own. */
export function createRateLimiter(redis: Redis, prefix: string): RateLimiter {
  const own = createLocalLimiter();
  return {
    async take(caller, limit) {
      if (redis.status !== 'ready') return own.take(caller, limit);
      const shared = redis.eval(TAKE, 1, `${prefix}:rate:${caller}`, limit.perSecond, limit.burst) as Promise<number>;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), PATIENCE_MS);
      });
      const wait = await Promise.race([shared.catch(() => null), late]);
      clearTimeout(timer);
      return wait ?? own.take(caller, limit);
    },
  };
}

/** The same bucket in this process. */
export function createLocalLimiter(now: () => number = () => performance.now()): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    async take(caller, { perSecond, burst }) {
      const at = now();
      const bucket = buckets.get(caller) ?? { tokens: burst, at };
      const tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) * perSecond) / 1000);
      buckets.delete(caller);
      const [oldest] = buckets.keys();
      if (buckets.size >= BUCKETS && oldest !== undefined) buckets.delete(oldest);
      buckets.set(caller, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
}
