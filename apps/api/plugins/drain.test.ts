import { once } from 'node:events';
import { connect } from 'node:net';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, quadraticSpec } from '../testing/wire.js';

test('closing ends held requests with an answer, and does not wait for connections that ask nothing', async () => {
  const { app, container, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const { id } = body(
    await app.inject({ method: 'POST', url: '/v1/searches', payload: quadraticSpec }),
    'createSearch',
  );
  const url = `${address}/v1/searches/${id}/leaderboard`;
  const etag = (await fetch(url)).headers.get('etag') ?? '';

  const silent = connect(Number(new URL(address).port), '127.0.0.1');
  await once(silent, 'connect');
  const closed = once(silent, 'close');
  const held = fetch(`${url}?waitMs=60000`, { headers: { 'if-none-match': etag } });
  const { orchestrator } = container;
  await expect.poll(async () => orchestrator.boardVersion(id)).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 200));

  const since = performance.now();
  await app.close();
  expect(performance.now() - since).toBeLessThan(30_000);
  expect((await held).status).toBe(304);
  await closed;
  await close();
});

test('a client that goes away ends its hold', async () => {
  const { app, container, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const { id } = body(
    await app.inject({ method: 'POST', url: '/v1/searches', payload: quadraticSpec }),
    'createSearch',
  );

  let ended = false;
  const wait = container.orchestrator.waitForBoard;
  container.orchestrator.waitForBoard = async (...args) => {
    const version = await wait(...args);
    ended = true;
    return version;
  };
  const leaving = new AbortController();
  const held = fetch(`${address}/v1/searches/${id}/leaderboard?waitMs=60000`, { signal: leaving.signal });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(ended).toBe(false);
  leaving.abort();
  await expect(held).rejects.toThrow();
  await expect.poll(() => ended, { timeout: 60_000 }).toBe(true);
  await close();
});
