import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });
const list = async (query: string) => body(await app.inject(`/v1/searches?${query}`), 'listSearches');
const names = async (query: string) => (await list(query)).items.map(({ name }) => name);

/** Names, kinds and lengths; each is older than the next. */
const SEARCHES = [
  ['b 1', 'random', 30],
  ['a', 'tpe', 10],
  ['B 2', 'random', 20],
  ['c 100%', 'gp', 20],
  ['é', 'sobol', 5],
] as const;

beforeAll(async () => {
  for (const [name, sampler, maxTrials] of SEARCHES) {
    const made = await post('/v1/searches', {
      name,
      trainer: { kind: 'external' },
      space: { x: { kind: 'float', min: 0, max: 1 } },
      objective: { metric: 'loss', direction: 'minimize' },
      sampler: { kind: sampler },
      stop: { maxTrials },
      parallelism: 2,
    });
    const { id } = body(made, 'createSearch');
    if (name === 'a') await post(`/v1/searches/${id}/pause`, {});
    if (name !== 'b 1') continue;
    const { trials } = body(await post(`/v1/searches/${id}/ask`, { count: 2 }), 'ask');
    const finishes = trials.map(({ id: trialId, leaseToken }) => ({
      trialId,
      leaseToken,
      status: 'completed',
      metrics: { loss: 1 },
    }));
    await post(`/v1/searches/${id}/tell`, { finishes });
  }
});

describe('a list of searches', () => {
  test.each([
    ['', ['é', 'c 100%', 'B 2', 'a', 'b 1']],
    ['order=asc', ['b 1', 'a', 'B 2', 'c 100%', 'é']],
    ['sort=name', ['a', 'b 1', 'B 2', 'c 100%', 'é']],
    ['sort=name&order=desc', ['é', 'c 100%', 'B 2', 'b 1', 'a']],
    ['sort=status', ['a', 'é', 'c 100%', 'B 2', 'b 1']],
    ['sort=progress', ['b 1', 'é', 'c 100%', 'B 2', 'a']],
    ['sort=trials', ['b 1', 'c 100%', 'B 2', 'a', 'é']],
    ['sort=trials&order=asc', ['é', 'a', 'c 100%', 'B 2', 'b 1']],
  ])('%s is in that order, whole or page by page', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await list(`${query}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(expected);
  });

  test.each([
    ['q=b%20random', ['B 2', 'b 1']],
    ['q=RANDOM', ['B 2', 'b 1']],
    ['q=random%202', ['B 2']],
    ['q=external%20gp', ['c 100%']],
    ['q=%25', ['c 100%']],
    ['q=%C3%89', ['é']],
    ['q=_', []],
    ['q=nothing', []],
    ['q=random&status=paused', []],
    ['q=tpe&status=paused', ['a']],
  ])('%s finds what has all the words', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test('an id finds its search', async () => {
    const { items } = await list('');
    expect(await names(`q=${items[2]!.id}`)).toEqual(['B 2']);
  });

  test.each([
    ['sort=best', 'sort'],
    ['order=up', 'order'],
    [`q=${'x'.repeat(201)}`, 'q'],
    ['q=a%00b', 'q'],
  ])('%s is refused, and the parameter named', async (query, parameter) => {
    const { errors } = problem(await app.inject(`/v1/searches?${query}`), 'invalid-request');
    expect(errors?.[0]).toMatchObject({ parameter });
  });

  test('goes on after the longest of names, whatever is in them', async () => {
    for (const name of ['🐟'.repeat(200), '\u0001'.repeat(200)]) {
      await post('/v1/searches', { ...quadraticSpec, name });
      const query = `q=${encodeURIComponent(name.slice(0, 100))}&sort=name&limit=1`;
      await post('/v1/searches', { ...quadraticSpec, name });
      const { nextCursor } = await list(query);
      expect((await list(`${query}&cursor=${nextCursor}`)).items.map((search) => search.name)).toEqual([name]);
    }
  });

  test('refuses a cursor that it never gave', async () => {
    const forged = Buffer.from(JSON.stringify({ sort: 'name', isUp: true, key: 1, createdAt: 'x', id: 'y' }));
    problem(await app.inject(`/v1/searches?cursor=${forged.toString('base64url')}`), 'invalid-cursor');
    const odd = { sort: 'trials', isUp: true, key: 'x', createdAt: '2026-01-01T00:00:00.000Z', id: 'y' };
    const cursor = Buffer.from(JSON.stringify(odd)).toString('base64url');
    problem(await app.inject(`/v1/searches?cursor=${cursor}`), 'invalid-cursor');
  });
});
