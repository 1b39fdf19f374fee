import { OPERATIONS } from '@caviar/contracts';
import { afterAll, expect, test } from 'vitest';
import { fuzz } from './testing/fuzz/run.js';
import { createFuzzedService, expectToWork } from './testing/fuzz/service.js';

const service = await createFuzzedService();
afterAll(() => service.close());

test('24,000 requests of any kind, other ones each time: see fuzz.test.ts', async () => {
  const reached = new Set<string>();
  for (let round = 0; round < 6; round++) {
    // A failure names its seed.
    const { answers } = await fuzz(service, { ...service, requests: 4_000, seed: Math.floor(Math.random() * 2 ** 31) });
    for (const name of answers.keys()) if (/ 2\d\d$/.test(name)) reached.add(name.split(' ')[0] ?? '');
    await expectToWork(service);
  }
  // All but those that need a worker or a long history.
  const operations = Object.keys(OPERATIONS);
  expect(reached.size, `not reached: ${operations.filter((id) => !reached.has(id))}`).toBeGreaterThan(
    0.8 * operations.length,
  );
}, 1_800_000);
