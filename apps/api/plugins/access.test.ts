import { OPERATIONS, type Operation } from '@caviar/contracts';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { problem, quadraticSpec } from '../testing/wire.js';

const withKeys = await createTestApp(
  { database: await createTestDatabase(), redis: testRedis() },
  { apiKeys: ['first-key', 'second-key'] },
);
const withoutKeys = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(async () => {
  await withKeys.close();
  await withoutKeys.close();
});

describe('with API keys', () => {
  const { app } = withKeys;

  test('every call of /v1 needs one of them', async () => {
    const calls = Object.values<Operation>(OPERATIONS).filter(({ path }) => path.startsWith('/v1/'));
    expect(calls.length).toBeGreaterThan(15);
    for (const { method, path } of calls) {
      const response = await app.inject({
        method,
        url: path.replace('{id}', 'x'),
        ...(method !== 'GET' && { payload: '{' }),
      });
      problem(response, 'unauthorized');
      expect(response.headers['www-authenticate']).toBe('Bearer realm="caviar"');
    }
  });

  test.each(['/v1', '/v1/nothing', '/%761/searches', '/v1/searches?x=1', '/v1/%73earches'])(
    '%s is no way around it',
    async (url) => {
      problem(await app.inject(url), 'unauthorized');
    },
  );

  test('either key opens, under any writing of Bearer', async () => {
    for (const authorization of ['Bearer first-key', 'bearer second-key', 'Bearer   first-key ']) {
      expect((await app.inject({ url: '/v1/searches', headers: { authorization } })).statusCode).toBe(200);
    }
  });

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    'Bearer first-key2',
    'Bearer first-key,second-key',
    'Basic first-key',
    'first-key',
  ])('%j does not', async (authorization) => {
    const response = await app.inject({ url: '/v1/searches', headers: { authorization } });
    problem(response, 'unauthorized');
    expect(response.headers['www-authenticate']).toBe('Bearer realm="caviar", error="invalid_token"');
  });

  test.each(['/', '/healthz', '/readyz', '/metrics', '/openapi.json', '/docs/', '/problems'])(
    '%s is open',
    async (url) => {
      expect((await app.inject(url)).statusCode).toBe(200);
    },
  );

  test('any host name will do: a proxy may use its own', async () => {
    const headers = { authorization: 'Bearer first-key', host: 'caviar.example.com' };
    expect((await app.inject({ url: '/v1/searches', headers })).statusCode).toBe(200);
  });

  test('no key gets into the log', () => {
    expect(JSON.stringify(withKeys.log)).not.toMatch(/first-key|second-key/);
  });
});

describe('without API keys', () => {
  const { app } = withoutKeys;

  test.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '127.1.2.3', '[::1]:3000', 'api.localhost'])(
    'Host %s is this machine',
    async (host) => {
      expect((await app.inject({ url: '/v1/searches', headers: { host } })).statusCode).toBe(200);
    },
  );

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:3000', '10.0.0.1', '[::2]'])(
    'Host %s is not, wherever its name leads',
    async (host) => {
      problem(await app.inject({ url: '/v1/searches', headers: { host } }), 'forbidden');
    },
  );

  test('other web sites can make no changes', async () => {
    const request = { method: 'POST', url: '/v1/searches', payload: quadraticSpec } as const;
    problem(await app.inject({ ...request, headers: { 'sec-fetch-site': 'cross-site' } }), 'forbidden');
    expect((await app.inject({ ...request, headers: { 'sec-fetch-site': 'same-origin' } })).statusCode).toBe(201);
    // Browsers that do not send Sec-Fetch-Site tell the origin.
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost.evil.example',
      'http://127.0.0.1.evil.example',
    ]) {
      problem(await app.inject({ ...request, headers: { origin } }), 'forbidden');
    }
    expect((await app.inject({ ...request, headers: { origin: 'http://localhost:5173' } })).statusCode).toBe(201);
  });
});

test('answers carry the headers that keep browsers from harm, and no CORS', async () => {
  const { headers } = await withoutKeys.app.inject('/v1/searches');
  expect(headers).toMatchObject({
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  expect(headers).not.toHaveProperty('x-powered-by');
});
