import { afterAll, expect, test } from 'vitest';
import { fuzz } from './testing/fuzz/run.js';
import { createFuzzedService, expectToWork } from './testing/fuzz/service.js';

const service = await createFuzzedService();
afterAll(() => service.close());

// The seed is fixed, so that CI tells of changes and not of luck; the nightly form draws its own.
test('1,000 requests of any kind: every answer is one that the contract allows, and the service works as before', async () => {
  const { requests, answers } = await fuzz(service, { ...service, requests: 1_000, seed: 8 });
  expect(requests).toBeGreaterThanOrEqual(1_000);
  // What is sent is not all refused at the door.
  const good = [...answers.keys()].filter((name) => / 2\d\d$/.test(name));
  expect(good.length).toBeGreaterThan(20);
  await expectToWork(service);
}, 180_000);
