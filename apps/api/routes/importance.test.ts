import { createTestDatabase, runSql, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const database = await createTestDatabase();
const { app, worker, close } = await createTestApp({ database, redis: testRedis() });
afterAll(close);

const spec = {
  ...quadraticSpec,
  space: {
    learningRate: { kind: 'float', min: 0.001, max: 1, scale: 'log' },
    start: { kind: 'float', min: 0, max: 1 },
  },
  stop: { maxTrials: 60 },
  parallelism: 60,
};

async function createSearch(): Promise<string> {
  return body(await app.inject({ method: 'POST', url: '/v1/searches', payload: spec }), 'createSearch').id;
}
const ask = (id: string) => app.inject(`/v1/searches/${id}/importance`);
const cost = (params: Readonly<Record<string, unknown>>) => Number(params['start']);

test('says what the value depends on, and the same again until something changes', async () => {
  const id = await createSearch();
  await worker.finish(id, ({ params }) => [{ cost: cost(params) }], 40);
  const first = body(await ask(id), 'getSearchImportance');
  expect(first).toMatchObject({ searchId: id, trials: 40, trees: 32 });
  expect(first.parameters.map(({ name }) => name)).toEqual(['start', 'learningRate']);
  expect(first.parameters[0]?.share).toBeGreaterThan(0.9);
  expect(first.pairs.map(({ names }) => names)).toEqual([['learningRate', 'start']]);
  const all = [...first.parameters, ...first.pairs].reduce((sum, { share }) => sum + share, 0);
  expect(first.rest + all).toBeCloseTo(1, 9);

  // The table may say what it likes: as long as the version is the same, so is the answer.
  await runSql(database.url, `UPDATE trials SET value = 1 WHERE search_id = '${id}' AND status = 'completed'`);
  const [again, atOnce] = await Promise.all([ask(id), ask(id)]);
  expect([body(again, 'getSearchImportance'), body(atOnce, 'getSearchImportance')]).toEqual([first, first]);

  await worker.finish(id, ({ params }) => [{ cost: cost(params) }], 20);
  const later = body(await ask(id), 'getSearchImportance');
  expect(later.trials).toBe(60);
  expect(later.version).toBeGreaterThan(first.version);
});

test('is not known before enough trials have completed with different values', async () => {
  const id = await createSearch();
  expect(problem(await ask(id), 'nothing-to-explain').detail).toContain('at least 16 completed trials');
  await worker.finish(id, ({ number }) => [{ cost: number < 10 ? null : 3 }], 30);
  expect(problem(await ask(id), 'nothing-to-explain').detail).toContain('no parameter makes a difference');
});

test('counts only trials that fit the present space', async () => {
  const id = await createSearch();
  await worker.finish(id, ({ params }) => [{ cost: cost(params) }], 40);
  const space = { ...spec.space, start: { kind: 'float', min: 0.5, max: 1 } };
  await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { space } });
  const { trials } = body(await ask(id), 'getSearchImportance');
  expect(trials).toBeGreaterThanOrEqual(16);
  expect(trials).toBeLessThan(30);
});

test('of a search that is not there', async () => {
  problem(await ask('srch_none'), 'search-not-found');
});
