import { createClient } from '@caviar/client';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, container, close } = await createTestApp(
  { database: await createTestDatabase(), redis: testRedis() },
  { apiKeys: ['admin'] },
);
const client = createClient({ baseUrl: await app.listen({ host: '127.0.0.1', port: 0 }), apiKey: 'admin' });
afterAll(close);

const as = (key: string) => ({ authorization: `Bearer ${key}` });
const post = (id: string, payload: object, key = 'admin') =>
  app.inject({ method: 'POST', url: `/v1/searches/${id}/webhooks`, headers: as(key), payload });

test('a webhook is made, listed without its secret, and deleted', async () => {
  const { id } = await client.createSearch(quadraticSpec);
  const response = await post(id, { url: 'https://hooks.example.com/x', events: ['search.completed'] });
  expect(response.headers['cache-control']).toBe('no-store');
  const { secret, ...webhook } = body(response, 'createWebhook');
  expect(secret).toMatch(/^whsec_[\w-]{43}$/);
  expect(webhook).toMatchObject({
    searchId: id,
    url: 'https://hooks.example.com/x',
    events: ['search.completed'],
    status: 'active',
    reason: null,
    failures: 0,
  });
  const other = await client.createWebhook(id, { url: 'http://hooks.example.com/y' });
  expect(other.events).toEqual(['search.completed', 'search.failed', 'trial.best']);
  expect(other.secret).not.toBe(secret);
  const { items } = await client.listWebhooks(id);
  expect(items[0]).toEqual(webhook);
  expect(JSON.stringify(items)).not.toContain('whsec_');
  await client.deleteWebhook(webhook.id);
  expect((await client.listWebhooks(id)).items.map((one) => one.id)).toEqual([other.id]);
  problem(
    await app.inject({ method: 'DELETE', url: `/v1/webhooks/${webhook.id}`, headers: as('admin') }),
    'webhook-not-found',
  );
});

test('a search has ten at most, also when they come at once', async () => {
  const { id } = await client.createSearch(quadraticSpec);
  const answers = await Promise.all(Array.from({ length: 12 }, () => post(id, { url: 'https://hooks.example.com/' })));
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([...Array(10).fill(201), 409, 409]);
  expect(problem(answers.find(({ statusCode }) => statusCode === 409)!, 'too-many-webhooks').status).toBe(409);
  expect((await client.listWebhooks(id)).items).toHaveLength(10);
});

test.each(['ftp://x', 'hooks.example.com', 'https://user:secret@hooks.example.com/', 'file:///etc/passwd', ''])(
  'the URL %j is refused',
  async (url) => {
    const { id } = await client.createSearch(quadraticSpec);
    expect(problem(await post(id, { url }), 'invalid-request').errors?.[0]?.pointer).toBe('/url');
  },
);

test('those of another project are not there', async () => {
  const { id } = await client.createSearch(quadraticSpec);
  const webhook = await client.createWebhook(id, { url: 'https://hooks.example.com/' });
  const { key } = await container.orchestrator.createKey({ name: 'other', role: 'submit', project: 'other' });
  problem(await post(id, { url: 'https://hooks.example.com/' }, key), 'search-not-found');
  const url = `/v1/searches/${id}/webhooks`;
  problem(await app.inject({ url, headers: as(key) }), 'search-not-found');
  const deleting = { method: 'DELETE', url: `/v1/webhooks/${webhook.id}`, headers: as(key) } as const;
  problem(await app.inject(deleting), 'webhook-not-found');
  expect((await client.listWebhooks(id)).items).toHaveLength(1);
});

test('they go with their search', async () => {
  const { id } = await client.createSearch(quadraticSpec);
  const webhook = await client.createWebhook(id, { url: 'https://hooks.example.com/' });
  await client.cancelSearch(id);
  await client.deleteSearch(id);
  problem(
    await app.inject({ method: 'DELETE', url: `/v1/webhooks/${webhook.id}`, headers: as('admin') }),
    'webhook-not-found',
  );
  problem(await post(id, { url: 'https://hooks.example.com/' }), 'search-not-found');
});
