import type { AskBody, FinishBody, TellBody } from '@caviar/contracts';
import { createTestDatabase, runSql, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const database = await createTestDatabase();
const { app, worker, container, close } = await createTestApp({ database, redis: testRedis() });
afterAll(close);

const SPEC = {
  name: 'code of my own',
  trainer: { kind: 'external', params: { epochs: 3 }, maxRetries: 1 },
  space: { learningRate: { kind: 'float', min: 0.001, max: 1, scale: 'log' } },
  objective: { metric: 'dev.error', direction: 'minimize' },
  stop: { maxTrials: 20 },
  parallelism: 4,
  seed: 7,
} as const;

const post = (url: string, payload?: object) =>
  app.inject({ method: 'POST', url, ...(payload !== undefined && { payload }) });
const create = async (changes: object = {}) =>
  body(await post('/v1/searches', { ...SPEC, ...changes }), 'createSearch').id;
const askRaw = (id: string, request: AskBody = {}) => post(`/v1/searches/${id}/ask`, request);
const ask = async (id: string, request: AskBody = {}) => body(await askRaw(id, request), 'ask');
const askOne = async (id: string, request: AskBody = {}) => {
  const [trial] = (await ask(id, request)).trials;
  if (trial === undefined) throw new Error('there was no trial');
  return trial;
};
const measureRaw = (id: string, payload: object) => post(`/v1/trials/${id}/measurements`, payload);
const measure = async ({ id, leaseToken }: Asked, step: number, error: number | null) =>
  body(await measureRaw(id, { leaseToken, step, metrics: { 'dev.error': error } }), 'addMeasurement');
const finishRaw = (id: string, request: object) => post(`/v1/trials/${id}/finish`, request);
const finish = async ({ id, leaseToken }: Asked, request: Omit<FinishBody, 'leaseToken'>) =>
  body(await finishRaw(id, { leaseToken, ...request }), 'finishTrial');
const completed = (error: number | null) => ({ status: 'completed', metrics: { 'dev.error': error } }) as const;
const tell = async (id: string, request: TellBody) => body(await post(`/v1/searches/${id}/tell`, request), 'tell');
const trialOf = async (id: string) => body(await app.inject(`/v1/trials/${id}`), 'getTrial');
const searchOf = async (id: string) => body(await app.inject(`/v1/searches/${id}`), 'getSearch');
const jobs = async () => Object.values(await container.queueCounts()).reduce((sum, count) => sum + count, 0);
const expire = (id: string) =>
  runSql(database.url, `UPDATE trials SET lease_expires_at = now() - interval '1 s' WHERE id = '${id}'`);

interface Asked {
  readonly id: string;
  readonly leaseToken: string;
}

describe('a new space', () => {
  test('leaves trials that the spec gave as they were made, and has to fit those that are to come', async () => {
    const id = await create({ trials: [{ learningRate: 0.1 }, { learningRate: 0.2 }], parallelism: 1 });
    const space = { ...SPEC.space, depth: { kind: 'int', min: 1, max: 9, scale: 'linear' } };
    const patch = () => app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { space } });
    const first = await askOne(id);
    expect(problem(await patch(), 'invalid-patch').errors).toMatchObject([{ pointer: '/trials/1/depth' }]);
    await finish(first, completed(0.1));
    const second = await askOne(id);
    expect(body(await patch(), 'patchSearch')).toMatchObject({ spaceVersion: 2, spec: { space } });
    expect(second.params).toMatchObject({ learningRate: 0.2 });
    await finish(second, completed(0.2));
    expect((await askOne(id)).params).toMatchObject({ depth: expect.any(Number) });
  });
});

describe('an external search', () => {
  test('must name its objective, and takes any parameter', async () => {
    const { objective: _, ...without } = SPEC;
    expect(problem(await post('/v1/searches', without), 'invalid-spec').errors).toMatchObject([
      { pointer: '/objective' },
    ]);
  });

  test('is trained by nobody else: no worker is given its trials, not even by name', async () => {
    const before = await jobs();
    const id = await create();
    expect((await searchOf(id)).progress.queued).toBe(4);
    expect(await worker.claim(id)).toBe(0);
    expect(await jobs()).toBe(before);
  });

  test('is asked, told step by step, and ends when its last trial does', async () => {
    const id = await create({ stop: { maxTrials: 2 }, parallelism: 1 });
    const first = await askOne(id, { worker: 'gpu-7', runtime: { python: '3.12.1' } });
    expect(first).toMatchObject({ number: 0, step: 0, params: { epochs: 3, learningRate: expect.any(Number) } });
    expect(Date.parse(first.leaseExpiresAt)).toBeGreaterThan(Date.now() + 50_000);
    expect(await trialOf(first.id)).toMatchObject({
      status: 'running',
      workerId: 'gpu-7',
      provenance: { python: '3.12.1' },
    });
    expect(await measure(first, 1, 0.5)).toEqual({ decision: 'continue', reason: null });
    expect(await measure(first, 2, 0.25)).toEqual({ decision: 'continue', reason: null });
    const ended = await finish(first, { ...completed(0.125), step: 3 });
    expect(ended).toMatchObject({ status: 'completed', value: 0.125, step: 3, attempts: 1 });
    const curve = body(await app.inject(`/v1/trials/${first.id}/measurements`), 'getMeasurements').items;
    expect(curve.map(({ step, metrics }) => [step, metrics['dev.error']])).toEqual([
      [1, 0.5],
      [2, 0.25],
      [3, 0.125],
    ]);

    const last = await askOne(id);
    await measure(last, 1, 0.75);
    expect(await finish(last, { status: 'completed' })).toMatchObject({ value: 0.75, step: 1 }); // those measured last
    expect(await ask(id)).toEqual({ trials: [], done: true });
    expect(await searchOf(id)).toMatchObject({ status: 'completed', best: { number: 0, value: 0.125 } });
  });

  test('gives no more than its parallelism, and says when to ask again', async () => {
    const id = await create();
    expect((await ask(id, { count: 3 })).trials.map(({ number }) => number)).toEqual([0, 1, 2]);
    expect((await ask(id, { count: 3 })).trials.map(({ number }) => number)).toEqual([3]);
    const response = await askRaw(id, { count: 3 });
    expect(body(response, 'ask')).toEqual({ trials: [], done: false });
    expect(response.headers['retry-after']).toBe('1');
  });

  test('of another trainer, or none, cannot be asked or told', async () => {
    const id = body(await post('/v1/searches', quadraticSpec), 'createSearch').id;
    problem(await askRaw(id), 'search-not-external');
    problem(await post(`/v1/searches/${id}/tell`, { finishes: [] }), 'search-not-external');
    problem(await askRaw('srch_x'), 'search-not-found');
    problem(await post('/v1/searches/srch_x/tell', { finishes: [] }), 'search-not-found');
  });
});

describe('finishing', () => {
  test('again with the same content changes nothing; with another it is refused', async () => {
    const id = await create();
    const trial = await askOne(id);
    const request = { ...completed(0.5), reason: 'early stop' };
    const first = await finish(trial, request);
    expect(await finish(trial, request)).toEqual(first);
    problem(await finishRaw(trial.id, { leaseToken: trial.leaseToken, ...completed(0.4) }), 'trial-ended');
    problem(
      await finishRaw(trial.id, { leaseToken: trial.leaseToken, ...request, status: 'infeasible' }),
      'trial-ended',
    );
    expect(await trialOf(trial.id)).toEqual(first);
  });

  test('as completed needs the objective; one that is not finite makes the trial infeasible', async () => {
    const id = await create();
    const trial = await askOne(id);
    const wrong = { leaseToken: trial.leaseToken, status: 'completed', metrics: { loss: 1 } };
    expect(problem(await finishRaw(trial.id, wrong), 'invalid-request').errors).toMatchObject([
      { pointer: '/metrics' },
    ]);
    expect(await finish(trial, completed(null))).toMatchObject({
      status: 'infeasible',
      value: null,
      reason: 'dev.error is not finite',
    });
    expect((await finish(trial, completed(null))).status).toBe('infeasible');
  });

  test('as infeasible gives no value: whatever it measured, it stands behind all that came to one, and is never the best', async () => {
    const id = await create({ stop: { maxTrials: 3 } });
    const [first, second, third] = (await ask(id, { count: 3 })).trials;
    await measure(first!, 1, 0.01);
    const told = await finish(first!, { status: 'infeasible', reason: 'did not fit into memory' });
    expect(told).toMatchObject({ status: 'infeasible', value: null, metrics: { 'dev.error': 0.01 } });
    await finish(second!, completed(0.5));
    await finish(third!, { ...completed(0.02), status: 'infeasible' });
    const board = body(await app.inject(`/v1/searches/${id}/leaderboard`), 'getLeaderboard');
    expect(board.entries.map(({ number, value }) => [number, value])).toEqual([
      [1, 0.5],
      [0, null],
      [2, null],
    ]);
    expect((await searchOf(id)).best).toMatchObject({ number: 1, value: 0.5 });
    const best = body(await app.inject(`/v1/searches/${id}/best-so-far`), 'getBestSoFar');
    expect(best.items.map(({ number }) => number)).toEqual([1]);
  });

  test('as infeasible leaves the Pareto front to others, and the best so far of each objective', async () => {
    const objective = [
      { metric: 'dev.error', direction: 'minimize' },
      { metric: 'ms', direction: 'minimize' },
    ];
    const id = await create({ objective, stop: { maxTrials: 2 } });
    const [first, second] = (await ask(id, { count: 2 })).trials;
    await finish(first!, { status: 'infeasible', metrics: { 'dev.error': 0, ms: 0 } });
    await finish(second!, { status: 'completed', metrics: { 'dev.error': 0.5, ms: 7 } });
    const board = body(await app.inject(`/v1/searches/${id}/leaderboard`), 'getLeaderboard');
    expect(board.entries.map(({ number, rank }) => [number, rank])).toEqual([
      [1, 1],
      [0, 2],
    ]);
    const best = body(await app.inject(`/v1/searches/${id}/best-so-far?objective=ms`), 'getBestSoFar');
    expect(best.items.map(({ number, value }) => [number, value])).toEqual([[1, 7]]);
  });

  test('as completed without metrics goes by those that were measured, and is refused where none were', async () => {
    const id = await create();
    const trial = await askOne(id);
    const silent = { leaseToken: trial.leaseToken, status: 'completed' };
    const missing = {
      pointer: '/metrics',
      message: 'needs the objective "dev.error", which has not been measured either',
    };
    expect(problem(await finishRaw(trial.id, silent), 'invalid-request').errors).toEqual([missing]);
    expect((await trialOf(trial.id)).status).toBe('running');
    const told = await post(`/v1/searches/${id}/tell`, { finishes: [{ trialId: trial.id, ...silent }] });
    expect(problem(told, 'invalid-request').errors).toMatchObject([{ pointer: '/finishes/0/metrics' }]);
    // One that is not the caller's any more, and has no metrics, does not hold up the others.
    const [lost, other] = (await ask(id, { count: 2 })).trials;
    await measure(other!, 1, 0.25);
    await expire(lost!.id);
    await worker.database.trials.reclaimExpired(3);
    const finishes = [lost!, other!].map(({ id: trialId, leaseToken }) => ({
      trialId,
      leaseToken,
      status: 'completed' as const,
    }));
    expect((await tell(id, { finishes })).finishes.map(({ status, problem: p }) => status ?? p?.code)).toEqual([
      'lease-lost',
      'completed',
    ]);
    await measure(trial, 0, 0.5); // some count from 0
    const ended = await finish(trial, { status: 'completed' });
    expect(ended).toMatchObject({ status: 'completed', value: 0.5, metrics: { 'dev.error': 0.5 } });
    expect(await finish(trial, { status: 'completed' })).toEqual(ended);
  });

  test('with several objectives needs all of them', async () => {
    const objective = [SPEC.objective, { metric: 'speed', direction: 'maximize' }];
    const id = await create({ objective });
    const [one, two, three] = (await ask(id, { count: 3 })).trials;
    const half = { leaseToken: one!.leaseToken, ...completed(0.1) };
    expect(problem(await finishRaw(one!.id, half), 'invalid-request').errors).toEqual([
      { pointer: '/metrics', message: 'needs the objective "speed"' },
    ]);
    const whole = (speed: number | null) => ({ status: 'completed', metrics: { 'dev.error': 0.1, speed } }) as const;
    expect(await finish(one!, whole(null))).toMatchObject({ status: 'infeasible', reason: 'speed is not finite' });
    await finish(two!, { status: 'completed', metrics: { 'dev.error': 0.9, speed: 1 } });
    // One that was pruned need not have them, and comes after all that do.
    await finish(three!, { status: 'pruned', metrics: { 'dev.error': 0.05 } });
    const board = body(await app.inject(`/v1/searches/${id}/leaderboard`), 'getLeaderboard');
    expect(board.entries.map(({ rank, number }) => [rank, number])).toEqual([
      [1, 1],
      [2, 0],
      [2, 2],
    ]);
    expect((await searchOf(id)).best).toMatchObject({ number: 1 });
  });

  test('as failed queues the trial again until its retries are used up', async () => {
    const id = await create({ parallelism: 1 });
    const trial = await askOne(id);
    const failure = { status: 'failed', reason: 'out of memory' } as const;
    expect(await finish(trial, failure)).toMatchObject({ status: 'queued', reason: 'out of memory' });
    expect((await finish(trial, failure)).status).toBe('queued');
    await runSql(database.url, `UPDATE trials SET retry_at = now() WHERE id = '${trial.id}'`);
    const again = await askOne(id);
    expect([again.id, again.leaseToken === trial.leaseToken]).toEqual([trial.id, false]);
    problem(await finishRaw(trial.id, { leaseToken: trial.leaseToken, ...failure }), 'lease-lost');
    expect((await finish(again, failure)).status).toBe('failed');
    expect((await finish(again, failure)).status).toBe('failed');
  });

  test('is refused for trials and tokens that are not there', async () => {
    const id = await create();
    const [one, other] = (await ask(id, { count: 2 })).trials;
    problem(await finishRaw('trl_x', { leaseToken: one!.leaseToken, ...completed(1) }), 'trial-not-found');
    for (const leaseToken of ['x', other!.leaseToken, Buffer.from('[1,2]').toString('base64url')]) {
      problem(await finishRaw(one!.id, { leaseToken, ...completed(1) }), 'lease-lost');
      problem(await measureRaw(one!.id, { leaseToken, step: 1, metrics: {} }), 'lease-lost');
      problem(await post(`/v1/trials/${one!.id}/heartbeat`, { leaseToken }), 'lease-lost');
    }
    expect((await trialOf(one!.id)).status).toBe('running');
  });

  test('a forged token does not let anyone end a trial that a worker trains', async () => {
    const id = body(await post('/v1/searches', quadraticSpec), 'createSearch').id;
    await worker.claim(id, 1);
    const [trial] = body(await app.inject(`/v1/searches/${id}/trials`), 'listTrials').items;
    const forged = Buffer.from(JSON.stringify([1, id, trial!.id, 1, 1000, 0, null])).toString('base64url');
    problem(await finishRaw(trial!.id, { leaseToken: forged, ...completed(1) }), 'lease-lost');
    problem(await measureRaw(trial!.id, { leaseToken: forged, step: 1, metrics: { cost: 1 } }), 'lease-lost');
    expect(await trialOf(trial!.id)).toMatchObject({ status: 'running', step: 0 });
  });
});

test('a forged token reaches no trial of another search', async () => {
  const [mine, other] = [await create(), await create()];
  const trial = await askOne(other);
  await measure(trial, 1, 0.5);
  const forge = (targetStep: number | null) =>
    Buffer.from(JSON.stringify([1, mine, trial.id, 1, 1000, 0, targetStep])).toString('base64url');
  const told = await tell(mine, {
    finishes: [{ trialId: trial.id, leaseToken: forge(null), ...completed(0) }],
  });
  expect(told.finishes).toMatchObject([{ problem: { code: 'trial-not-found' } }]);
  const failed = { trialId: trial.id, leaseToken: forge(null), status: 'failed' } as const;
  expect((await tell(mine, { finishes: [failed] })).finishes).toMatchObject([{ problem: { code: 'trial-not-found' } }]);
  for (const leaseToken of [forge(null), forge(1)]) {
    problem(await measureRaw(trial.id, { leaseToken, step: 2, metrics: { 'dev.error': 0 } }), 'lease-lost');
  }
  expect(await trialOf(trial.id)).toMatchObject({ status: 'running', step: 1, metrics: { 'dev.error': 0.5 } });
});

describe('giving back', () => {
  const giveBackRaw = (id: string, payload: object) => post(`/v1/trials/${id}/release`, payload);
  const giveBack = async ({ id, leaseToken }: Asked, reason?: string) =>
    body(await giveBackRaw(id, { leaseToken, reason }), 'releaseTrial');

  test('queues the trial at once for whoever asks, with nothing counted against it', async () => {
    const id = await create({ parallelism: 1, trainer: { ...SPEC.trainer, maxRetries: 0 } });
    for (let attempt = 1; attempt <= 4; attempt++) {
      const trial = await askOne(id);
      await measure(trial, attempt, 0.5);
      const given = await giveBack(trial, 'interrupted');
      expect(given).toMatchObject({ status: 'queued', attempts: attempt, reason: 'interrupted', endedAt: null });
      expect(await giveBack(trial, 'interrupted')).toEqual(given); // the answer was lost on its way
    }
    const trial = await askOne(id);
    expect(trial).toMatchObject({ number: 0, step: 4 });
    expect((await finish(trial, completed(0.25))).status).toBe('completed');
    expect((await giveBack(trial)).status).toBe('completed'); // too late to be of consequence
  });

  test('waits with a paused search, and ends with a cancelled one', async () => {
    const id = await create();
    const [one, two] = (await ask(id, { count: 2 })).trials;
    await post(`/v1/searches/${id}/pause`);
    expect((await giveBack(one!)).status).toBe('paused');
    await post(`/v1/searches/${id}/cancel`);
    expect((await giveBack(two!)).status).toBe('cancelled');
  });

  test('needs the lease', async () => {
    const id = await create();
    const [one, two] = (await ask(id, { count: 2 })).trials;
    problem(await giveBackRaw(one!.id, { leaseToken: two!.leaseToken }), 'lease-lost');
    problem(await giveBackRaw('trl_x', { leaseToken: one!.leaseToken }), 'trial-not-found');
    problem(await giveBackRaw(one!.id, {}), 'invalid-request');
    await giveBack(one!);
    const again = await askOne(id);
    expect(again.id).toBe(one!.id);
    problem(await giveBackRaw(one!.id, { leaseToken: one!.leaseToken }), 'lease-lost');

    const other = body(await post('/v1/searches', quadraticSpec), 'createSearch').id;
    await worker.claim(other, 1);
    const [trained] = body(await app.inject(`/v1/searches/${other}/trials`), 'listTrials').items;
    for (const searchId of [id, other]) {
      const forged = Buffer.from(JSON.stringify([1, searchId, trained!.id, 1, 1000, 0, null])).toString('base64url');
      problem(await giveBackRaw(trained!.id, { leaseToken: forged }), 'lease-lost');
    }
    expect((await trialOf(trained!.id)).status).toBe('running');
  });
});

describe('measuring', () => {
  test('a step again changes nothing, nor does an earlier one', async () => {
    const trial = await askOne(await create());
    await measure(trial, 2, 0.5);
    await measure(trial, 2, 0.1);
    await measure(trial, 1, 0.9);
    expect(await trialOf(trial.id)).toMatchObject({ step: 2, metrics: { 'dev.error': 0.5 } });
    const { items } = body(await app.inject(`/v1/trials/${trial.id}/measurements`), 'getMeasurements');
    expect(items.map(({ step, metrics }) => [step, metrics['dev.error']])).toEqual([
      [1, 0.9],
      [2, 0.5],
    ]);
  });

  test('renews the lease, and so does a heartbeat', async () => {
    const trial = await askOne(await create(), { leaseMs: 600_000 });
    const left = async () => {
      const rows = await runSql(
        database.url,
        `SELECT extract(epoch FROM lease_expires_at - now())::float8 AS s FROM trials WHERE id = '${trial.id}'`,
      );
      return Number((rows as unknown as { s: number }[])[0]?.s);
    };
    await expire(trial.id);
    expect((await measure(trial, 1, 0.5)).decision).toBe('continue'); // late, but nobody has taken it meanwhile
    expect(await left()).toBeGreaterThan(590);
    await expire(trial.id);
    const beat = await post(`/v1/trials/${trial.id}/heartbeat`, { leaseToken: trial.leaseToken });
    expect(body(beat, 'heartbeat')).toEqual({ decision: 'continue', reason: null });
    expect(await left()).toBeGreaterThan(590);
  });

  test('says to pause with the search; the trial comes back to who left it, at its step', async () => {
    const id = await create();
    const [mine] = (await ask(id, { count: 1, worker: 'a' })).trials;
    const other = await askOne(id, { worker: 'b' });
    await measure(other, 4, 0.5);
    await post(`/v1/searches/${id}/pause`);
    expect(await ask(id)).toEqual({ trials: [], done: false });
    expect(await measure(other, 5, 0.4)).toEqual({ decision: 'pause', reason: 'the search is paused' });
    expect((await measure(other, 5, 0.4)).decision).toBe('pause'); // the answer was lost on its way
    const beat = await post(`/v1/trials/${mine!.id}/heartbeat`, { leaseToken: mine!.leaseToken });
    expect(body(beat, 'heartbeat').decision).toBe('pause');
    expect((await searchOf(id)).progress).toMatchObject({ running: 0, paused: 2 });

    const before = await jobs();
    await post(`/v1/searches/${id}/resume`);
    expect(await jobs()).toBe(before);
    expect(await askOne(id, { worker: 'b' })).toMatchObject({ id: other.id, step: 5 });
    problem(await measureRaw(other.id, { leaseToken: other.leaseToken, step: 6, metrics: {} }), 'lease-lost');
  });

  test('says to stop when the trial or the search is cancelled, and why', async () => {
    const id = await create();
    const [one, two] = (await ask(id, { count: 2 })).trials;
    await post(`/v1/trials/${one!.id}/cancel`);
    expect(await measure(one!, 1, 0.5)).toEqual({ decision: 'stop', reason: 'the trial was cancelled' });
    expect((await finish(one!, { status: 'cancelled', reason: 'told to' })).status).toBe('cancelled');
    await post(`/v1/searches/${id}/cancel`);
    expect(await measure(two!, 1, 0.5)).toEqual({ decision: 'stop', reason: 'the search was cancelled' });
    expect((await finish(two!, { status: 'cancelled' })).metrics).toEqual({ 'dev.error': 0.5 });
    expect(await ask(id)).toEqual({ trials: [], done: true });
  });

  test.each([
    [{ step: -1 }, '/step'],
    [{ step: 1.5 }, '/step'],
    [{ step: 2 ** 31 }, '/step'],
    [{ metrics: { loss: 'high' } }, '/metrics/loss'],
    [{ leaseToken: 7 }, '/leaseToken'],
    [{ more: 1 }, '/more'],
  ])('refuses %j', async (changes, pointer) => {
    const request = { leaseToken: 'x', step: 1, metrics: {}, ...changes };
    expect(problem(await measureRaw('trl_x', request), 'invalid-request').errors).toMatchObject([{ pointer }]);
  });
});

describe('a lease', () => {
  test('that has run out lets another have the trial, at its step, with the attempt counted', async () => {
    const id = await create({ parallelism: 1 });
    const lost = await askOne(id, { worker: 'a', leaseMs: 1_000 });
    await measure(lost, 3, 0.5);
    await expire(lost.id);
    // Not at once where Postgres has only just started: then leases have a few seconds more.
    const looked = () => container.reconcile().then(() => trialOf(lost.id));
    await expect
      .poll(looked, { timeout: 20_000 })
      .toMatchObject({ status: 'queued', reason: 'worker a was lost at step 3' });
    problem(await measureRaw(lost.id, { leaseToken: lost.leaseToken, step: 4, metrics: {} }), 'lease-lost');
    const taken = await askOne(id, { worker: 'b' });
    expect(taken).toMatchObject({ id: lost.id, step: 3 });
    problem(await finishRaw(lost.id, { leaseToken: lost.leaseToken, ...completed(0.1) }), 'lease-lost');
    expect(await finish(taken, completed(0.2))).toMatchObject({ value: 0.2, attempts: 2, workerId: 'b' });
  });

  test('is given again to a worker of that name, and fences its earlier life', async () => {
    const id = await create();
    const before = (await ask(id, { count: 2, worker: 'a' })).trials;
    await measure(before[0]!, 2, 0.5);
    const after = (await ask(id, { count: 3, worker: 'a' })).trials;
    expect(after.map(({ number, step }) => [number, step])).toEqual([
      [0, 2],
      [1, 0],
      [2, 0],
    ]);
    problem(await measureRaw(before[0]!.id, { leaseToken: before[0]!.leaseToken, step: 3, metrics: {} }), 'lease-lost');
    expect((await measure(after[0]!, 3, 0.4)).decision).toBe('continue');
    expect((await askOne(id, { worker: 'b' })).number).toBe(3);
  });

  test('of a worker that comes back again and again without the trial is given up with it', async () => {
    const id = await create({ parallelism: 1 });
    const [first, second, third] = [
      await askOne(id, { worker: 'a' }),
      await askOne(id, { worker: 'a' }),
      await askOne(id, { worker: 'a' }),
    ];
    expect([second.id, third.id]).toEqual([first.id, first.id]);
    expect((await askOne(id, { worker: 'a' })).number).toBe(1);
    expect(await trialOf(first.id)).toMatchObject({
      status: 'failed',
      reason:
        'worker a was lost at step 0; 3 workers were lost with this trial. It was lost since the same name asked again: programs at work at the same time need names of their own',
    });
  });

  test('goes to one of many who ask at the same moment', async () => {
    const id = await create({ parallelism: 20 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(id, { count: 2 })));
    const numbers = answers.flatMap(({ trials }) => trials.map(({ number }) => number));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});

describe('a trial that is cancelled while it runs', () => {
  test('and of which nothing is heard again ends when its lease does, for that reason', async () => {
    const id = await create();
    const trial = await askOne(id);
    await post(`/v1/trials/${trial.id}/cancel`);
    await expire(trial.id);
    await worker.database.trials.reclaimExpired(3);
    const ended = await trialOf(trial.id);
    expect(ended).toMatchObject({ status: 'cancelled', reason: 'the trial was cancelled' });
    expect(ended.endedAt).not.toBeNull();
  });

  test('and fails, ends then and there', async () => {
    const id = await create();
    const [one, two] = (await ask(id, { count: 2 })).trials;
    await post(`/v1/trials/${one!.id}/cancel`);
    const failed = await finish(one!, { status: 'failed', reason: 'interrupted' });
    expect(failed).toMatchObject({ status: 'cancelled', reason: 'interrupted' });
    expect(failed.endedAt).not.toBeNull();
    await post(`/v1/searches/${id}/cancel`);
    expect((await finish(two!, { status: 'failed' })).endedAt).not.toBeNull();
    expect(await finish(two!, { status: 'failed' })).toMatchObject({ status: 'cancelled' }); // once more
  });
});

test('a trial that runs again says nothing of what ended its earlier attempts', async () => {
  const id = await create({ parallelism: 1 });
  const first = await askOne(id);
  await finish(first, { status: 'failed', reason: 'out of memory' });
  await runSql(database.url, `UPDATE trials SET retry_at = now() WHERE id = '${first.id}'`);
  await askOne(id, { worker: 'a' });
  expect(await trialOf(first.id)).toMatchObject({ status: 'running', reason: null });
  await post(`/v1/trials/${first.id}/cancel`);
  const again = await askOne(id, { worker: 'a' });
  expect(await measure(again, 1, 0.5)).toEqual({ decision: 'stop', reason: 'the trial was cancelled' });
});

describe('telling', () => {
  test('finishes many and gives the next in one call, with an answer for each', async () => {
    const id = await create({ parallelism: 4, stop: { maxTrials: 6 } });
    const first = await tell(id, { finishes: [], ask: 4 });
    expect(first.trials).toHaveLength(4);
    const [a, b, c, d] = first.trials;
    const finishes = [
      { trialId: a!.id, leaseToken: a!.leaseToken, ...completed(0.4) },
      { trialId: b!.id, leaseToken: b!.leaseToken, ...completed(null) },
      { trialId: c!.id, leaseToken: a!.leaseToken, ...completed(0.2) },
      { trialId: 'trl_x', leaseToken: d!.leaseToken, ...completed(0.2) },
      { trialId: d!.id, leaseToken: d!.leaseToken, status: 'failed' as const },
    ];
    const told = await tell(id, { finishes, ask: 10 });
    expect(told.finishes.map(({ status, problem: p }) => [status, p?.code])).toEqual([
      ['completed', undefined],
      ['infeasible', undefined],
      [null, 'lease-lost'],
      [null, 'lease-lost'],
      ['queued', undefined],
    ]);
    // The failed one is tried again a little later.
    expect(told.trials.map(({ number }) => number)).toEqual([4, 5]);
    expect((await tell(id, { finishes: finishes.slice(0, 2) })).finishes.map(({ problem: p }) => p)).toEqual([
      null,
      null,
    ]);
    await runSql(database.url, `UPDATE trials SET retry_at = now() WHERE id = '${d!.id}'`);
    const retried = await tell(id, { finishes: [], ask: 1 });
    expect(retried.trials.map(({ number }) => number)).toEqual([3]);
    const rest = [c!, ...told.trials, ...retried.trials].map(({ id: trialId, leaseToken }) => ({
      trialId,
      leaseToken,
      ...completed(0.3),
    }));
    expect(await tell(id, { finishes: rest, ask: 1 })).toMatchObject({ trials: [], done: true });
    expect(await searchOf(id)).toMatchObject({ status: 'completed', progress: { completed: 5, infeasible: 1 } });
  });

  test('stores nothing when one finish makes no sense', async () => {
    const id = await create();
    const [a, b] = (await ask(id, { count: 2 })).trials;
    const good = { trialId: a!.id, leaseToken: a!.leaseToken, ...completed(0.4) };
    const bad = { trialId: b!.id, leaseToken: b!.leaseToken, status: 'completed', metrics: {} };
    const answer = await post(`/v1/searches/${id}/tell`, { finishes: [good, bad, good] });
    expect(problem(answer, 'invalid-request').errors).toMatchObject([
      { pointer: '/finishes/1/metrics' },
      { pointer: '/finishes/2/trialId' },
    ]);
    expect((await trialOf(a!.id)).status).toBe('running');
  });
});

describe('a target value', () => {
  test('ends a strict search only when no earlier trial can reach it, and makes the trials of its window', async () => {
    const id = await create({ parallelism: 2, stop: { maxTrials: 50, targetValue: 0.1 } });
    const [a, b] = (await ask(id, { count: 2 })).trials;
    await finish(b!, completed(0.05));
    expect(await searchOf(id)).toMatchObject({ status: 'running' });
    expect(await ask(id)).toEqual({ trials: [], done: false }); // number 2 waits for number 0
    await finish(a!, completed(0.5));
    const window = (await ask(id, { count: 9 })).trials;
    expect(window.map(({ number }) => number)).toEqual([2]);
    await finish(window[0]!, completed(0.4));
    expect(await ask(id)).toEqual({ trials: [], done: true });
    expect((await searchOf(id)).reason).toBe('trial 1 reached the target 0.1');
  });
});

describe('adding trials', () => {
  const add = (id: string, trials: readonly object[]) =>
    post(`/v1/searches/${id}/trials`, { trials: trials.map((params) => ({ params })) });

  test('queues them with the next numbers, for workers as well as for code outside', async () => {
    const id = await create();
    const { items } = body(await add(id, [{ learningRate: 0.5 }, { learningRate: 1 }]), 'addTrials');
    expect(items.map(({ number, params }) => [number, params['learningRate']])).toEqual([
      [4, 0.5],
      [5, 1],
    ]);
    expect(items[0]).toMatchObject({ status: 'queued', proposal: 'given by the caller' });
    expect((await ask(id, { count: 9 })).trials.at(-1)?.params).toEqual({ epochs: 3, learningRate: 1 });

    const native = body(await post('/v1/searches', quadraticSpec), 'createSearch').id;
    body(await add(native, [{ learningRate: 0.5 }]), 'addTrials');
    expect(await worker.finish(native, () => [{ cost: 1 }], 9)).toBe(9);
  });

  test.each([
    [{ kind: 'grid', levels: 9 }, 9],
    [{ kind: 'random' }, 7],
  ])('keeps %o from no configuration, and has none tried twice', async (sampler, trials) => {
    const space = { units: { kind: 'int', min: 1, max: 7 } };
    const id = await create({ space, sampler, stop: { maxTrials: trials }, parallelism: 1 });
    const tried: unknown[] = [];
    const next = async () => {
      const trial = await askOne(id);
      tried.push(trial.params['units']);
      await finish(trial, completed(1));
    };
    await next();
    // one that has been tried takes nothing from a grid, one that has not takes its own place
    const [first] = tried;
    const other = first === 4 ? 5 : 4;
    const added = sampler.kind === 'grid' ? [{ units: first }, { units: other }] : [{ units: other }];
    body(await add(id, added), 'addTrials');
    expect((await searchOf(id)).progress.total).toBe(sampler.kind === 'grid' ? 8 : 7);
    while ((await searchOf(id)).status === 'running') await next();
    expect(new Set(tried)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(tried).toHaveLength(sampler.kind === 'grid' ? 8 : 7);
  });

  test('refuses what is no point of the space, with a pointer to it', async () => {
    const optimizer = { kind: 'categorical', choices: ['gd', 'adam'] };
    const beta2 = { kind: 'float', min: 0.9, max: 0.999, when: { optimizer: ['adam'] } };
    const id = await create({ space: { ...SPEC.space, optimizer, beta2 } });
    const wrong = [
      { learningRate: 2, optimizer: 'adam', beta2: 0.95 },
      { optimizer: 'sgd' },
      { learningRate: 0.1, optimizer: 'gd', beta2: 0.95 },
      { learningRate: 0.1, optimizer: 'adam', epochs: 3 },
    ];
    const { errors } = problem(await add(id, wrong), 'invalid-request');
    expect(errors).toEqual([
      { pointer: '/trials/0/params/learningRate', message: 'must be a number from 0.001 to 1' },
      { pointer: '/trials/1/params/learningRate', message: 'is needed' },
      { pointer: '/trials/1/params/optimizer', message: 'must be one of "gd", "adam"' },
      { pointer: '/trials/2/params/beta2', message: 'exists only where optimizer is "adam"' },
      { pointer: '/trials/3/params/epochs', message: 'the space has no parameter "epochs"' },
      { pointer: '/trials/3/params/beta2', message: 'is needed' },
    ]);
    expect((await searchOf(id)).progress.queued).toBe(4);
  });

  test('are handed out before those that the sampler has ready', async () => {
    const id = await create({ parallelism: 4 });
    expect(body(await add(id, [{ learningRate: 0.1 }, { learningRate: 0.2 }]), 'addTrials').items).toHaveLength(2);
    const { trials } = await ask(id, { count: 3 });
    expect(trials.map(({ number, params }) => [number, params['learningRate']])).toEqual([
      [0, expect.any(Number)],
      [4, 0.1],
      [5, 0.2],
    ]);
  });

  test('holds to the number of trials, and to the end of the search', async () => {
    const id = await create({ stop: { maxTrials: 5 } });
    const two = [{ learningRate: 0.1 }, { learningRate: 0.2 }];
    expect(problem(await add(id, two), 'invalid-request').errors).toEqual([
      { pointer: '/trials', message: 'are too many: stop.maxTrials leaves room for 1' },
    ]);
    expect(body(await add(id, two.slice(1)), 'addTrials').items).toHaveLength(1);
    await post(`/v1/searches/${id}/cancel`);
    problem(await add(id, two.slice(1)), 'search-ended');
    problem(await add('srch_x', two), 'search-not-found');
  });
});

describe('a trial that was to pause, and is finished all the same', () => {
  const pauseSearch = (id: string) => post(`/v1/searches/${id}/pause`);
  const detailOf = async (trial: Asked, request: object) =>
    problem(await finishRaw(trial.id, { leaseToken: trial.leaseToken, ...request })).detail;

  test('has its result, in a search that is paused, resumed, or waits for a person', async () => {
    const id = await create();
    const first = await askOne(id);
    const second = await askOne(id);
    const third = await askOne(id);
    await post(`/v1/trials/${third.id}/pause`);
    expect((await measure(third, 1, 0.3)).decision).toBe('pause');
    expect((await finish(third, completed(0.25))).value).toBe(0.25);
    await pauseSearch(id);
    for (const trial of [first, second]) expect((await measure(trial, 1, 0.5)).decision).toBe('pause');
    const ended = await finish(first, completed(0.125));
    expect(ended).toMatchObject({ status: 'completed', value: 0.125, attempts: 1 });
    expect(await finish(first, completed(0.125))).toEqual(ended);
    problem(await finishRaw(first.id, { leaseToken: first.leaseToken, ...completed(0.5) }), 'trial-ended');
    await post(`/v1/searches/${id}/resume`);
    expect((await trialOf(second.id)).status).toBe('queued');
    expect(
      (await tell(id, { finishes: [{ trialId: second.id, leaseToken: second.leaseToken, ...completed(null) }] }))
        .finishes,
    ).toEqual([{ trialId: second.id, status: 'infeasible', problem: null }]);
    expect((await searchOf(id)).progress).toMatchObject({ completed: 2, infeasible: 1, paused: 0 });
    const { items } = body(await app.inject(`/v1/trials/${second.id}/history`), 'getTrialHistory');
    expect(items.map(({ status }) => status)).toEqual(['queued', 'running', 'paused', 'queued', 'infeasible']);
  });

  test('has what it measured meanwhile, so that a finish without metrics is no older one', async () => {
    const id = await create();
    const trial = await askOne(id);
    await pauseSearch(id);
    expect(await measure(trial, 1, 0.5)).toEqual({ decision: 'pause', reason: 'the search is paused' });
    expect(await measure(trial, 2, 0.25)).toEqual({ decision: 'pause', reason: 'the search is paused' });
    await post(`/v1/searches/${id}/resume`);
    const told = await measure(trial, 3, 0.125);
    expect(told).toEqual({ decision: 'pause', reason: 'it was paused, and is handed out again to who asks' });
    expect(await trialOf(trial.id)).toMatchObject({ status: 'queued', step: 3 });
    const ended = await finish(trial, { status: 'completed' });
    expect(ended).toMatchObject({ status: 'completed', step: 3, metrics: { 'dev.error': 0.125 } });
  });

  test('needs its objective still', async () => {
    const id = await create();
    const trial = await askOne(id);
    await pauseSearch(id);
    const beat = await post(`/v1/trials/${trial.id}/heartbeat`, { leaseToken: trial.leaseToken });
    expect(body(beat, 'heartbeat').decision).toBe('pause');
    const silent = { leaseToken: trial.leaseToken, status: 'completed' };
    expect(problem(await finishRaw(trial.id, silent), 'invalid-request').errors).toMatchObject([
      { pointer: '/metrics' },
    ]);
    expect((await trialOf(trial.id)).status).toBe('paused');
  });

  test('waits where nothing came of it, and is told so', async () => {
    const id = await create();
    const trial = await askOne(id);
    await pauseSearch(id);
    await measure(trial, 1, 0.5);
    for (const status of ['failed', 'pruned', 'cancelled'] as const) {
      problem(await finishRaw(trial.id, { leaseToken: trial.leaseToken, status }), 'lease-lost');
    }
    expect(await detailOf(trial, { status: 'pruned' })).toBe(
      'The lease has ended: the trial is paused (the search is paused). Leave it, and ask for the next: when it goes on it is handed out again',
    );
    expect(await trialOf(trial.id)).toMatchObject({ status: 'paused', attempts: 1 });
  });

  test("is another's once somebody else has it, or its end, and is told so", async () => {
    const id = await create();
    const trial = await askOne(id);
    const other = await askOne(id);
    await pauseSearch(id);
    for (const one of [trial, other]) await measure(one, 1, 0.5);
    await post(`/v1/trials/${other.id}/cancel`);
    expect(await detailOf(other, completed(0.1))).toBe(
      'The trial has ended before, as cancelled (the trial was cancelled)',
    );
    await post(`/v1/searches/${id}/resume`);
    const again = await askOne(id);
    expect(again.id).toBe(trial.id);
    expect(await detailOf(trial, completed(0.1))).toBe(
      'The trial has been handed out again since: attempt 2 counts, and this is attempt 1. Leave it, and ask for the next',
    );
    problem(await measureRaw(trial.id, { leaseToken: trial.leaseToken, step: 2, metrics: {} }), 'lease-lost');
    expect((await finish(again, completed(0.5))).value).toBe(0.5);
  });

  test('does not count beyond where its scheduler compares it', async () => {
    const scheduler = { kind: 'asha', minResource: 1, maxResource: 9, eta: 3 };
    const id = await create({ scheduler, parallelism: 1, stop: { maxTrials: 9 } });
    const trial = await askOne(id);
    await pauseSearch(id);
    const beat = await post(`/v1/trials/${trial.id}/heartbeat`, { leaseToken: trial.leaseToken });
    expect(body(beat, 'heartbeat').decision).toBe('pause');
    expect((await measure(trial, 1, 0.5)).decision).toBe('pause'); // where it is compared
    await measure(trial, 9, 0.01);
    expect(await detailOf(trial, completed(0.01))).toBe(
      'The trial was to pause at step 1, where its scheduler compares it: what it comes to after that does not count. Leave it, and ask for the next: when it goes on it is handed out again',
    );
    const rungs = body(await app.inject(`/v1/searches/${id}/rungs`), 'getSearchRungs').items;
    expect(rungs).toMatchObject([{ step: 1, arrived: 1, best: 0.5 }]);
    expect(await trialOf(trial.id)).toMatchObject({ status: 'paused', step: 1, metrics: { 'dev.error': 0.5 } });
  });
});

describe('a scheduler', () => {
  test('pauses trials at its rungs, has the best go on at their step, and stops the rest', async () => {
    const scheduler = { kind: 'asha', minResource: 1, maxResource: 9, eta: 3 };
    const id = await create({ scheduler, parallelism: 1, stop: { maxTrials: 9 } });
    const heard: string[] = [];
    for (let calls = 0; calls < 200; calls++) {
      const { trials, done } = await ask(id, { worker: 'a' });
      if (done) break;
      const trial = trials[0]!;
      for (let step = trial.step + 1; ; step++) {
        const error = 1 / (trial.number + 1) / step;
        const { decision } = await measure(trial, step, error);
        if (decision === 'pause') {
          heard.push(`${trial.number}@${step}`);
          break;
        }
        if (step === 9) {
          await finish(trial, completed(error));
          break;
        }
      }
    }
    const search = await searchOf(id);
    expect(search).toMatchObject({ status: 'completed', progress: { total: 9, paused: 0, running: 0 } });
    expect(search.progress.pruned).toBe(9 - search.progress.completed);
    expect(heard).toEqual(expect.arrayContaining(['0@1', '8@1', '2@3']));
    expect(heard.filter((one) => one.endsWith('@1'))).toHaveLength(9);
  });

  test('has said to pause, and says so again when the call is repeated, whatever it decided meanwhile', async () => {
    const scheduler = { kind: 'asha', minResource: 1, maxResource: 9, eta: 3 };
    const id = await create({ scheduler, parallelism: 2, stop: { maxTrials: 4 } });
    const arrivals: { readonly trial: Asked; readonly number: number; readonly step: number; readonly said: object }[] =
      [];
    for (let calls = 0; calls < 50; calls++) {
      const { trials, done } = await ask(id, { count: 2 });
      if (done) break;
      for (const trial of trials) {
        for (let step = trial.step + 1; step <= 9; step++) {
          const said = await measure(trial, step, trial.number);
          if (said.decision === 'continue') continue;
          arrivals.push({ trial, number: trial.number, step, said });
          break;
        }
        await finishRaw(trial.id, { leaseToken: trial.leaseToken, ...completed(trial.number) });
      }
    }
    // Of each trial the last one that it came to: others stand for earlier attempts.
    const last = new Map(arrivals.map((arrival) => [arrival.number, arrival]));
    let repeated = 0;
    for (const { trial, number, step, said } of last.values()) {
      if ((await trialOf(trial.id)).status !== 'pruned') continue;
      expect(await measure(trial, step, number)).toEqual(said);
      repeated++;
    }
    expect(repeated).toBeGreaterThan(0);
  });

  test.each(['strict', 'throughput'])(
    'goes on with trials that end beyond its next step without a word on the way (%s)',
    async (reproducibility) => {
      for (const kind of ['asha', 'median', 'hyperband']) {
        const scheduler = kind === 'median' ? { kind, startup: 1, maxResource: 9 } : { kind, maxResource: 9 };
        const id = await create({ scheduler, reproducibility, parallelism: 2, stop: { maxTrials: 5 } });
        let ended = 0;
        for (let calls = 0; calls < 20 && ended < 5; calls++) {
          const { trials } = await ask(id, { count: 2 });
          for (const trial of trials) {
            await finish(trial, { ...completed(trial.number), step: 9 });
            ended++;
          }
          // Another spec has what decides begin anew, as another process would.
          body(
            await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { parallelism: 3 } }),
            'patchSearch',
          );
        }
        expect(await ask(id)).toEqual({ trials: [], done: true });
        expect((await searchOf(id)).progress).toMatchObject({ total: 5, completed: 5 });
      }
    },
  );
});
