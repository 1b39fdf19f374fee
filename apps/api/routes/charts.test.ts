import { createClient } from '@caviar/client';
import { type ChangeView, OPERATIONS } from '@caviar/contracts';
import { createTestDatabase, runSql, testRedis } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const database = await createTestDatabase();
const { app, worker, close } = await createTestApp({ database, redis: testRedis() });
const client = createClient({ baseUrl: await app.listen({ host: '127.0.0.1', port: 0 }) });
afterAll(close);

const create = async (change: object = {}) => {
  const payload = { ...quadraticSpec, parallelism: 20, ...change };
  return body(await app.inject({ method: 'POST', url: '/v1/searches', payload }), 'createSearch').id;
};
const space = {
  learningRate: quadraticSpec.space.learningRate,
  steps: { kind: 'categorical', choices: [100, 200] },
} as const;
/** Values of trials 0 to 11; the others stay queued. */
const VALUES = [8, 9, 7, null, 7, 6, 10, 3, 5, 4, 2, 2.5];
let id = '';
beforeAll(async () => {
  id = await create({ space });
  await worker.finish(
    id,
    ({ number }) => [
      { cost: 20, w: number },
      { cost: VALUES[number] ?? null, w: -number },
    ],
    12,
  );
});

describe('the table', () => {
  const numbers = async (query: string) => {
    const table = body(await app.inject(`/v1/searches/${id}/table?${query}`), 'getTrialTable');
    return { total: table.total, numbers: table.items.map(({ number }) => number) };
  };

  test('has the order of the board, then what has no outcome, from any place on', async () => {
    const board = body(await app.inject(`/v1/searches/${id}/leaderboard?limit=200`), 'getLeaderboard');
    const order = [...board.entries.map(({ number }) => number), 12, 13, 14, 15, 16, 17, 18, 19];
    expect(await numbers('limit=200')).toEqual({ total: 20, numbers: order });
    for (const [offset, limit] of [
      [0, 5],
      [3, 9],
      [10, 4],
      [12, 8],
      [15, 50],
      [20, 5],
    ] as const) {
      expect((await numbers(`offset=${offset}&limit=${limit}`)).numbers, `${offset}, ${limit}`).toEqual(
        order.slice(offset, offset + limit),
      );
    }
  });

  test.each([
    ['sort=number&order=desc&limit=3', 20, [19, 18, 17]],
    ['sort=metrics.w&limit=3', 20, [11, 10, 9]],
    ['sort=metrics.w&order=desc&limit=3', 20, [0, 1, 2]],
    ['sort=value&order=desc&limit=3', 20, [6, 1, 0]],
    ['status=queued&limit=2', 8, [12, 13]],
    ['status=infeasible,queued&sort=number&limit=2', 9, [3, 12]],
    [`filter=${encodeURIComponent('{"value":{"max":3}}')}`, 3, [10, 11, 7]],
    [`filter=${encodeURIComponent('{"metrics.w":{"min":-2,"max":-1}}')}&sort=number`, 2, [1, 2]],
  ] as const)('%s', async (query, total, expected) => {
    expect(await numbers(query)).toEqual({ total, numbers: expected });
  });

  test('filters by the params that trials have', async () => {
    const all = body(await app.inject(`/v1/searches/${id}/table?limit=200`), 'getTrialTable').items;
    const wanted = all.filter(({ params }) => params['steps'] === 200 && Number(params['learningRate']) > 0.01);
    const filter = { 'params.steps': { in: [200] }, 'params.learningRate': { min: 0.01 } };
    const found = await client.trialTable(id, { filter, limit: 200 });
    expect(found.total).toBe(wanted.length);
    expect(new Set(found.items.map((trial) => trial.id))).toEqual(new Set(wanted.map((trial) => trial.id)));
    const text = encodeURIComponent('{"params.learningRate":{"in":["0.5; DROP TABLE trials"]}}');
    expect(await numbers(`filter=${text}`)).toEqual({ total: 0, numbers: [] });
  });

  test.each([
    ['sort=password', 'sort'],
    ['filter=%7B', 'filter'],
    ['filter=%7B%22value%22:%7B%22min%22:%22a%22%7D%7D', 'filter'],
    [`filter=${encodeURIComponent('{"params.steps":{"in":["a\\u0000b"]}}')}`, 'filter'],
    [`filter=${encodeURIComponent('{"params.a\\u0000b":{"min":0}}')}`, 'filter'],
    ['status=queued,broken', 'status'],
    ['limit=201', 'limit'],
    ['offset=-1', 'offset'],
  ])('refuses %s, and names the parameter', async (query, parameter) => {
    const { errors } = problem(await app.inject(`/v1/searches/${id}/table?${query}`), 'invalid-request');
    expect(errors?.[0]).toMatchObject({ parameter });
  });
});

describe('points', () => {
  test('are all trials as columns, with the metrics asked for', async () => {
    const points = body(await app.inject(`/v1/searches/${id}/points?metrics=w,nothing`), 'getTrialPoints');
    expect(points.number).toEqual(Array.from({ length: 20 }, (_, number) => number));
    expect(points.value.slice(0, 12)).toEqual(VALUES);
    expect(points.metrics['w']?.slice(0, 3)).toEqual([0, -1, -2]);
    expect(points.metrics['nothing']).toEqual(Array.from({ length: 20 }, () => null));
    expect(points.params['steps']?.every((value) => value === 100 || value === 200)).toBe(true);
  });

  test('of more trials than asked for: a sample with the best, the first and the last in it', async () => {
    const points = body(await app.inject(`/v1/searches/${id}/points?limit=10`), 'getTrialPoints');
    expect(points.total).toBe(20);
    expect(points.number.length).toBeLessThanOrEqual(10);
    expect(points.number).toEqual(points.number.toSorted((a, b) => a - b));
    for (const number of [0, 10, 11, 19]) expect(points.number).toContain(number);
  });
});

test('best so far: each new best by number', async () => {
  const best = body(await app.inject(`/v1/searches/${id}/best-so-far`), 'getBestSoFar');
  expect(best.total).toBe(20);
  expect(best.items.map(({ number, value }) => [number, value])).toEqual([
    [0, 8],
    [2, 7],
    [5, 6],
    [7, 3],
    [10, 2],
  ]);
  const thinned = body(await app.inject(`/v1/searches/${id}/best-so-far?maxPoints=2`), 'getBestSoFar');
  expect(thinned.items.map(({ number }) => number)).toEqual([0, 10]);
});

test('best so far of a search that maximizes rises', async () => {
  const up = await create({ objective: { metric: 'cost', direction: 'maximize' } });
  await worker.finish(up, ({ number }) => [{ cost: [1, 3, 2, 5][number] ?? 0 }], 5);
  const best = body(await app.inject(`/v1/searches/${up}/best-so-far`), 'getBestSoFar');
  expect(best.items.map(({ value }) => value)).toEqual([1, 3, 5]);
});

test('best so far of one of several objectives is no trial that lacks another', async () => {
  const objective = [
    { metric: 'w', direction: 'maximize' },
    { metric: 'cost', direction: 'minimize' },
  ];
  const search = await create({ scheduler: { kind: 'fifo' }, objective });
  await worker.finish(search, ({ number }) => [{ cost: 9 - number, w: number === 1 ? null : number }], 3);
  const best = body(await app.inject(`/v1/searches/${search}/best-so-far?objective=cost`), 'getBestSoFar');
  expect(best.items.map(({ number, value }) => [number, value])).toEqual([
    [0, 9],
    [2, 7],
  ]);
});

describe('curves', () => {
  test('of the best, or of the numbers asked for in their order', async () => {
    const best = body(await app.inject(`/v1/searches/${id}/curves?best=2&metrics=cost`), 'getTrialCurves');
    expect(best.items.map(({ number, steps, metrics }) => [number, steps, metrics])).toEqual([
      [10, [1, 2], { cost: [20, 2] }],
      [11, [1, 2], { cost: [20, 2.5] }],
    ]);
    const some = body(await app.inject(`/v1/searches/${id}/curves?numbers=7,3,19,500`), 'getTrialCurves');
    expect(some.items.map(({ number, metrics }) => [number, metrics])).toEqual([
      [7, { cost: [20, 3], w: [7, -7] }],
      [3, { cost: [20, null], w: [3, -3] }],
      [19, {}],
    ]);
  });

  test('are smoothed without bias, and thinned', async () => {
    const { items } = await client.trialCurves(id, { numbers: [7], beta: 0.5, metrics: ['cost'], maxPoints: 2 });
    // v1 = 10, v2 = 6.5; divided by 1 - 0.5 and 1 - 0.25
    expect(items[0]?.metrics['cost']?.map((value) => value?.toFixed(6))).toEqual(['20.000000', '8.666667']);
  });
});

/** Its trials are put at rungs by hand here. */
const ASHA = { kind: 'asha' };

test('rungs: how many came, went on and were stopped, and their values', async () => {
  const search = await create({ scheduler: ASHA });
  await worker.finish(search, () => [{ cost: 1 }], 5);
  expect(body(await app.inject(`/v1/searches/${search}/rungs`), 'getSearchRungs').items).toEqual([]);
  await runSql(
    database.url,
    `UPDATE trials SET rungs = json_build_object('1', number), step = 3 WHERE search_id = '${search}' AND number < 3;
     UPDATE trials SET rungs = '{"1": 9, "3": null}', status = 'pruned', step = 3 WHERE search_id = '${search}' AND number = 4`,
  );
  expect(body(await app.inject(`/v1/searches/${search}/rungs`), 'getSearchRungs').items).toEqual([
    { step: 1, arrived: 4, wentOn: 4, stopped: 0, waiting: 0, best: 0, quartiles: [0.75, 1.5, 3.75] },
    { step: 3, arrived: 1, wentOn: 0, stopped: 1, waiting: 0, best: null, quartiles: [null, null, null] },
  ]);
});

test('rungs whose values are the largest there are have quartiles that are numbers', async () => {
  const search = await create({ scheduler: ASHA });
  await worker.finish(search, () => [{ cost: 1 }], 2);
  await runSql(
    database.url,
    `UPDATE trials SET rungs = json_build_object('1', (2 * number - 1) * 1.7e308) WHERE search_id = '${search}' AND number < 2`,
  );
  const [rung] = body(await app.inject(`/v1/searches/${search}/rungs`), 'getSearchRungs').items;
  expect(rung?.best).toBe(-1.7e308);
  expect(rung?.quartiles.map((quartile) => Number((quartile! / 1.7e308).toFixed(9)) + 0)).toEqual([-0.5, 0, 0.5]);
});

test('rungs where more than one value counts have those of the first objective', async () => {
  const objective = [
    { metric: 'w', direction: 'maximize' },
    { metric: 'cost', direction: 'minimize' },
  ];
  const search = await create({ scheduler: ASHA, objective });
  await worker.finish(search, ({ number }) => [{ cost: 1, w: number }], 2);
  await runSql(
    database.url,
    `UPDATE trials SET rungs = json_build_object('1', json_build_object('w', number, 'cost', 7)) WHERE search_id = '${search}' AND number = 1;
     UPDATE trials SET rungs = '{"1": {"w": null, "cost": 3}}' WHERE search_id = '${search}' AND number = 0`,
  );
  expect(body(await app.inject(`/v1/searches/${search}/rungs`), 'getSearchRungs').items).toEqual([
    { step: 1, arrived: 2, wentOn: 2, stopped: 0, waiting: 0, best: 1, quartiles: [1, 1, 1] },
  ]);
});

test('without a scheduler there are no rungs, and nothing is looked at to say so', async () => {
  const search = await create({ scheduler: { kind: 'fifo' } });
  await worker.finish(search, () => [{ cost: 1 }], 2);
  await runSql(database.url, `UPDATE trials SET rungs = '{"1": 9}' WHERE search_id = '${search}'`);
  const { items, version } = body(await app.inject(`/v1/searches/${search}/rungs`), 'getSearchRungs');
  expect(items).toEqual([]);
  expect(version).toBeGreaterThan(0);
});

test('the timeline: who trained what, and what became of it', async () => {
  const search = await create({ parallelism: 3 });
  await worker.finish(search, () => [{ cost: 1 }], 2);
  await worker.claim(search, 1);
  const { items } = body(await app.inject(`/v1/searches/${search}/timeline`), 'getSearchTimeline');
  expect(items.map(({ number, status, workerId, attempt }) => [number, status, workerId, attempt])).toEqual([
    [0, 'completed', worker.id, 1],
    [1, 'completed', worker.id, 1],
    [2, 'running', worker.id, 1],
  ]);
  expect(items[0]?.to).not.toBeNull();
  expect(items[2]?.to).toBeNull();
  expect(body(await app.inject(`/v1/searches/${search}/timeline?limit=1`), 'getSearchTimeline').items).toHaveLength(1);
});

test('what is not there is told', async () => {
  for (const path of ['table', 'points', 'best-so-far', 'curves', 'rungs', 'timeline']) {
    problem(await app.inject(`/v1/searches/srch_x/${path}`), 'search-not-found');
  }
});

test('changes: ready, then every search that is another, and those that are gone', async () => {
  const changed = await create({ name: 'changing' });
  const stop = new AbortController();
  const seen: ChangeView[] = [];
  const changes = client.followChanges({ signal: stop.signal });
  const until = async (isIt: (change: ChangeView) => boolean) => {
    for (;;) {
      const { value } = await changes.next();
      if (value === undefined) throw new Error('the changes ended');
      expect(OPERATIONS.followChanges.responses[200].schema.safeParse(value).error).toBeUndefined();
      seen.push(value);
      if (isIt(value)) return;
    }
  };
  await until(({ kind }) => kind === 'ready');
  expect(seen).toHaveLength(1);
  await worker.finish(changed, () => [{ cost: 1 }], 3);
  await until((change) => change.kind === 'search' && change.search.progress.completed === 3);
  await client.cancelSearch(changed);
  await until((change) => change.kind === 'search' && change.search.status === 'cancelled');
  await client.deleteSearch(changed);
  await until((change) => change.kind === 'gone' && change.searchId === changed);
  await worker.heartbeat();
  await until(({ kind }) => kind === 'workers');
  stop.abort();
  await expect(changes.next()).rejects.toThrow();
});
