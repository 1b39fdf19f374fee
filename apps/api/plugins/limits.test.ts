import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

// So slow that no machine is: what is refused does not depend on how fast requests follow each other.
const limited = await createTestApp(
  { database: await createTestDatabase(), redis: testRedis() },
  { apiKeys: ['admin-key'], rateLimit: 1 },
);
const { app, close } = await createTestApp(
  { database: await createTestDatabase(), redis: testRedis() },
  { apiKeys: ['admin-key'], quotas: { searches: 2, trialsInFlight: 20, dataBytes: 0 } },
);
const patient = await createTestApp(
  { database: await createTestDatabase(), redis: testRedis() },
  { apiKeys: ['admin-key'], heldRequests: 2 },
);
afterAll(async () => {
  await limited.close();
  await patient.close();
  await close();
});

const headers = { authorization: 'Bearer admin-key' };
const key = async (project: string, of = app) => {
  const made = await of.inject({ method: 'POST', url: '/v1/keys', headers, payload: { name: 'k', project } });
  return { authorization: `Bearer ${body(made, 'createKey').key}` };
};

test('a key that asks too much is told when to ask again, and others are not', async () => {
  const [busy, calm] = [await key('busy', limited.app), await key('calm', limited.app)];
  const ask = (as: typeof busy) => limited.app.inject({ url: '/v1/datasets', headers: as });
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(busy)));
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeGreaterThanOrEqual(2);
  expect(refused.length).toBeGreaterThan(5);
  problem(refused[0]!, 'rate-limited');
  expect(refused[0]!.headers['retry-after']).toBe('1');
  expect((await ask(calm)).statusCode).toBe(200);
});

describe('quotas of a project', () => {
  const create = (as: Record<string, string>, parallelism = 8) =>
    app.inject({ method: 'POST', url: '/v1/searches', headers: as, payload: { ...quadraticSpec, parallelism } });

  test('bound its running searches and its trials in flight, each project by itself', async () => {
    const [mine, other] = [await key('mine'), await key('other')];
    const first = body(await create(mine), 'createSearch');
    expect(problem(await create(mine, 13), 'quota-exceeded').detail).toContain('12 are left');
    const second = body(await create(mine), 'createSearch');
    expect(problem(await create(mine, 1), 'quota-exceeded').detail).toContain('2 searches');
    expect((await create(other)).statusCode).toBe(201);

    const act = (id: string, verb: string) =>
      app.inject({ method: 'POST', url: `/v1/searches/${id}/${verb}`, headers: mine });
    expect((await act(first.id, 'pause')).statusCode).toBe(200);
    const third = body(await create(mine, 1), 'createSearch');
    const refused = await act(first.id, 'resume');
    problem(refused, 'quota-exceeded');
    expect(refused.headers['retry-after']).toBe('60');
    // Resuming what runs changes nothing, and needs no room.
    expect((await act(second.id, 'resume')).statusCode).toBe(200);
    expect((await act(third.id, 'cancel')).statusCode).toBe(200);
    expect((await act(first.id, 'resume')).statusCode).toBe(200);
    // What has ended for good is no matter of room.
    problem(await act(third.id, 'resume'), 'search-ended');
  });
});

test('a search that runs gets no more parallelism than its project has left', async () => {
  const mine = await key('grows');
  const payload = { ...quadraticSpec, parallelism: 8 };
  const { id } = body(
    await app.inject({ method: 'POST', url: '/v1/searches', headers: mine, payload }),
    'createSearch',
  );
  const url = `/v1/searches/${id}`;
  const patch = (parallelism: number) => app.inject({ method: 'PATCH', url, headers: mine, payload: { parallelism } });
  expect(problem(await patch(21), 'quota-exceeded').detail).toContain('20 are left');
  for (const fits of [20, 3]) expect(body(await patch(fits), 'patchSearch').spec.parallelism).toBe(fits);
  // A paused one has none in flight; it is asked when it is resumed.
  await app.inject({ method: 'POST', url: `${url}/pause`, headers: mine });
  expect((await patch(21)).statusCode).toBe(200);
  problem(await app.inject({ method: 'POST', url: `${url}/resume`, headers: mine }), 'quota-exceeded');
});

test('a search that used up the quota itself is given again to who repeats its request', async () => {
  const as = { ...(await key('repeats')), 'idempotency-key': 'once' };
  const create = (more: object = {}) =>
    app.inject({
      method: 'POST',
      url: '/v1/searches',
      headers: as,
      payload: { ...quadraticSpec, parallelism: 20, ...more },
    });
  const answers = await Promise.all(Array.from({ length: 5 }, () => create()));
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 200, 200, 201]);
  expect(new Set(answers.map((answer) => body(answer, 'createSearch').id)).size).toBe(1);
  problem(await create({ seed: 8 }), 'idempotency-conflict');
});

test('a key may have so many requests waiting and no more, streams and boards together; others may too', async () => {
  const url = await patient.app.listen({ host: '127.0.0.1', port: 0 });
  const [mine, other] = [await key('mine', patient.app), await key('mine', patient.app)];
  const made = await patient.app.inject({ method: 'POST', url: '/v1/searches', headers: mine, payload: quadraticSpec });
  const path = `/v1/searches/${body(made, 'createSearch').id}`;
  const gone = new AbortController();
  const ask = (what: string, headers: Record<string, string>) =>
    fetch(url + path + what, { headers, signal: gone.signal });
  const stream = await ask('/events', mine);
  expect(stream.status).toBe(200);
  // Asked for again when the board has changed: so there is one that waits until all are gone.
  const board = (async () => {
    while (!gone.signal.aborted) await ask('/leaderboard?waitMs=60000', mine).catch(() => null);
  })();
  const refused = async () => {
    const response = await patient.app.inject({ url: `${path}/leaderboard?waitMs=1`, headers: mine });
    return response.statusCode === 429 ? problem(response, 'too-many-held').detail : 'answered';
  };
  await expect.poll(refused).toBe('The key may have 2 requests waiting at a time.');
  expect((await ask('/events', mine)).status).toBe(429);
  // What is answered at once is, and other keys have their own.
  expect((await ask('/leaderboard', mine)).status).toBe(200);
  expect((await ask('/events', other)).status).toBe(200);

  gone.abort();
  await board;
  await expect.poll(refused).toBe('answered');
});
