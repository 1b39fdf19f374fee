import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, worker, container, close } = await createTestApp({
  database: await createTestDatabase(),
  redis: testRedis(),
});
afterAll(close);

let id = '';
let url = '';
beforeEach(async () => {
  const spec = { ...quadraticSpec, parallelism: 20 };
  id = body(await app.inject({ method: 'POST', url: '/v1/searches', payload: spec }), 'createSearch').id;
  url = `/v1/searches/${id}/leaderboard`;
});

const board = async (query = '') => body(await app.inject(`${url}${query}`), 'getLeaderboard');
const etagOf = async (query = '') => String((await app.inject(`${url}${query}`)).headers.etag);
const ask = (etag: string, query = '') => app.inject({ url: `${url}${query}`, headers: { 'if-none-match': etag } });
const finish = (count: number) => worker.finish(id, ({ number }) => [{ cost: number % 5 }], count);

describe('the board', () => {
  test('ranks ended trials by value, then number, with what did not end in a number last', async () => {
    await worker.finish(
      id,
      ({ number }) => [{ cost: number === 1 ? null : 10 - Math.floor(number / 2), w: number }],
      6,
    );
    const { entries, ...rest } = await board();
    expect(rest).toMatchObject({
      searchId: id,
      objective: { metric: 'cost', direction: 'minimize' },
      progress: { total: 20, completed: 5, infeasible: 1 },
      nextCursor: null,
    });
    expect(entries.map(({ rank, number, value }) => [rank, number, value])).toEqual([
      [1, 4, 8],
      [2, 5, 8],
      [3, 2, 9],
      [4, 3, 9],
      [5, 0, 10],
      [6, 1, null],
    ]);
    expect(entries[0]).toMatchObject({ status: 'completed', step: 1, metrics: { cost: 8, w: 4 }, durationMs: 10 });
    expect(entries[0]?.params).toHaveProperty('learningRate');
  });

  test('goes on over pages with the ranks of the whole', async () => {
    await finish(13);
    const whole = await board('?limit=200');
    const seen = [];
    let query = '?limit=5';
    for (;;) {
      const page = await board(query);
      seen.push(...page.entries);
      if (page.nextCursor === null) break;
      query = `?limit=5&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(whole.entries);
    expect(seen).toHaveLength(13);
  });

  test('refuses a cursor of another list', async () => {
    problem(await app.inject(`${url}?cursor=bm90aGluZw`), 'invalid-cursor');
  });
});

describe('the entity tag', () => {
  test('is strong, and answers 304 without a body until the board changes', async () => {
    const etag = await etagOf();
    expect(etag).toMatch(/^"[\x21\x23-\x7e]+"$/);
    const same = await ask(etag);
    expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', etag]);
    expect(same.headers['cache-control']).toBe('private, no-cache');
    await finish(1);
    const changed = await ask(etag);
    expect(changed.statusCode).toBe(200);
    expect(changed.headers.etag).not.toBe(etag);
    expect(body(changed, 'getLeaderboard').entries).toHaveLength(1);
  });

  test('is compared in lists, weakened by a proxy, and with *', async () => {
    const etag = await etagOf();
    for (const header of [`"other", ${etag}`, `W/${etag}`, `W/"x",W/${etag} , "y"`, '*']) {
      expect((await ask(header)).statusCode, header).toBe(304);
    }
    for (const header of ['"other"', '', 'nonsense', etag.replaceAll('"', '')]) {
      expect((await ask(header)).statusCode, header).toBe(200);
    }
  });

  test('differs between the pages of a board', async () => {
    await finish(6);
    const { nextCursor } = await board('?limit=2');
    const tags = await Promise.all(['', '?limit=2', '?limit=3', `?limit=2&cursor=${nextCursor}`].map(etagOf));
    expect(new Set(tags).size).toBe(4);
    expect((await ask(String(tags[1]), '?limit=3')).statusCode).toBe(200);
  });

  test('changes when a patch changes what is shown', async () => {
    const etag = await etagOf();
    await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { stop: { maxTrials: 25 } } });
    const changed = await ask(etag);
    expect(changed.statusCode).toBe(200);
    expect(body(changed, 'getLeaderboard').progress.total).toBe(25);
  });

  test('comes with HEAD too', async () => {
    const head = await app.inject({ method: 'HEAD', url });
    expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', await etagOf()]);
  });
});

describe('waitMs', () => {
  test('answers as soon as the board changes', async () => {
    const etag = await etagOf();
    const since = performance.now();
    const waiting = ask(etag, '?waitMs=20000');
    await finish(1);
    const response = await waiting;
    expect(response.statusCode).toBe(200);
    expect(
      body(response, 'getLeaderboard').progress.running + body(response, 'getLeaderboard').progress.completed,
    ).toBe(1);
    expect(performance.now() - since).toBeLessThan(10_000);
  });

  test('answers at once when the board has changed already', async () => {
    const etag = await etagOf();
    await finish(1);
    const since = performance.now();
    expect((await ask(etag, '?waitMs=20000')).statusCode).toBe(200);
    expect(performance.now() - since).toBeLessThan(10_000);
  });

  test('answers 304 at the end of the time', async () => {
    const etag = await etagOf();
    const since = performance.now();
    const response = await ask(etag, '?waitMs=300');
    expect([response.statusCode, response.headers.etag]).toEqual([304, etag]);
    expect(performance.now() - since).toBeGreaterThan(290);
  });

  test('without a tag waits for a change from now on, and then gives the board either way', async () => {
    const waiting = app.inject(`${url}?waitMs=20000`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await finish(1);
    expect((await waiting).statusCode).toBe(200);
    const since = performance.now();
    expect((await app.inject(`${url}?waitMs=200`)).statusCode).toBe(200);
    expect(performance.now() - since).toBeGreaterThan(190);
  });

  test('ends with the search', async () => {
    const waiting = ask(await etagOf(), '?waitMs=20000');
    await app.inject({ method: 'POST', url: `/v1/searches/${id}/cancel` });
    expect((await waiting).statusCode).toBe(200);
  });

  test('ends when the search is deleted', async () => {
    await app.inject({ method: 'POST', url: `/v1/searches/${id}/cancel` });
    const waiting = ask(await etagOf(), '?waitMs=20000');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await app.inject({ method: 'DELETE', url: `/v1/searches/${id}` });
    problem(await waiting, 'search-not-found');
  });

  test.each(['-1', '60001', '1.5', 'long'])('refuses %s', async (waitMs) => {
    expect(problem(await app.inject(`${url}?waitMs=${waitMs}`), 'invalid-request').errors).toMatchObject([
      { parameter: 'waitMs' },
    ]);
  });
});

test('who waits and has the present board is answered without the board being read', async () => {
  const etag = await etagOf();
  const { orchestrator } = container;
  const read = orchestrator.leaderboard;
  try {
    orchestrator.leaderboard = () => Promise.reject(new Error('the board was read'));
    expect((await ask(etag, '?waitMs=50')).statusCode).toBe(304);
    problem(await ask('"other"', '?waitMs=50'), 'internal');
  } finally {
    orchestrator.leaderboard = read;
  }
});
