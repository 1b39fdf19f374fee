import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startService } from './support/service.js';

const secret = (name: string) => `${name}-${randomBytes(12).toString('hex')}`;
const adminKey = secret('admin');
const dead = { database: secret('database'), redis: secret('redis') };

let service: Service;
/** The same API with databases that are not there: what connecting says of them must not show their passwords. */
let lost: Service;
beforeAll(async () => {
  const env = { LOG_LEVEL: 'trace', CAVIAR_API_KEYS: adminKey, CAVIAR_LEASE_MS: '2000' };
  service = await startService({ workers: 1, env });
  lost = await startService({
    workers: 0,
    env: {
      ...env,
      DATABASE_URL: `postgresql://caviar:${dead.database}@127.0.0.1:9/caviar`,
      REDIS_URL: `redis://:${dead.redis}@127.0.0.1:9`,
    },
  });
});
afterAll(async () => {
  await service.stop();
  await lost.stop();
});

test('no key, token, password or secret is ever written, at the finest level, by any process', async () => {
  const secrets = new Map([
    ['the key of the settings', adminKey],
    ["Postgres' password", new URL(service.databaseUrl).password],
    ["Redis' password", new URL(service.redisUrl).password],
    ['the password of a Postgres that is away', dead.database],
    ['the password of a Redis that is away', dead.redis],
  ]);
  const given = (name: string) => {
    const value = secret(name.replaceAll(' ', '-'));
    secrets.set(name, value);
    return value;
  };
  const call = async (
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const response = await fetch(service.url + path, {
      method,
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : {} };
  };

  // Keys: made, used, wrong, in places where they do not belong.
  const made = await call('POST', '/v1/keys', { body: { name: 'night', role: 'submit' } });
  secrets.set('a key that was made', made.json.key);
  expect((await call('GET', '/v1/searches', { headers: { authorization: `Bearer ${made.json.key}` } })).status).toBe(
    200,
  );
  expect(
    (await call('GET', '/v1/searches', { headers: { authorization: `Bearer ${given('a wrong key')}` } })).status,
  ).toBe(401);
  expect(
    (await call('GET', '/v1/searches', { headers: { authorization: `Basic ${given('a basic password')}` } })).status,
  ).toBe(401);
  await call('GET', `/v1/searches?api_key=${given('a key in a query')}`);
  await call('GET', `/v1/nothing?token=${given('a token in a query')}`);
  await call('GET', '/v1/searches', {
    headers: {
      cookie: `session=${given('a cookie')}`,
      'x-api-key': given('another header'),
      'proxy-authorization': given('a proxy'),
    },
  });
  await call('POST', '/v1/keys', { body: { name: 'x', password: given('a field that is not known') } });
  await call('POST', '/v1/keys', { body: `{"name": "${given('broken JSON')}` });
  await call('DELETE', `/v1/keys/${made.json.apiKey?.id ?? 'key_x'}`);

  // Lease tokens: right, stale, in the wrong place.
  const spec = { space: { x: { kind: 'float', min: 0, max: 1 } }, stop: { maxTrials: 3 } };
  const external = await call('POST', '/v1/searches', {
    body: { ...spec, trainer: { kind: 'external' }, objective: { metric: 'loss', direction: 'minimize' } },
  });
  const { json: asked } = await call('POST', `/v1/searches/${external.json.id}/ask`, { body: { count: 2 } });
  for (const [i, { id, leaseToken }] of asked.trials.entries()) {
    secrets.set(`lease token ${i}`, leaseToken);
    await call('POST', `/v1/trials/${id}/measurements`, { body: { leaseToken, step: 1, metrics: { loss: 1 } } });
    await call('POST', `/v1/trials/${id}/heartbeat`, { body: { leaseToken: given(`a stale token ${i}`) } });
    await call('POST', `/v1/trials/${id}/measurements`, { body: { leaseToken, step: 'x', metrics: {} } });
    await call('POST', `/v1/trials/${id}/finish`, { body: { leaseToken, status: 'completed', metrics: { loss: 0 } } });
    await call('POST', `/v1/trials/${id}/finish`, { body: { leaseToken, status: 'failed' } });
  }

  // Webhooks: a secret of ours, a token of theirs in the URL; the worker tries, and is not allowed to.
  const search = await call('POST', '/v1/searches', {
    body: {
      trainer: { kind: 'quadratic' },
      space: { learningRate: { kind: 'float', min: 0.001, max: 1 } },
      stop: { maxTrials: 3 },
    },
  });
  const url = `http://127.0.0.1:9/${given('a path of a webhook')}?token=${given('a token of a webhook')}`;
  const hook = await call('POST', `/v1/searches/${search.json.id}/webhooks`, { body: { url } });
  expect(hook.status).toBe(201);
  secrets.set('the secret of a webhook', hook.json.secret);
  await call('POST', `/v1/searches/${search.json.id}/webhooks`, {
    body: { url: `http://me:${given('a password in a URL')}@127.0.0.1/` },
  });
  await expect.poll(() => service.output(), { timeout: 60_000 }).toContain('a webhook was not told');

  expect((await fetch(`${lost.url}/readyz`)).status).toBe(503);
  await fetch(`${lost.url}/v1/searches`, { headers: { authorization: `Bearer ${made.json.key}` } });
  await expect.poll(() => lost.output()).toMatch(/"level":(40|50)/);

  const written = service.output() + lost.output();
  // Something was written of all this, by both processes.
  expect(written).toContain('"path":"/v1/keys"');
  expect(written).toContain('"name":"worker"');
  expect(secrets.size).toBeGreaterThan(20);
  for (const [name, value] of secrets) {
    expect(value?.length, `${name} is none`).toBeGreaterThan(3);
    const at = written.indexOf(value);
    expect(at === -1 ? '' : written.slice(at - 300, at), `${name} was written behind`).toBe('');
  }
});
