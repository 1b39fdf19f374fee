import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem } from '../testing/wire.js';

const { app, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

const error = { metric: 'error', direction: 'minimize' };
const speed = { metric: 'speed', direction: 'maximize' };
const base = {
  trainer: { kind: 'external' },
  space: { x: { kind: 'float', min: 0, max: 1 } },
  sampler: { kind: 'random' },
  stop: { maxTrials: 6 },
  seed: 1,
};

const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });
const create = (more: object) => post('/v1/searches', { ...base, ...more });

/** Tells the trials of an external search, by number. */
async function tell(id: string, outcomes: readonly Record<string, number>[]): Promise<void> {
  const { trials } = body(await post(`/v1/searches/${id}/ask`, { count: outcomes.length }), 'ask');
  expect(trials).toHaveLength(outcomes.length);
  const finishes = trials.map((trial) => ({
    trialId: trial.id,
    leaseToken: trial.leaseToken,
    status: 'completed',
    metrics: outcomes[trial.number]!,
  }));
  expect((await post(`/v1/searches/${id}/tell`, { finishes })).statusCode).toBe(200);
}

const board = async (id: string, query = '') =>
  body(await app.inject(`/v1/searches/${id}/leaderboard${query}`), 'getLeaderboard');

const OUTCOMES = [
  { error: 3, speed: 1, size: 10 },
  { error: 1, speed: 1, size: 99 },
  { error: 2, speed: 5, size: 10 },
  { error: 2, speed: 4, size: 10 },
  { error: 9, speed: 9, size: 10 },
  { error: 9, speed: 8, size: 10 },
];

describe('several objectives', () => {
  test('are ranked front by front, page by page, and one of them is the value', async () => {
    const { id, spec, best } = body(await create({ objective: [error, speed] }), 'createSearch');
    expect(spec).toMatchObject({ objective: error, objectives: [error, speed] });
    expect(best).toBeNull();
    await tell(id, OUTCOMES);
    const { entries, objectives } = await board(id);
    expect(objectives).toEqual([error, speed]);
    expect(entries.map(({ rank, number }) => [rank, number])).toEqual([
      [1, 1],
      [1, 2],
      [1, 4],
      [2, 3],
      [2, 5],
      [3, 0],
    ]);
    expect(entries[0]).toMatchObject({ value: 1, metrics: { error: 1, speed: 1 } });
    expect(body(await app.inject(`/v1/searches/${id}`), 'getSearch').best).toMatchObject({ number: 1, value: 1 });

    const first = await board(id, '?limit=4');
    expect(first.entries.map(({ number }) => number)).toEqual([1, 2, 4, 3]);
    const second = await board(id, `?limit=4&cursor=${first.nextCursor}`);
    expect(second.entries.map(({ number }) => number)).toEqual([5, 0]);
    expect(second.nextCursor).toBeNull();
    problem(await app.inject(`/v1/searches/${id}/leaderboard?cursor=nonsense`), 'invalid-cursor');

    // A stored spec can be posted as it is.
    const { name: _, ...again } = spec;
    expect((await post('/v1/searches', again)).statusCode).toBe(201);
  });

  test('are drawn with their fronts, sorted by them, and told one by one', async () => {
    const constraints = [{ metric: 'size', max: 50 }];
    const { id } = body(await create({ objective: [error, speed], constraints }), 'createSearch');
    await tell(id, OUTCOMES.slice(0, 5));
    const points = body(await app.inject(`/v1/searches/${id}/points?metrics=speed`), 'getTrialPoints');
    expect(points.front).toEqual([3, 4, 1, 2, 1, ...points.number.slice(5).map(() => null)]);

    const table = async (query: string) => {
      const { items, fronts } = body(await app.inject(`/v1/searches/${id}/table?${query}`), 'getTrialTable');
      return items.map(({ number }, i) => [number, fronts?.[i]]);
    };
    const board = [
      [2, 1],
      [4, 1],
      [3, 2],
      [0, 3],
      [1, 4],
    ];
    expect((await table('sort=front')).slice(0, 5)).toEqual(board);
    expect(await table('sort=front&offset=1&limit=2')).toEqual(board.slice(1, 3));
    expect((await table('sort=front&order=desc')).slice(0, 5)).toEqual(board.toReversed());
    expect(await table(`sort=front&filter=${encodeURIComponent('{"metrics.speed":{"max":1}}')}`)).toEqual(
      board.slice(3),
    );

    const best = async (objective: string) =>
      body(await app.inject(`/v1/searches/${id}/best-so-far?objective=${objective}`), 'getBestSoFar').items.map(
        ({ number, value }) => [number, value],
      );
    expect(await best('error')).toEqual([
      [0, 3],
      [2, 2],
    ]);
    expect(await best('speed')).toEqual([
      [0, 1],
      [2, 5],
      [4, 9],
    ]);
    for (const path of ['best-so-far', 'importance']) {
      const { errors } = problem(await app.inject(`/v1/searches/${id}/${path}?objective=size`), 'invalid-request');
      expect(errors).toEqual([{ pointer: '/objective', message: 'must be one of error, speed' }]);
    }
  });

  test('depend on parameters of their own', async () => {
    const space = { x: { kind: 'float', min: 0, max: 1 }, y: { kind: 'float', min: 0, max: 1 } };
    const objectives = [error, speed];
    const { id } = body(await create({ objectives, space, stop: { maxTrials: 40 }, parallelism: 40 }), 'createSearch');
    const { trials } = body(await post(`/v1/searches/${id}/ask`, { count: 40 }), 'ask');
    const finishes = trials.map(({ id: trialId, leaseToken, params }) => ({
      trialId,
      leaseToken,
      status: 'completed',
      metrics: { error: Number(params['x']), speed: Number(params['y']) },
    }));
    await post(`/v1/searches/${id}/tell`, { finishes });
    for (const [objective, name] of [
      ['error', 'x'],
      ['speed', 'y'],
    ] as const) {
      const answer = await app.inject(`/v1/searches/${id}/importance?objective=${objective}`);
      const [first] = body(answer, 'getSearchImportance').parameters;
      expect(first?.name).toBe(name);
      expect(first?.share).toBeGreaterThan(0.7);
    }
  });

  test('are proposed for by nsga2, and refused by samplers that go by one', async () => {
    const sampler = { kind: 'nsga2', population: 4 };
    const { id } = body(await create({ objectives: [error, speed], sampler }), 'createSearch');
    await tell(id, OUTCOMES.slice(0, 4));
    const { items } = body(await app.inject(`/v1/searches/${id}/trials?limit=9`), 'listTrials');
    expect(items.at(-1)!.number).toBe(5);
    const refused = problem(await create({ objectives: [error, speed], sampler: { kind: 'cma-es' } }), 'invalid-spec');
    expect(refused.errors).toMatchObject([{ pointer: '/sampler/kind' }]);
  });

  test.each([
    [{ objective: [error] }, '/objective'],
    [{ objective: [error, error] }, '/objective/1/metric'],
    [{ objective: speed, objectives: [error, speed] }, '/objective'],
    [{ objective: [error, speed], stop: { targetValue: 1 } }, '/stop/targetValue'],
    [{ objective: [error, { metric: 'x', direction: 'up' }] }, '/objective/1/direction'],
  ])('that make no sense (%j) are refused at %s', async (more, pointer) => {
    const { errors } = problem(await create(more), 'invalid-spec');
    expect(errors?.map((one) => one.pointer)).toEqual([pointer]);
  });
});

describe('constraints', () => {
  test('put a trial that breaks one behind all that keep them', async () => {
    const constraints = [{ metric: 'size', max: 50 }];
    const { id } = body(await create({ objective: error, constraints }), 'createSearch');
    await tell(id, OUTCOMES);
    expect((await board(id)).entries.map(({ number }) => number)).toEqual([2, 3, 0, 4, 5, 1]);
    expect(body(await app.inject(`/v1/searches/${id}`), 'getSearch').best).toMatchObject({ number: 2 });

    const pareto = body(await create({ objective: [error, speed], constraints }), 'createSearch');
    await tell(pareto.id, OUTCOMES);
    expect((await board(pareto.id)).entries.map(({ rank, number }) => [rank, number])).toEqual([
      [1, 2],
      [1, 4],
      [2, 3],
      [2, 5],
      [3, 0],
      [4, 1],
    ]);
  });

  test('order what breaks them by how much, page by page', async () => {
    const constraints = [
      { metric: 'size', max: 50 },
      { metric: 'speed', min: 2 },
    ];
    const { id } = body(await create({ objective: error, constraints }), 'createSearch');
    await tell(id, [
      { error: 1, speed: 1, size: 100 }, // 1 + 0.5
      { error: 5, speed: 5, size: 50 },
      { error: 2, speed: 9, size: 60 }, // 0.2
      { error: 1, speed: 9, size: 60 }, // 0.2
      { error: 0, speed: 0, size: 10 }, // 1
      { error: 0, speed: 9, size: 1000 }, // 19
    ]);
    const first = await board(id, '?limit=3');
    const second = await board(id, `?limit=3&cursor=${first.nextCursor}`);
    const table = body(await app.inject(`/v1/searches/${id}/table?limit=6`), 'getTrialTable');
    expect(table.items.map(({ number }) => number)).toEqual([1, 3, 2, 4, 0, 5]);
    expect([...first.entries, ...second.entries].map(({ rank, number }) => [rank, number])).toEqual([
      [1, 1],
      [2, 3],
      [3, 2],
      [4, 4],
      [5, 0],
      [6, 5],
    ]);
  });

  test('and several objectives decide at the rungs of a scheduler', async () => {
    const scheduler = { kind: 'successive-halving', minResource: 1, maxResource: 3, eta: 3 };
    const more = { objective: [error, speed], constraints: [{ metric: 'size', max: 50 }], scheduler };
    const { id } = body(await create({ ...more, stop: { maxTrials: 3 }, parallelism: 3 }), 'createSearch');
    const { trials } = body(await post(`/v1/searches/${id}/ask`, { count: 3 }), 'ask');
    const outcomes = [OUTCOMES[1]!, OUTCOMES[3]!, OUTCOMES[2]!];
    for (const { id: trial, number, leaseToken } of trials) {
      const metrics = outcomes[number]!;
      expect((await post(`/v1/trials/${trial}/measurements`, { leaseToken, step: 1, metrics })).statusCode).toBe(200);
    }
    const { items } = body(await app.inject(`/v1/searches/${id}/trials`), 'listTrials');
    const where = 'Cohort 1, rung 1 of 2 at step 1: number';
    const how = 'of 3 (by domination, those that keep the constraints first: front';
    expect(items.map(({ status, reason }) => [status, reason])).toEqual([
      ['pruned', `${where} 3 ${how} 3), and the best 1 go on.`],
      ['pruned', `${where} 2 ${how} 2), and the best 1 go on.`],
      ['queued', null],
    ]);
  });

  test.each([
    [[{ metric: 'size' }], '/constraints/0'],
    [[{ metric: 'size', min: 2, max: 1 }], '/constraints/0'],
    [[], '/constraints'],
  ])('%j makes no sense', async (constraints, pointer) => {
    const { errors } = problem(await create({ objective: error, constraints }), 'invalid-spec');
    expect(errors?.map((one) => one.pointer)).toEqual([pointer]);
  });
});

describe('given trials', () => {
  test.each(['random', 'sobol', 'grid', 'gp', 'cma-es', 'coarse-to-fine'])('come first with %s', async (kind) => {
    const trials = [{ x: 0.25 }, { x: 0.75 }];
    const more = { objective: error, sampler: { kind }, trials, stop: { maxTrials: 9 } };
    const { id } = body(await create(more), 'createSearch');
    const made = body(await app.inject(`/v1/searches/${id}/trials`), 'listTrials').items;
    expect(made.slice(0, 2).map(({ params }) => params)).toEqual(trials);
    expect(made[0]!.proposal).toContain('Given');
    expect(made[2]!.params).not.toEqual(trials[0]);
  });

  test('that are none of the space are refused where they stand', async () => {
    const trials = [{ x: 0.5 }, { x: 2 }, { y: 1 }];
    const { errors } = problem(await create({ objective: error, trials }), 'invalid-spec');
    expect(errors?.map((one) => one.pointer)).toEqual(expect.arrayContaining(['/trials/1/x']));
    expect(errors?.every((one) => !one.pointer.startsWith('/trials/0'))).toBe(true);
  });
});

describe('a warm start', () => {
  const learning = { objective: error, sampler: { kind: 'gp', startup: 4 } };

  test('begins with what earlier searches found in this space, and keeps it when they are gone', async () => {
    const earlier = body(await create(learning), 'createSearch');
    await tell(earlier.id, OUTCOMES);
    const warmStart = { searches: [earlier.id] };
    const narrow = { x: { kind: 'float', min: 0, max: 1 } };
    const warm = body(await create({ ...learning, space: narrow, warmStart }), 'createSearch');
    const proposals = async (id: string) =>
      body(await app.inject(`/v1/searches/${id}/trials`), 'listTrials').items.map(({ proposal }) => proposal);
    // A cold one begins with points of a sequence.
    expect((await proposals(earlier.id))[0]).not.toEqual((await proposals(warm.id))[0]);
    expect((await proposals(warm.id))[0]).toMatch(/improve|process|expected/i);
    const again = {
      url: '/v1/searches',
      headers: { 'Idempotency-Key': 'warm' },
      payload: { ...base, ...learning, warmStart },
    };
    const keyed = body(await app.inject({ ...again, method: 'POST' }), 'createSearch');
    expect((await app.inject({ method: 'DELETE', url: `/v1/searches/${earlier.id}` })).statusCode).toBe(204);
    expect(body(await app.inject({ ...again, method: 'POST' }), 'createSearch').id).toBe(keyed.id);
    await tell(warm.id, OUTCOMES);
    expect((await board(warm.id)).entries).toHaveLength(6);
  });

  test('takes what was fixed before for what is searched now', async () => {
    const trainer = { kind: 'external', params: { units: 32 } };
    const earlier = body(await create({ ...learning, trainer }), 'createSearch');
    await tell(earlier.id, OUTCOMES);
    const space = { x: { kind: 'float', min: 0, max: 1 }, units: { kind: 'int', min: 8, max: 64 } };
    const warmStart = { searches: [earlier.id] };
    const warm = body(await create({ ...learning, space, warmStart }), 'createSearch');
    const { items } = body(await app.inject(`/v1/searches/${warm.id}/trials`), 'listTrials');
    expect(items[0]!.proposal).toContain('of 6 trials');
    const other = { ...space, units: { kind: 'int', min: 40, max: 64 } };
    problem(await create({ ...learning, space: other, warmStart }), 'invalid-spec');
  });

  test('is refused where there is nothing to begin with, or nobody to learn', async () => {
    const untold = body(await create(learning), 'createSearch');
    const refused = async (more: object) =>
      problem(await create({ ...learning, ...more }), 'invalid-spec').errors?.map(({ pointer }) => pointer);
    expect(await refused({ warmStart: { searches: ['srch_none', untold.id] } })).toEqual([
      '/warmStart/searches/0',
      '/warmStart/searches/1',
    ]);
    const told = body(await create(learning), 'createSearch');
    await tell(told.id, OUTCOMES);
    expect(await refused({ warmStart: { searches: [told.id] }, sampler: { kind: 'random' } })).toEqual(['/warmStart']);
  });

  test('is refused by a preview for the same reasons', async () => {
    const spec = { ...base, ...learning, warmStart: { searches: ['srch_none'] } };
    const { errors } = problem(await post('/v1/searches/preview', spec), 'invalid-spec');
    expect(errors).toEqual(problem(await post('/v1/searches', spec), 'invalid-spec').errors);
  });
});
