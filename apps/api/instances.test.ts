import { createClient, ProblemError } from '@caviar/client';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from './testing/test-app.js';
import { quadraticSpec } from './testing/wire.js';

// Two instances on the same servers: what one has let in, handed out or changed, the other knows of. See events.test.ts for
// streams that go on at another instance.

const database = await createTestDatabase();
const redis = testRedis();
const settings = { apiKeys: ['admin-key'], quotas: { searches: 2, trialsInFlight: 100, dataBytes: 0 } };
const instances = await Promise.all([
  createTestApp({ database, redis }, settings),
  createTestApp({ database: { ...database, drop: async () => {} }, redis }, settings),
]);
const limited = await Promise.all(
  [1, 2].map(() =>
    createTestApp({ database: { ...database, drop: async () => {} }, redis }, { apiKeys: ['admin-key'], rateLimit: 1 }),
  ),
);
afterAll(async () => {
  for (const { close } of [...limited, ...instances.toReversed()]) await close();
});
const urls = await Promise.all(instances.map(({ app }) => app.listen({ host: '127.0.0.1', port: 0 })));
const clientsOf = (apiKey: string) => urls.map((baseUrl) => createClient({ baseUrl, apiKey, patienceMs: 0 }));
const here = clientsOf('admin-key')[0]!;

/** Two clients of a key of a project of its own, made at the first instance. */
async function ofProject(project: string) {
  const { key, id } = await here.createKey({ name: project, role: 'submit', project });
  const [one, two] = clientsOf(key);
  return { one: one!, two: two!, id };
}
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
  );

test('a quota counts what is asked of either', async () => {
  const { one, two } = await ofProject('quota');
  await one.createSearch(quadraticSpec);
  await two.createSearch(quadraticSpec);
  expect(await codeOf(one.createSearch(quadraticSpec))).toBe('quota-exceeded');
  expect(await codeOf(two.createSearch(quadraticSpec))).toBe('quota-exceeded');
});

test('the rate of a key is one over all instances', async () => {
  const { key } = await here.createKey({ name: 'fast', role: 'read', project: 'rate' });
  const from = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      limited[i % 2]!.app.inject({ url: '/v1/datasets', headers: { authorization: `Bearer ${key}` } }),
    ),
  );
  const granted = answers.filter(({ statusCode }) => statusCode === 200).length;
  // Two at once, and one for each second that it took; each by itself would have granted as many.
  expect(granted).toBeGreaterThanOrEqual(2);
  expect(granted).toBeLessThanOrEqual(2 + Math.ceil((performance.now() - from) / 1000));
  const refused = answers.map(({ statusCode }, i) => (statusCode === 429 ? i % 2 : -1));
  expect(new Set(refused)).toEqual(new Set([-1, 0, 1]));
});

test('a key that is revoked at one is refused by the other within seconds', async () => {
  const { one, two, id } = await ofProject('revoked');
  expect([await codeOf(one.listSearches()), await codeOf(two.listSearches())]).toEqual(['done', 'done']);
  await here.revokeKey(id);
  await expect.poll(() => codeOf(two.listSearches()), { timeout: 20_000 }).toBe('unauthorized');
});

test('a trial that one hands out is measured, told and repeated at the other, with the next one asked for', async () => {
  const { one, two } = await ofProject('ask');
  const search = await one.createSearch({
    trainer: { kind: 'external' },
    space: quadraticSpec.space,
    objective: { metric: 'loss', direction: 'minimize' },
    stop: { maxTrials: 4 },
    parallelism: 2,
  });
  const [first, second] = (await one.ask(search.id, { count: 2, worker: 'w' })).trials;
  const [a, b] = [first!, second!];
  expect(await two.heartbeat(a.id, a.leaseToken)).toMatchObject({ decision: 'continue' });
  const measured = { leaseToken: a.leaseToken, step: 1, metrics: { loss: 2 } };
  expect(await two.addMeasurement(a.id, measured)).toMatchObject({ decision: 'continue' });
  expect(await one.addMeasurement(a.id, measured)).toMatchObject({ decision: 'continue' });

  const finish = (trial: typeof a, loss: number) => {
    return { trialId: trial.id, leaseToken: trial.leaseToken, status: 'completed' as const, metrics: { loss } };
  };
  const told = await two.tell(search.id, { finishes: [finish(a, 1), finish(b, 2)], ask: 2, worker: 'w' });
  expect(told.finishes.map(({ status, problem }) => [status, problem])).toEqual([
    ['completed', null],
    ['completed', null],
  ]);
  expect(told.trials.map(({ number }) => number)).toEqual([2, 3]);
  // The same again, at the first one, changes nothing; another end of it is refused.
  const { trialId: _, ...same } = finish(a, 1);
  expect(await one.finishTrial(a.id, same)).toMatchObject({ status: 'completed', value: 1 });
  expect(await codeOf(one.finishTrial(a.id, { ...same, metrics: { loss: 5 } }))).toBe('trial-ended');
  // A worker that comes back by the other one, after a crash, is given what it left: the old lease is void at both.
  const again = (await one.ask(search.id, { count: 2, worker: 'w' })).trials;
  expect(again.map(({ number }) => number)).toEqual([2, 3]);
  for (const client of [one, two]) {
    expect(await codeOf(client.heartbeat(told.trials[0]!.id, told.trials[0]!.leaseToken))).toBe('lease-lost');
  }
  await two.tell(search.id, { finishes: again.map((trial) => finish(trial, 3)) });
  expect(await one.getSearch(search.id)).toMatchObject({ status: 'completed', progress: { completed: 4 } });
});

test('the same idempotency key at both, at the same moment, makes one search', async () => {
  const { one, two } = await ofProject('twins');
  const made = await Promise.all(
    [one, two].map((client) => client.createSearch(quadraticSpec, { idempotencyKey: 'twins' })),
  );
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  expect((await two.listSearches()).items).toHaveLength(1);
});

test('a board that is waited for at one is answered when something ends at the other', async () => {
  const { one, two } = await ofProject('boards');
  const { id } = await one.createSearch(quadraticSpec);
  const url = `${urls[1]}/v1/searches/${id}/leaderboard`;
  const headers = { authorization: 'Bearer admin-key' };
  const etag = (await fetch(url, { headers })).headers.get('etag')!;
  const waiting = fetch(`${url}?waitMs=60000`, { headers: { ...headers, 'if-none-match': etag } });
  await one.cancelSearch(id);
  expect((await waiting).status).toBe(200);
  expect((await two.getSearch(id)).status).toBe('cancelled');
});
