import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from './testing/test-app.js';
import { instanceHere } from './testing/walk/instance.js';
import { walk } from './testing/walk/walk.js';

const database = await createTestDatabase();
const redis = testRedis();
const here = await createTestApp({ database, redis });
const other = await createTestApp({ database: { ...database, drop: async () => {} }, redis });
const instances = [await instanceHere(here.app), await instanceHere(other.app)];
afterAll(async () => {
  await other.close();
  await here.close();
});

// The seeds are fixed, so that CI tells of changes and not of luck; the long form draws its own.
test.each([2, 9, 13, 24])(
  'the life of a search holds to what is said of it, whatever is done to it: walk %i',
  async (seed) => {
    const steps = await walk({ instances, here, databaseUrl: database.url }, { seed, commands: 30 });
    expect(steps).toBeGreaterThan(30);
  },
);
