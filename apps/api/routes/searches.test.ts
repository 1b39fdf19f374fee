import { exampleSpec, type SearchPageView } from '@caviar/contracts';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, worker, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

const post = (url: string, payload?: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, headers, ...(payload !== undefined && { payload }) });
const create = async (spec: object = quadraticSpec) => body(await post('/v1/searches', spec), 'createSearch').id;

describe('POST /v1/searches', () => {
  test('stores the spec with its defaults, starts the search and says where it is', async () => {
    const response = await post('/v1/searches', exampleSpec);
    expect(response.statusCode).toBe(201);
    const search = body(response, 'createSearch');
    expect(response.headers.location).toBe(`/v1/searches/${search.id}`);
    expect(search).toMatchObject({
      id: expect.stringMatching(/^srch_/),
      name: 'digits mlp',
      status: 'running',
      seed: 42,
      endedAt: null,
      best: null,
      round: { index: 0, of: 3 },
      progress: { total: 40, queued: 8, completed: 0 },
      spec: {
        objective: { metric: 'dev.error', direction: 'minimize' },
        scheduler: { kind: 'fifo' },
        trainer: { split: { train: 0.6, dev: 0.2, test: 0.2 }, maxRetries: 2 },
      },
    });
    const read = await app.inject(String(response.headers.location));
    expect(body(read, 'getSearch')).toEqual(search);
  });

  test('needs only trainer, space and stop', async () => {
    const { trainer, space, stop } = quadraticSpec;
    const search = body(await post('/v1/searches', { trainer, space, stop }), 'createSearch');
    expect(search).toMatchObject({ name: 'quadratic', spec: { sampler: { kind: 'auto' }, parallelism: 8 } });
    expect(search.seed).toEqual(expect.any(Number));
  });

  test.each([
    ['a data set that is not there', { ...exampleSpec, trainer: { kind: 'mlp', dataset: 'nope' } }, '/trainer/dataset'],
    [
      'a parameter that is not there',
      { ...quadraticSpec, space: { lr: { kind: 'float', min: 0, max: 1 } } },
      '/space/lr',
    ],
    [
      'a metric that is not there',
      { ...quadraticSpec, objective: { metric: 'x', direction: 'minimize' } },
      '/objective/metric',
    ],
    ['an unknown key', { ...quadraticSpec, sead: 1 }, '/sead'],
    ['text that cannot be stored', { ...quadraticSpec, name: 'a\u0000b' }, '/name'],
    ['a list as the body', [quadraticSpec], ''],
  ])('with %s is refused at that place', async (_, payload, pointer) => {
    const { errors } = problem(await post('/v1/searches', payload), 'invalid-spec');
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  test.each([
    [{ epochs: 'many' }, 'must be a number, not a string'],
    [{ epochs: 0 }, 'must be at least 1'],
    [{ epochs: 1.5 }, 'must be a whole number, not 1.5'],
    [{ activation: 'swish' }, /^must be one of "relu", .*, not "swish"$/],
  ])('says of the trainer parameter %j what is wrong with it', async (params, message) => {
    const trainer = { ...exampleSpec.trainer, params };
    const { errors } = problem(await post('/v1/searches', { ...exampleSpec, trainer }), 'invalid-spec');
    expect(errors).toEqual([
      { pointer: `/trainer/params/${Object.keys(params)[0]}`, message: expect.stringMatching(message) },
    ]);
  });

  test('refuses the key __proto__', async () => {
    const payload = JSON.stringify(quadraticSpec).replace('"learningRate"', '"__proto__"');
    const response = await app.inject({
      method: 'POST',
      url: '/v1/searches',
      headers: { 'content-type': 'application/json' },
      payload,
    });
    expect(problem(response, 'invalid-spec').errors).toEqual([
      { pointer: '/space/__proto__', message: 'the name is not allowed' },
    ]);
  });
});

describe('an idempotency key', () => {
  test('makes one search of twenty equal requests at the same time', async () => {
    const headers = { 'idempotency-key': 'twenty-at-once' };
    const responses = await Promise.all(Array.from({ length: 20 }, () => post('/v1/searches', quadraticSpec, headers)));
    expect(responses.map(({ statusCode }) => statusCode).sort()).toEqual([...Array(19).fill(200), 201]);
    expect(new Set(responses.map((response) => body(response, 'createSearch').id)).size).toBe(1);
    expect(new Set(responses.map(({ headers: { location } }) => location)).size).toBe(1);
  });

  test('gives the same search for the same body in another order of keys', async () => {
    const headers = { 'idempotency-key': 'other-order' };
    const first = body(await post('/v1/searches', quadraticSpec, headers), 'createSearch');
    const again = await post('/v1/searches', Object.fromEntries(Object.entries(quadraticSpec).reverse()), headers);
    expect(again.statusCode).toBe(200);
    expect(body(again, 'createSearch').id).toBe(first.id);
  });

  test('with another body is a conflict', async () => {
    const headers = { 'idempotency-key': 'another-body' };
    await post('/v1/searches', quadraticSpec, headers);
    problem(await post('/v1/searches', { ...quadraticSpec, seed: 8 }, headers), 'idempotency-conflict');
  });

  test.each(['', 'two words', 'x'.repeat(256)])('that is %j is refused by name', async (key) => {
    const { errors } = problem(
      await post('/v1/searches', quadraticSpec, { 'idempotency-key': key }),
      'invalid-request',
    );
    expect(errors).toMatchObject([{ parameter: 'Idempotency-Key' }]);
  });
});

describe('POST /v1/searches/preview', () => {
  test('shows the completed spec, the plan and the draws, and stores nothing', async () => {
    const before = body(await app.inject('/v1/searches?limit=200'), 'listSearches').items;
    const preview = body(await post('/v1/searches/preview', exampleSpec), 'previewSearch');
    expect(preview).toMatchObject({
      spec: { objective: { metric: 'dev.error' }, seed: 42 },
      plan: { trials: 40, epochs: 800, epochsPerTrial: 20, configurations: null },
      draws: 1000,
    });
    const { parameters } = preview;
    expect(parameters.map(({ name }) => name).sort()).toEqual(Object.keys(exampleSpec.space).sort());
    for (const { activeShare, histogram } of parameters) {
      expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(Math.round(activeShare * 1000));
    }
    const after = body(await app.inject('/v1/searches?limit=200'), 'listSearches').items;
    expect(after).toHaveLength(before.length);
  });

  test('refuses what creating would refuse', async () => {
    const { errors } = problem(await post('/v1/searches/preview', { ...exampleSpec, stop: {} }), 'invalid-spec');
    expect(errors).toMatchObject([{ pointer: '/stop' }]);
  });
});

describe('GET /v1/searches', () => {
  test('gives every search once, newest first, while more are being made', async () => {
    const known = new Set<string>();
    for (let i = 0; i < 7; i++) known.add(await create({ ...quadraticSpec, name: `walk ${i}`, parallelism: 1 }));
    const seen: string[] = [];
    const times: string[] = [];
    let cursor: string | null = null;
    do {
      const page: SearchPageView = body(
        await app.inject({ url: '/v1/searches', query: { limit: '3', ...(cursor !== null && { cursor }) } }),
        'listSearches',
      );
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ id }) => id));
      times.push(...page.items.map(({ createdAt }) => createdAt));
      cursor = page.nextCursor;
      await create({ ...quadraticSpec, name: 'meanwhile', parallelism: 1 });
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of known) expect(seen).toContain(id);
    expect(times).toEqual([...times].sort().reverse());
  });

  test('filters by status', async () => {
    const id = await create();
    await post(`/v1/searches/${id}/cancel`);
    const { items } = body(await app.inject('/v1/searches?status=cancelled'), 'listSearches');
    expect(items.map((search) => search.id)).toContain(id);
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['cancelled']));
  });

  test.each(['limit=0', 'limit=201', 'limit=x', 'limit=1&limit=2', 'status=done', 'cursor=', 'cursor=%00', 'page=2'])(
    'refuses ?%s',
    async (query) => {
      const { errors } = problem(await app.inject(`/v1/searches?${query}`), 'invalid-request');
      expect(errors).toMatchObject([{ parameter: query.split('=')[0] }]);
    },
  );

  test.each(['x', 'e30', 'bm90aGluZw'])('refuses the cursor %s', async (cursor) => {
    problem(await app.inject(`/v1/searches?cursor=${cursor}`), 'invalid-cursor');
  });
});

describe('changing a search', () => {
  test('PATCH changes what it names and keeps the rest', async () => {
    const id = await create();
    const change = { name: 'renamed', notes: 'wider', stop: { maxTrials: 30 }, parallelism: 3 };
    const patched = body(
      await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: change }),
      'patchSearch',
    );
    expect(patched).toMatchObject({
      name: 'renamed',
      notes: 'wider',
      progress: { total: 30 },
      spec: { name: 'renamed', stop: { maxTrials: 30 }, parallelism: 3, seed: 7 },
    });
    const cleared = await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { notes: null } });
    expect(body(cleared, 'patchSearch')).toMatchObject({ notes: null, name: 'renamed' });
  });

  test('a new space makes a new version of it', async () => {
    const id = await create();
    const space = { learningRate: { kind: 'float', min: 0.01, max: 0.1, scale: 'log' } };
    const patched = body(
      await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { space } }),
      'patchSearch',
    );
    expect(patched).toMatchObject({ spaceVersion: 2, spec: { space } });
  });

  test.each([
    [{}, ''],
    [{ seed: 1 }, '/seed'],
    [{ name: '' }, '/name'],
    [{ stop: {} }, '/stop'],
    [{ space: { steps: { kind: 'int', min: 0, max: 5 } } }, '/space/steps/min'],
  ])('PATCH %j is refused', async (payload, pointer) => {
    const id = await create();
    const response = await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload });
    expect(problem(response, 'invalid-patch').errors).toMatchObject([{ pointer }]);
  });

  test('pause, resume and cancel can be repeated; an ended search takes neither', async () => {
    const id = await create();
    const status = async (action: string) => body(await post(`/v1/searches/${id}/${action}`), 'pauseSearch').status;
    expect([await status('pause'), await status('pause')]).toEqual(['paused', 'paused']);
    expect([await status('resume'), await status('resume')]).toEqual(['running', 'running']);
    expect([await status('cancel'), await status('cancel')]).toEqual(['cancelled', 'cancelled']);
    problem(await post(`/v1/searches/${id}/pause`), 'search-ended');
    problem(await post(`/v1/searches/${id}/resume`), 'search-ended');
  });

  test('actions take an empty body, and no other', async () => {
    const id = await create();
    body(await post(`/v1/searches/${id}/pause`, {}), 'pauseSearch');
    const { errors } = problem(await post(`/v1/searches/${id}/pause`, { now: true }), 'invalid-request');
    expect(errors).toMatchObject([{ pointer: '/now' }]);
    const empty = {
      method: 'POST',
      url: `/v1/searches/${id}/pause`,
      headers: { 'content-type': 'application/json' },
    } as const;
    expect((await app.inject(empty)).statusCode).toBe(200);
  });

  test('DELETE removes what is not running, with all it has', async () => {
    const id = await create();
    problem(await app.inject({ method: 'DELETE', url: `/v1/searches/${id}` }), 'search-running');
    const { items } = body(await app.inject(`/v1/searches/${id}/trials`), 'listTrials');
    await post(`/v1/searches/${id}/cancel`);
    const deleted = await app.inject({ method: 'DELETE', url: `/v1/searches/${id}` });
    expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
    problem(await app.inject(`/v1/searches/${id}`), 'search-not-found');
    problem(await app.inject({ method: 'DELETE', url: `/v1/searches/${id}` }), 'search-not-found');
    problem(await app.inject(`/v1/trials/${items[0]?.id}`), 'trial-not-found');
  });

  test('a search whose trials have all ended is completed, and can be widened and resumed', async () => {
    const id = await create({ ...quadraticSpec, stop: { maxTrials: 2 } });
    await worker.finish(id, ({ number }) => [{ cost: number }]);
    const done = body(await app.inject(`/v1/searches/${id}`), 'getSearch');
    expect(done).toMatchObject({
      status: 'completed',
      best: { number: 0, value: 0 },
      progress: { total: 2, completed: 2 },
    });
    expect(done.endedAt).not.toBeNull();
    expect(problem(await post(`/v1/searches/${id}/resume`), 'search-ended').detail).toBe(
      'The search is completed: all 2 trials have ended. It can be resumed once its stop criteria leave something to do',
    );
    await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { stop: { maxTrials: 4 } } });
    expect(body(await post(`/v1/searches/${id}/resume`), 'resumeSearch')).toMatchObject({
      status: 'running',
      endedAt: null,
      progress: { total: 4, queued: 2, completed: 2 },
    });
  });
});

test.each(['srch_none', 'x', 'a%00b', '%F0%9F%90%9F', "';--"])('there is no search %s', async (id) => {
  problem(await app.inject(`/v1/searches/${id}`), 'search-not-found');
  problem(await app.inject(`/v1/searches/${id}/leaderboard`), 'search-not-found');
  problem(await app.inject(`/v1/searches/${id}/trials`), 'search-not-found');
  problem(await app.inject(`/v1/searches/${id}/export`), 'search-not-found');
  for (const action of ['pause', 'resume', 'cancel'])
    problem(await post(`/v1/searches/${id}/${action}`), 'search-not-found');
  problem(
    await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { notes: 'x' } }),
    'search-not-found',
  );
  problem(await app.inject({ method: 'DELETE', url: `/v1/searches/${id}` }), 'search-not-found');
});
