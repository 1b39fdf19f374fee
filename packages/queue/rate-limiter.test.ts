import { startTestRedis } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from './connection.js';
import { createLocalLimiter, createRateLimiter } from './rate-limiter.js';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const LIMIT = { perSecond: 20, burst: 5 };

let server: Awaited<ReturnType<typeof startTestRedis>>;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());

function open() {
  return connect({ url: server.url, logger: SILENT });
}

const takeMany = async (take: () => Promise<number>, count: number) => {
  const waits: number[] = [];
  for (let i = 0; i < count; i++) waits.push(await take());
  return waits;
};

describe('a bucket', () => {
  test('gives a burst, then says how long to wait, and fills again', async () => {
    let now = 0;
    const limiter = createLocalLimiter(() => now);
    const waits = await takeMany(() => limiter.take('a', LIMIT), 7);
    expect(waits).toEqual([0, 0, 0, 0, 0, 50, 50]);
    expect(await limiter.take('b', LIMIT)).toBe(0);
    now = 40;
    const wait = await limiter.take('a', LIMIT);
    expect(wait).toBeGreaterThanOrEqual(10);
    expect(wait).toBeLessThanOrEqual(11); // rounded up
    now = 51;
    expect(await limiter.take('a', LIMIT)).toBe(0);
    now = 1e9;
    expect(await takeMany(() => limiter.take('a', LIMIT), 6)).toEqual([0, 0, 0, 0, 0, 50]);
  });

  test('is shared by processes over Redis', async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.ping(), two.ping()]);
    const limiters = [createRateLimiter(one, 'test'), createRateLimiter(two, 'test')];
    const slow = { perSecond: 0.01, burst: 5 };
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) waits.push(await limiters[i % 2]!.take('shared', slow));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
    expect(waits.at(-1)).toBeGreaterThan(50_000);
    one.disconnect();
    two.disconnect();
  });

  test('is kept by the process itself while Redis is away', async () => {
    const redis = open();
    redis.disconnect();
    const limiter = createRateLimiter(redis, 'test');
    const waits = await takeMany(() => limiter.take('away', { perSecond: 0.01, burst: 2 }), 3);
    // It fills while we ask: by a millisecond of the wait for each that passes.
    expect(waits).toEqual([0, 0, expect.closeTo(100_000, -4)]);
  });
});
