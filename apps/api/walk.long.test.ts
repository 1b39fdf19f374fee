import { createTestDatabase, startTestRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { startFleet } from '../../tests/support/fleet.js';
import { createTestApp } from './testing/test-app.js';
import { instanceHere, instanceOfItsOwn } from './testing/walk/instance.js';
import { walk } from './testing/walk/walk.js';

const database = await createTestDatabase();
const redis = await startTestRedis();
const here = await createTestApp({ database, redis: { url: redis.url, prefix: 'caviar' } });
const fleet = await startFleet({ servers: { databaseUrl: database.url, redisUrl: redis.url } });
const own = await Promise.all([1, 2].map(() => instanceOfItsOwn(() => fleet.addApi())));
const instances = [await instanceHere(here.app), ...own];
afterAll(async () => {
  await fleet.stop();
  await here.close();
  await redis.stop();
});

test('100 lives of searches, others each time, over three instances of which two are killed now and then: see walk.test.ts', async () => {
  for (let round = 0; round < 100; round++) {
    // A failure names its seed.
    const seed = Math.floor(Math.random() * 2 ** 31);
    const steps = await walk({ instances, here, databaseUrl: database.url }, { seed, commands: 60 });
    expect(steps).toBeGreaterThan(30);
  }
}, 3_600_000);
