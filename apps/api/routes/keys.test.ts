import { OPERATIONS, type Operation } from '@caviar/contracts';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, worker, log, close } = await createTestApp(
  { database: await createTestDatabase(), redis: testRedis() },
  { apiKeys: ['the-first-admin'] },
);
afterAll(close);

const as = (key: string) => ({ authorization: `Bearer ${key}` });
const ADMIN = as('the-first-admin');

async function makeKey(payload: Record<string, string>) {
  const response = await app.inject({ method: 'POST', url: '/v1/keys', headers: ADMIN, payload });
  expect(response.statusCode).toBe(201);
  expect(response.headers['cache-control']).toBe('no-store');
  return body(response, 'createKey');
}

let submit: string;
let read: string;
let other: string;
beforeAll(async () => {
  submit = (await makeKey({ name: 'vision runs', project: 'vision' })).key;
  read = (await makeKey({ name: 'vision board', project: 'vision', role: 'read' })).key;
  other = (await makeKey({ name: 'speech runs', project: 'speech' })).key;
});

const create = (key: string, more: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: '/v1/searches', headers: { ...as(key), ...more }, payload: quadraticSpec });

describe('keys', () => {
  test('are shown once, kept as a digest, listed without it, and never logged', async () => {
    const { key, ...made } = await makeKey({ name: 'shown once' });
    expect(key).toMatch(/^cav_[\w-]{43}$/);
    expect(made).toMatchObject({ role: 'submit', project: 'default', lastUsedAt: null, revokedAt: null });
    const list = await app.inject({ url: '/v1/keys', headers: ADMIN });
    expect(body(list, 'listKeys').items[0]).toEqual(made);
    expect(list.body).not.toContain(key);
    expect(JSON.stringify(log)).not.toContain(key);
  });

  test('can be revoked for good, which is felt in seconds', async () => {
    const { key, id } = await makeKey({ name: 'to go' });
    expect((await app.inject({ url: '/v1/searches', headers: as(key) })).statusCode).toBe(200);
    const revoke = () => app.inject({ method: 'DELETE', url: `/v1/keys/${id}`, headers: ADMIN });
    const { revokedAt, lastUsedAt } = body(await revoke(), 'revokeKey');
    expect(lastUsedAt).not.toBeNull();
    expect(body(await revoke(), 'revokeKey').revokedAt).toBe(revokedAt);
    await expect
      .poll(async () => (await app.inject({ url: '/v1/searches', headers: as(key) })).statusCode, { timeout: 60_000 })
      .toBe(401);
    problem(await app.inject({ method: 'DELETE', url: '/v1/keys/key_none', headers: ADMIN }), 'key-not-found');
  });

  test('are refused with the name of the field when they make no sense', async () => {
    const payload = { name: '', role: 'owner', project: 'No Spaces' };
    const refused = problem(
      await app.inject({ method: 'POST', url: '/v1/keys', headers: ADMIN, payload }),
      'invalid-request',
    );
    expect(refused.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/name', '/project', '/role']);
  });
});

describe('roles', () => {
  test('read looks and does nothing, submit manages no keys', async () => {
    const { id } = body(await create(submit), 'createSearch');
    expect((await app.inject({ url: `/v1/searches/${id}/leaderboard`, headers: as(read) })).statusCode).toBe(200);
    const preview = { method: 'POST', url: '/v1/searches/preview', headers: as(read), payload: quadraticSpec } as const;
    expect((await app.inject(preview)).statusCode).toBe(200);
    expect(problem(await create(read), 'role-too-low').detail).toContain('needs submit');
    problem(await app.inject({ method: 'POST', url: `/v1/searches/${id}/cancel`, headers: as(read) }), 'role-too-low');
    problem(await app.inject({ url: '/v1/keys', headers: as(submit) }), 'role-too-low');
  });
});

describe('projects', () => {
  test('do not see each other: not in a list, and by no call that names an id', async () => {
    const { id } = body(await create(submit), 'createSearch');
    const trials = await app.inject({ url: `/v1/searches/${id}/trials`, headers: as(submit) });
    const trialId = body(trials, 'listTrials').items[0]!.id;
    const calls = Object.values<Operation>(OPERATIONS).filter(({ path }) =>
      /^\/v1\/(searches|trials)\/\{id\}/.test(path),
    );
    expect(calls.length).toBeGreaterThan(14);
    for (const { method, path } of calls) {
      const isTrial = path.startsWith('/v1/trials');
      const response = await app.inject({
        method,
        url: path.replace('{id}', isTrial ? trialId : id),
        headers: as(other),
      });
      problem(response, isTrial ? 'trial-not-found' : 'search-not-found');
    }
    const ids = async (key: string) =>
      body(await app.inject({ url: '/v1/searches', headers: as(key) }), 'listSearches').items.map((item) => item.id);
    expect(await ids(submit)).toContain(id);
    expect(await ids(read)).toContain(id);
    expect(await ids(other)).not.toContain(id);
    expect(await ids('the-first-admin')).toContain(id);
  });

  test('what cannot be an id is nobody’s', async () => {
    for (const id of ['%00', 'a'.repeat(5_000), '%F0%9F%90%9F']) {
      for (const key of [other, 'the-first-admin']) {
        problem(await app.inject({ url: `/v1/searches/${id}/webhooks`, headers: as(key) }), 'search-not-found');
        problem(await app.inject({ url: `/v1/trials/${id}`, headers: as(key) }), 'trial-not-found');
      }
    }
  });

  test('do not share idempotency keys', async () => {
    const key = { 'idempotency-key': 'monday' };
    const mine = body(await create(submit, key), 'createSearch');
    expect(body(await create(submit, key), 'createSearch').id).toBe(mine.id);
    expect(body(await create(other, key), 'createSearch').id).not.toBe(mine.id);
  });

  test('see of a worker the trials that are theirs', async () => {
    const { id } = body(await create(other), 'createSearch');
    await worker.heartbeat();
    await worker.claim(id, 1);
    const trialsOf = async (key: string) =>
      body(await app.inject({ url: '/v1/workers', headers: as(key) }), 'listWorkers').items.flatMap(
        (item) => item.trials,
      );
    expect((await trialsOf(other)).map(({ searchId }) => searchId)).toEqual([id]);
    expect(await trialsOf(submit)).toEqual([]);
  });
});
