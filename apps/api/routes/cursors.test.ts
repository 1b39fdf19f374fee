import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, worker, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });

/** A search with four trials that have ended. */
async function createSearch(more: object = {}): Promise<string> {
  const { id } = body(
    await post('/v1/searches', { ...quadraticSpec, stop: { maxTrials: 4 }, ...more }),
    'createSearch',
  );
  await worker.finish(id, () => [{ cost: 1, w: 2 }], 4);
  return id;
}

/** The cursor of the second page of each list there is. */
async function cursorsOfLists(): Promise<ReadonlyMap<string, string>> {
  const objectives = ['cost', 'w'].map((metric) => ({ metric, direction: 'minimize' }));
  const searches = [await createSearch(), await createSearch()];
  const fronts = [await createSearch({ objective: objectives }), await createSearch({ objective: objectives })];
  for (const name of ['a', 'b']) await post('/v1/keys', { name, role: 'read' });
  const boards = [...searches, ...fronts].map((id) => `/v1/searches/${id}/leaderboard`);
  const trials = searches.map((id) => `/v1/searches/${id}/trials`);
  const lists = ['/v1/searches', '/v1/keys', '/v1/datasets', '/v1/trainers', ...trials, ...boards];
  const pages = lists.map(async (url): Promise<[string, string]> => {
    const { nextCursor } = (await app.inject(`${url}?limit=1`)).json();
    expect(nextCursor, url).toBeTypeOf('string');
    return [url, nextCursor];
  });
  return new Map(await Promise.all(pages));
}

test('a cursor is taken by the list that gave it, and by no other', async () => {
  const cursors = await cursorsOfLists();
  for (const [from, cursor] of cursors) {
    for (const to of cursors.keys()) {
      const response = await app.inject(`${to}?limit=1&cursor=${cursor}`);
      if (to === from) expect(response.statusCode).toBe(200);
      else problem(response, 'invalid-cursor');
    }
  }
});

test('cursors of the release before, which do not say their list, are taken during an upgrade', async () => {
  const id = await createSearch();
  const old = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const trials = body(await app.inject(`/v1/searches/${id}/trials?cursor=${old({ number: 1 })}`), 'listTrials');
  expect(trials.items.map(({ number }) => number)).toEqual([2, 3]);
  const trainers = body(await app.inject(`/v1/trainers?cursor=${old('external')}`), 'listTrainers');
  expect(trainers.items.map(({ kind }) => kind)).toEqual(['mlp', 'quadratic']);
});
