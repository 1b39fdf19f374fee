import { createServer } from 'node:net';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from './testing/test-app.js';
import { body, problem, quadraticSpec } from './testing/wire.js';

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('while Postgres is away', async () => {
  const databaseUrl = `postgres://postgres:s3cret@127.0.0.1:${await freePort()}/caviar`;
  const { app, log, close } = await createTestApp(
    { database: await createTestDatabase(), redis: testRedis() },
    { databaseUrl },
  );
  afterAll(close);

  test.each([
    ['GET', '/v1/searches'],
    ['GET', '/v1/searches/srch_x'],
    ['GET', '/v1/searches/srch_x/leaderboard'],
    ['GET', '/v1/searches/srch_x/export'],
    ['GET', '/v1/trials/trl_x'],
    ['POST', '/v1/searches/srch_x/pause'],
    ['GET', '/v1/workers'],
  ] as const)('%s %s asks to try again, and tells nothing of the inside', async (method, url) => {
    const response = await app.inject({ method, url });
    problem(response, 'unavailable');
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.body).not.toMatch(/127\.0\.0\.1|prisma|ECONN/i);
  });

  test('a new search is refused likewise, a wrong one as ever', async () => {
    const post = (payload: object) => app.inject({ method: 'POST', url: '/v1/searches', payload });
    problem(await post(quadraticSpec), 'unavailable');
    problem(await post({}), 'invalid-spec');
  });

  test('what needs no Postgres goes on', async () => {
    expect((await app.inject('/v1/datasets/digits')).statusCode).toBe(200);
    expect((await app.inject('/v1/trainers')).statusCode).toBe(200);
    const preview = await app.inject({ method: 'POST', url: '/v1/searches/preview', payload: quadraticSpec });
    expect(preview.statusCode).toBe(200);
  });

  test('readyz says which part is away, healthz that the process lives, metrics that a part is down', async () => {
    const ready = await app.inject('/readyz');
    expect([ready.statusCode, Number(ready.headers['retry-after']) > 0]).toEqual([503, true]);
    expect(body(ready, 'getReadiness')).toEqual({
      status: 'unavailable',
      checks: { postgres: 'unavailable', redis: 'ok' },
    });
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    const metrics = await app.inject('/metrics');
    expect(metrics.statusCode).toBe(200);
    expect(metrics.body).toContain('caviar_up{part="postgres"} 0\n');
    expect(metrics.body).not.toContain('caviar_trials{');
  });

  test('the password of the database gets into no log', () => {
    expect(log.length).toBeGreaterThan(0);
    expect(JSON.stringify(log)).not.toContain('s3cret');
  });
});

describe('while Redis is away', async () => {
  const { app, close } = await createTestApp(
    { database: await createTestDatabase(), redis: testRedis() },
    { redisUrl: `redis://127.0.0.1:${await freePort()}` },
  );
  afterAll(close);

  test('searches are made, read and changed: Postgres is the truth', async () => {
    const response = await app.inject({ method: 'POST', url: '/v1/searches', payload: quadraticSpec });
    const { id, progress } = body(response, 'createSearch');
    expect([response.statusCode, progress.queued]).toEqual([201, 8]);
    expect((await app.inject(`/v1/searches/${id}/leaderboard`)).statusCode).toBe(200);
    expect((await app.inject({ method: 'POST', url: `/v1/searches/${id}/cancel` })).statusCode).toBe(200);
  });

  test('a held leaderboard still ends, and changes are still seen', async () => {
    const response = await app.inject({ method: 'POST', url: '/v1/searches', payload: quadraticSpec });
    const { id } = body(response, 'createSearch');
    const url = `/v1/searches/${id}/leaderboard`;
    const etag = String((await app.inject(url)).headers.etag);
    const waiting = app.inject({ url: `${url}?waitMs=15000`, headers: { 'if-none-match': etag } });
    await app.inject({ method: 'POST', url: `/v1/searches/${id}/cancel` });
    expect((await waiting).statusCode).toBe(200);
  });

  test('readyz says so', async () => {
    const ready = await app.inject('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(body(ready, 'getReadiness').checks).toEqual({ postgres: 'ok', redis: 'unavailable' });
  });
});
