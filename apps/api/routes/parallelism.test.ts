import type { AskedView } from '@caviar/contracts';
import { createTestDatabase, runSql, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, quadraticSpec } from '../testing/wire.js';

// `parallelism` is lowered while trials are queued and run: no more are begun until fewer run than it says, and nothing gets stuck.

const database = await createTestDatabase();
const { app, worker, close } = await createTestApp({ database, redis: testRedis() });
afterAll(close);

const EXTERNAL = {
  trainer: { kind: 'external', maxRetries: 1 },
  space: { x: { kind: 'float', min: -1, max: 1 } },
  objective: { metric: 'loss', direction: 'minimize' },
  stop: { maxTrials: 20 },
  seed: 3,
} as const;

type Asked = AskedView['trials'][number];
const post = (url: string, payload: object = {}) => app.inject({ method: 'POST', url, payload });
const create = async (spec: object) => body(await post('/v1/searches', spec), 'createSearch').id;
const lower = async (id: string, parallelism: number) =>
  body(await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { parallelism } }), 'patchSearch');
const progressOf = async (id: string) => body(await app.inject(`/v1/searches/${id}`), 'getSearch').progress;
const ask = async (id: string, count = 20) => body(await post(`/v1/searches/${id}/ask`, { count }), 'ask').trials;
const numbersOf = (trials: readonly Asked[]) => trials.map(({ number }) => number);
const finish = async ({ id, leaseToken, number }: Asked, status: 'completed' | 'failed' = 'completed') =>
  body(await post(`/v1/trials/${id}/finish`, { leaseToken, status, metrics: { loss: number } }), 'finishTrial');
const placesOf = async (id: string) => {
  const [row] = await runSql(database.url, `SELECT places FROM searches WHERE id = '${id}'`);
  return row?.['places'];
};
const drain = async (id: string) => {
  const taken: number[] = [];
  for (let trials = await ask(id); trials.length > 0; trials = await ask(id)) {
    for (const trial of trials) await finish(trial);
    taken.push(...numbersOf(trials));
  }
  return taken;
};

test('code outside is given no more than there are places for, and then all in their order', async () => {
  const id = await create({ ...EXTERNAL, parallelism: 8 });
  const begun = await ask(id, 4);
  await lower(id, 2);
  expect(await progressOf(id)).toMatchObject({ queued: 4, running: 4 });
  expect(await ask(id)).toEqual([]);
  for (const trial of begun.slice(0, 2)) await finish(trial);
  expect(await ask(id)).toEqual([]);
  await finish(begun[2]!);
  const next = await ask(id);
  expect(numbersOf(next)).toEqual([4]);
  // One that failed has its place again when its time has come, before those behind it.
  await finish(next[0]!, 'failed');
  expect(numbersOf(await ask(id))).toEqual([5]);
  await runSql(database.url, `UPDATE trials SET retry_at = now() WHERE search_id = '${id}'`);
  expect(await ask(id)).toEqual([]);
  await finish(begun[3]!);
  expect(numbersOf(await ask(id))).toEqual([4]);
  expect(await progressOf(id)).toMatchObject({ queued: 2, running: 2, completed: 4 });
});

test('the places are as many as before once it is raised again', async () => {
  const id = await create({ ...EXTERNAL, parallelism: 6 });
  const begun = await ask(id, 3);
  await lower(id, 1);
  expect(await placesOf(id)).toBe(1);
  await lower(id, 2);
  expect(await ask(id)).toEqual([]);
  await lower(id, 7);
  expect(await placesOf(id)).toBeNull();
  const rest = await ask(id);
  expect(numbersOf(rest)).toEqual([3, 4, 5, 6]);
  for (const trial of [...begun, ...rest]) await finish(trial);
  expect(await drain(id)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
});

test('a search that was paused meanwhile goes on with so many, and comes to its end', async () => {
  const id = await create({ ...EXTERNAL, parallelism: 6 });
  const begun = await ask(id, 5);
  await post(`/v1/searches/${id}/pause`);
  for (const { id: trialId, leaseToken } of begun) await post(`/v1/trials/${trialId}/heartbeat`, { leaseToken });
  expect(await progressOf(id)).toMatchObject({ paused: 5, queued: 1 });
  await lower(id, 2);
  await post(`/v1/searches/${id}/resume`);
  expect(await progressOf(id)).toMatchObject({ queued: 6 });
  const [one, two, ...others] = await ask(id);
  expect([one?.number, two?.number, others]).toEqual([0, 1, []]);
  for (const trial of [one!, two!]) await finish(trial);
  expect(await drain(id)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(await placesOf(id)).toBeNull();
  expect(body(await app.inject(`/v1/searches/${id}`), 'getSearch').status).toBe('completed');
});

test('trials that a caller adds come on top, as ever', async () => {
  const id = await create({ ...EXTERNAL, parallelism: 3 });
  const begun = await ask(id, 2);
  await lower(id, 1);
  await post(`/v1/searches/${id}/trials`, { trials: [{ params: { x: 0.5 } }] });
  expect(numbersOf(await ask(id))).toEqual([3]);
  expect(await ask(id)).toEqual([]);
  await post(`/v1/trials/${begun[0]!.id}/cancel`);
  await post(`/v1/searches/${id}/cancel`);
  expect(await progressOf(id)).toMatchObject({ queued: 0, cancelled: 1 });
});

test('a search with a scheduler that has all its trials queued under another bound comes to its end', async () => {
  const scheduler = { kind: 'asha', minResource: 1, maxResource: 4, eta: 2 };
  const id = await create({ ...EXTERNAL, scheduler, parallelism: 8, stop: { maxTrials: 12 } });
  await lower(id, 2);
  let calls = 0;
  for (; calls < 100; calls++) {
    const trials = await ask(id);
    if (trials.length === 0) break;
    expect((await progressOf(id)).running).toBeLessThanOrEqual(2);
    for (const trial of trials) {
      for (let step = trial.step + 1; step <= 4; step++) {
        const metrics = { loss: trial.number + 1 / step };
        const measurement = { leaseToken: trial.leaseToken, step, metrics };
        const answer = await post(`/v1/trials/${trial.id}/measurements`, measurement);
        if (body(answer, 'addMeasurement').decision !== 'continue') break;
        if (step === 4) await finish(trial);
      }
    }
  }
  expect(calls).toBeLessThan(100);
  expect(body(await app.inject(`/v1/searches/${id}`), 'getSearch').status).toBe('completed');
});

test('workers claim no more, nor is what may not be claimed dispatched', async () => {
  const id = await create({ ...quadraticSpec, parallelism: 8 });
  expect(await worker.claim(id, 4)).toBe(4);
  await lower(id, 2);
  expect(await worker.claim(id)).toBe(0);
  // Their worker is lost: they are first again, two at a time.
  await runSql(database.url, `UPDATE trials SET lease_expires_at = now() - interval '1 s' WHERE search_id = '${id}'`);
  await worker.database.trials.reclaimExpired(3);
  await runSql(database.url, `UPDATE trials SET dispatched_at = NULL WHERE search_id = '${id}'`);
  const undispatched = await worker.database.trials.takeUndispatched(0, 100);
  expect(undispatched.filter(({ searchId }) => searchId === id)).toHaveLength(2);
  expect(await worker.finish(id, () => [{ cost: 1 }])).toBe(2);
  const { items } = body(await app.inject(`/v1/searches/${id}/trials?status=completed`), 'listTrials');
  expect(items.map(({ number }) => number)).toEqual([0, 1]);
  let ended = 2;
  for (let some = 1; some > 0; ended += some) {
    some = await worker.finish(id, () => [{ cost: 1 }]);
    expect(some).toBeLessThanOrEqual(2);
  }
  expect(ended).toBe(quadraticSpec.stop.maxTrials);
  expect(await placesOf(id)).toBeNull();
});

test('workers that claim at the same moment do not take more together', async () => {
  for (let round = 0; round < 5; round++) {
    const id = await create({ ...quadraticSpec, parallelism: 12 });
    await lower(id, 3);
    const { items } = body(await app.inject(`/v1/searches/${id}/trials`), 'listTrials');
    const holder = { workerId: worker.id, provenance: { node: process.version }, leaseMs: 60_000 };
    const claims = items.map((trial) => worker.database.trials.claim([trial.id], holder));
    const taken = (await Promise.all(claims)).flat();
    expect(taken.map(({ number }) => number).sort()).toEqual([0, 1, 2]);
    await post(`/v1/searches/${id}/cancel`);
  }
});

test('that nothing is in flight above it is no reason for places', async () => {
  const id = await create({ ...EXTERNAL, parallelism: 8, stop: { maxTrials: 3 } });
  await lower(id, 4);
  expect(await placesOf(id)).toBeNull();
  expect(numbersOf(await ask(id))).toEqual([0, 1, 2]);
});
