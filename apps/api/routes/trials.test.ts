import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, worker, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

async function createSearch(change: object = {}): Promise<string> {
  const payload = { ...quadraticSpec, ...change };
  return body(await app.inject({ method: 'POST', url: '/v1/searches', payload }), 'createSearch').id;
}
const trialsOf = async (id: string, query = '') =>
  body(await app.inject(`/v1/searches/${id}/trials${query}`), 'listTrials');

describe('the trials of a search', () => {
  test('that end with an objective that is not finite are infeasible, whoever trained them', async () => {
    const objective = ['cost', 'w'].map((metric) => ({ metric, direction: 'minimize' }));
    const id = await createSearch({ parallelism: 2, objective });
    await worker.finish(id, ({ number }) => [{ cost: 2, w: number === 0 ? null : 1 }], 2);
    const { items } = await trialsOf(id, '?limit=2');
    expect(items.map(({ status, value, reason }) => [status, value, reason])).toEqual([
      ['infeasible', null, 'w is not finite'],
      ['completed', 2, null],
    ]);
  });

  test('come by number, over pages, each once', async () => {
    const id = await createSearch({ parallelism: 20 });
    const numbers: number[] = [];
    let query = '?limit=7';
    for (;;) {
      const { items, nextCursor } = await trialsOf(id, query);
      numbers.push(...items.map(({ number }) => number));
      if (nextCursor === null) break;
      query = `?limit=7&cursor=${nextCursor}`;
    }
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, number) => number));
  });

  test('are filtered by status', async () => {
    const id = await createSearch({ parallelism: 10 });
    await worker.finish(id, () => [{ cost: 1 }], 3);
    const { items } = await trialsOf(id, '?status=completed');
    expect(items.map(({ number, status }) => [number, status])).toEqual(
      [0, 1, 2].map((number) => [number, 'completed']),
    );
    problem(await app.inject(`/v1/searches/${id}/trials?status=done`), 'invalid-request');
  });
});

describe('a trial', () => {
  test('shows what was proposed and what came of it', async () => {
    const id = await createSearch();
    await worker.finish(id, () => [{ cost: 9 }, { cost: 4, w: 3 }], 1);
    const [listed] = (await trialsOf(id)).items;
    const trial = body(await app.inject(`/v1/trials/${listed?.id}`), 'getTrial');
    expect(trial).toEqual(listed);
    expect(trial).toMatchObject({
      searchId: id,
      number: 0,
      status: 'completed',
      value: 4,
      step: 2,
      metrics: { cost: 4, w: 3 },
      attempts: 1,
      durationMs: 20,
      round: null,
      basis: { sampler: 'gp', trials: [] },
    });
    expect(trial.proposal).not.toBe('');
  });

  test('that diverged is infeasible, without a value', async () => {
    const id = await createSearch();
    await worker.finish(id, () => [{ cost: null }], 1);
    expect((await trialsOf(id)).items[0]).toMatchObject({
      status: 'infeasible',
      value: null,
      metrics: { cost: null },
      reason: 'the loss diverged',
    });
  });

  test.each(['trl_none', 'x', 'a%00b'])('%s is not there', async (id) => {
    problem(await app.inject(`/v1/trials/${id}`), 'trial-not-found');
    problem(await app.inject(`/v1/trials/${id}/measurements`), 'trial-not-found');
    problem(await app.inject({ method: 'POST', url: `/v1/trials/${id}/cancel` }), 'trial-not-found');
  });
});

describe('the learning curve', () => {
  test('has every step; smoothed and thinned on request', async () => {
    const id = await createSearch();
    const timing = { seconds: 0.01, samplesPerSecond: null };
    await worker.finish(id, () => Array.from({ length: 50 }, (_, i) => ({ cost: i < 10 ? null : i, w: 2 })), 1);
    const url = `/v1/trials/${(await trialsOf(id)).items[0]?.id}/measurements`;
    const { items } = body(await app.inject(url), 'getMeasurements');
    expect(items.map(({ step }) => step)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(items[9]).toEqual({ step: 10, metrics: { cost: null, w: 2 }, elapsedMs: 100, timing });

    const smooth = body(await app.inject(`${url}?beta=0.9&maxPoints=5`), 'getMeasurements').items;
    expect(smooth).toHaveLength(5);
    expect([smooth[0]?.step, smooth[4]?.step]).toEqual([1, 50]);
    // With bias correction the average of a constant is the constant, from the first step on.
    for (const point of smooth) expect(point.smoothed?.['w']).toBeCloseTo(2, 12);
    expect(smooth[0]?.smoothed?.['cost']).toBeNull();
    expect(body(await app.inject(`${url}?beta=0`), 'getMeasurements').items[49]?.smoothed).toEqual({ cost: 49, w: 2 });
  });

  test('is empty before the first step', async () => {
    const id = await createSearch();
    const [trial] = (await trialsOf(id)).items;
    expect(body(await app.inject(`/v1/trials/${trial?.id}/measurements`), 'getMeasurements')).toEqual({ items: [] });
  });

  test.each(['maxPoints=1', 'maxPoints=10001', 'maxPoints=x', 'beta=1', 'beta=-0.1', 'beta=x', 'beta=0&beta=0'])(
    'refuses ?%s',
    async (query) => {
      const { errors } = problem(await app.inject(`/v1/trials/trl_x/measurements?${query}`), 'invalid-request');
      expect(errors).toMatchObject([{ parameter: query.split('=')[0] }]);
    },
  );
});

test('a trial says what it ran on', async () => {
  const id = await createSearch();
  await worker.claim(id, 1);
  const [first, second] = (await trialsOf(id)).items;
  const ran = body(await app.inject(`/v1/trials/${first?.id}`), 'getTrial');
  expect(ran).toMatchObject({ workerId: worker.id, provenance: { node: process.version } });
  expect(body(await app.inject(`/v1/trials/${second?.id}`), 'getTrial').provenance).toBeNull();
});

describe('pausing a trial', () => {
  const act = (id: string, what: 'pause' | 'resume') => app.inject({ method: 'POST', url: `/v1/trials/${id}/${what}` });

  test('keeps it, and its search, open until it is resumed; both can be repeated', async () => {
    const search = await createSearch({ stop: { maxTrials: 2 }, sampler: { kind: 'random' } });
    const id = (await trialsOf(search)).items[0]!.id;
    for (let twice = 0; twice < 2; twice++) {
      expect(body(await act(id, 'pause'), 'pauseTrial')).toMatchObject({ status: 'paused', reason: 'paused by hand' });
    }
    expect(await worker.finish(search, () => [{ cost: 1 }])).toBe(1);
    const open = body(await app.inject(`/v1/searches/${search}`), 'getSearch');
    expect(open).toMatchObject({ status: 'running', progress: { completed: 1, paused: 1 } });
    for (let twice = 0; twice < 2; twice++) {
      expect(body(await act(id, 'resume'), 'resumeTrial')).toMatchObject({ status: 'queued', reason: null });
    }
    expect(await worker.finish(search, () => [{ cost: 2 }])).toBe(1);
    expect(body(await app.inject(`/v1/searches/${search}`), 'getSearch').status).toBe('completed');
    problem(await act(id, 'pause'), 'trial-ended');
    problem(await act(id, 'resume'), 'trial-ended');
  });

  test('gives its place to another', async () => {
    const search = await createSearch({ parallelism: 2, sampler: { kind: 'random' } });
    await worker.claim(search, 2);
    const { items } = await trialsOf(search);
    expect(items).toHaveLength(2);
    expect(body(await act(items[0]!.id, 'pause'), 'pauseTrial').status).toBe('running');
    await act((await trialsOf(search)).items[1]!.id, 'pause');
    await worker.database.trials.release(
      items.map(({ id }) => ({ trialId: id, attempt: 1, to: 'paused' as const, reason: null, checkpoint: null })),
    );
    await act(items[0]!.id, 'pause');
    expect((await trialsOf(search)).items.map(({ status }) => status)).toEqual([
      'paused',
      'paused',
      'queued',
      'queued',
    ]);
  });

  test('of a trial that is not there', async () => {
    problem(await act('trl_none', 'pause'), 'trial-not-found');
    problem(await act('trl_none', 'resume'), 'trial-not-found');
  });
});

describe('cancelling a trial', () => {
  test('ends a queued one at once, and can be repeated', async () => {
    const id = await createSearch();
    const [first] = (await trialsOf(id)).items;
    const cancel = { method: 'POST', url: `/v1/trials/${first?.id}/cancel` } as const;
    expect(body(await app.inject(cancel), 'cancelTrial')).toMatchObject({ id: first?.id, status: 'cancelled' });
    expect(body(await app.inject(cancel), 'cancelTrial').status).toBe('cancelled');
  });

  test('leaves a running one to stop at its next step', async () => {
    const id = await createSearch();
    await worker.claim(id, 1);
    const [first] = (await trialsOf(id)).items;
    const response = await app.inject({ method: 'POST', url: `/v1/trials/${first?.id}/cancel` });
    expect(body(response, 'cancelTrial').status).toBe('running');
  });

  test('comes too late for one that has ended', async () => {
    const id = await createSearch();
    await worker.finish(id, () => [{ cost: 1 }], 1);
    const [first] = (await trialsOf(id)).items;
    problem(await app.inject({ method: 'POST', url: `/v1/trials/${first?.id}/cancel` }), 'trial-ended');
  });
});
