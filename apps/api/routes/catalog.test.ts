import { TRAINERS } from '@caviar/spec';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, worker, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

describe('data sets', () => {
  test('are listed by id, and each can be had by its own', async () => {
    const { items, nextCursor } = body(await app.inject('/v1/datasets'), 'listDatasets');
    expect(nextCursor).toBeNull();
    const ids = items.map(({ id }) => id);
    expect(ids).toContain('digits');
    expect(ids).toEqual([...ids].sort());
    for (const item of items) {
      const { summary, ...rest } = body(await app.inject(`/v1/datasets/${item.id}`), 'getDataset');
      expect(rest).toEqual(item);
      expect(summary.columns.length).toBeGreaterThan(20);
    }
  });

  test('come in pages too', async () => {
    const ids = body(await app.inject('/v1/datasets'), 'listDatasets').items.map(({ id }) => id);
    const seen: string[] = [];
    let query = '?limit=1';
    for (;;) {
      const page = body(await app.inject(`/v1/datasets${query}`), 'listDatasets');
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      query = `?limit=1&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(ids);
    problem(await app.inject('/v1/datasets?cursor=x'), 'invalid-cursor');
  });

  test('that are not there are not found', async () => {
    problem(await app.inject('/v1/datasets/nope'), 'dataset-not-found');
  });
});

test('trainers are listed with their parameters, metrics and default objective', async () => {
  const { items } = body(await app.inject('/v1/trainers'), 'listTrainers');
  expect(items.map(({ kind }) => kind)).toEqual(TRAINERS.map(({ kind }) => kind).sort());
  for (const trainer of TRAINERS) {
    const shown = items.find(({ kind }) => kind === trainer.kind);
    expect(shown?.parameters.map(({ name }) => name)).toEqual(trainer.parameters.map(({ name }) => name));
  }
  const mlp = items.find(({ kind }) => kind === 'mlp');
  expect(mlp?.defaultObjective).toEqual({ classification: 'dev.error', regression: 'dev.rmse' });
  expect(mlp?.parameters.find(({ name }) => name === 'optimizer')).toMatchObject({
    kind: 'choice',
    default: 'adam',
    choices: expect.arrayContaining(['gd', 'momentum', 'rmsprop', 'adam']),
    section: expect.any(String),
  });
});

test('workers are listed with what they are training', async () => {
  expect(body(await app.inject('/v1/workers'), 'listWorkers')).toEqual({ items: [], nextCursor: null });
  await worker.heartbeat();
  const payload = quadraticSpec;
  const { id } = body(await app.inject({ method: 'POST', url: '/v1/searches', payload }), 'createSearch');
  await worker.claim(id, 2);
  const { items } = body(await app.inject('/v1/workers'), 'listWorkers');
  expect(items).toMatchObject([
    {
      id: worker.id,
      host: 'here',
      pid: process.pid,
      status: 'active',
      concurrency: 2,
      runtime: { node: process.version },
    },
  ]);
  expect(items[0]?.trials.map(({ searchId, number }) => [searchId, number]).sort()).toEqual([
    [id, 0],
    [id, 1],
  ]);
  problem(await app.inject('/v1/workers?cursor=x'), 'invalid-cursor');
});
