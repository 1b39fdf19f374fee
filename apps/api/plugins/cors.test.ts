import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { problem, quadraticSpec } from '../testing/wire.js';

const board = 'https://board.example';
const { app, close } = await createTestApp(
  { database: await createTestDatabase(), redis: testRedis() },
  { corsOrigins: [board] },
);
afterAll(close);

const preflight = (origin: string) =>
  app.inject({
    method: 'OPTIONS',
    url: '/v1/searches',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  });

test('an origin of CAVIAR_CORS_ORIGINS may call, send its key, and read what it needs', async () => {
  const allowed = await preflight(board);
  expect(allowed.statusCode).toBe(204);
  expect(allowed.headers).toMatchObject({
    'access-control-allow-origin': board,
    'access-control-allow-headers': 'authorization',
    'access-control-max-age': '600',
  });
  expect(allowed.headers['access-control-allow-methods']).toMatch(/POST.*PATCH.*DELETE/);
  expect(allowed.headers).not.toHaveProperty('access-control-allow-credentials');

  const headers = { origin: board, 'sec-fetch-site': 'cross-site' };
  const made = await app.inject({ method: 'POST', url: '/v1/searches', headers, payload: quadraticSpec });
  expect(made.statusCode).toBe(201);
  expect(made.headers['access-control-allow-origin']).toBe(board);
  expect(made.headers['access-control-expose-headers']).toMatch(/ETag.*Location/);
  // Pages may read what went wrong, too.
  const refused = await app.inject({ method: 'POST', url: '/v1/searches', headers, payload: {} });
  problem(refused, 'invalid-spec');
  expect(refused.headers['access-control-allow-origin']).toBe(board);
});

test('any other origin may not', async () => {
  for (const origin of ['https://evil.example', 'https://board.example.evil.example', 'http://board.example', 'null']) {
    expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
    const headers = { origin, 'sec-fetch-site': 'cross-site' };
    problem(await app.inject({ method: 'POST', url: '/v1/searches', headers, payload: quadraticSpec }), 'forbidden');
    expect((await app.inject({ url: '/v1/searches', headers })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  }
});
