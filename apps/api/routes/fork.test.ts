import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, worker, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

/** A running trial of a search. */
async function trialOf(spec: object) {
  const payload = { ...quadraticSpec, ...spec };
  const search = body(await app.inject({ method: 'POST', url: '/v1/searches', payload }), 'createSearch');
  await worker.claim(search.id, 1);
  const [trial] = body(await app.inject(`/v1/searches/${search.id}/trials?limit=1`), 'listTrials').items;
  return { search, trial: trial! };
}
const fork = (id: string, payload?: object, headers = {}) =>
  app.inject({ method: 'POST', url: `/v1/trials/${id}/fork`, headers, ...(payload && { payload }) });

const MLP = {
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 20, l2: 0.1 } },
  space: {
    learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
    hiddenUnits: { kind: 'int', min: 16, max: 256, scale: 'log' },
    optimizer: { kind: 'categorical', choices: ['adam'] },
    beta2: { kind: 'float', min: 0.9, max: 0.9999, scale: 'oneMinusLog', when: { optimizer: ['adam'] } },
  },
  sampler: { kind: 'random' },
} as const;

describe('a fork', () => {
  test('searches around what the trial has now, changes by hand counted in', async () => {
    const { search, trial } = await trialOf(MLP);
    const change = { learningRate: 2, l2: 0.5, epochs: 30 };
    await app.inject({ method: 'PATCH', url: `/v1/trials/${trial.id}/params`, payload: change });
    const held = { trialId: trial.id, attempt: 1 };
    await worker.database.edits.settle(held, { step: 3, outcomes: [{ number: 1, refusal: null }] });
    const response = await fork(trial.id);
    expect(response.statusCode).toBe(201);
    const forked = body(response, 'forkTrial');
    expect(response.headers['location']).toBe(`/v1/searches/${forked.id}`);
    expect(forked).toMatchObject({ name: 'a parabola, around trial 0', seed: search.seed, status: 'running' });
    expect(forked.spec).toMatchObject({
      trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 30, l2: 0.5 } },
      stop: { maxTrials: 20 },
      trials: [{ ...trial.params, learningRate: 2 }],
      // The bounds are those of the user, who has put the value there.
      space: { learningRate: { max: 2, scale: 'log' }, optimizer: { choices: ['adam'] } },
    });
    const [first, second] = body(await app.inject(`/v1/searches/${forked.id}/trials`), 'listTrials').items;
    expect(first?.params).toEqual({ ...trial.params, learningRate: 2 });
    const { learningRate, hiddenUnits } = forked.spec.space as Record<string, { min: number; max: number }>;
    for (const [name, domain] of Object.entries({ learningRate, hiddenUnits })) {
      const value = second?.params[name] as number;
      expect(value).toBeGreaterThanOrEqual(domain!.min);
      expect(value).toBeLessThanOrEqual(domain!.max);
    }
    expect(Math.log10(learningRate!.max / learningRate!.min)).toBeCloseTo(0.25 * Math.log10(2 / 1e-4), 1);
  });

  test.each(['🐟'.repeat(200), `x${'🐟'.repeat(199)}`])('cuts no character of a long name in half', async (name) => {
    const { trial } = await trialOf({ name });
    const forked = body(await fork(trial.id), 'forkTrial');
    expect(forked.name).toBe(`${[...name].slice(0, 160).join('')}, around trial 0`);
    // Half a character in one spec had Postgres refuse whatever read the others too.
    expect((await fork(trial.id)).statusCode).toBe(201);
  });

  test('takes what the body says, and the same key once', async () => {
    const { trial } = await trialOf(MLP);
    const payload = {
      name: 'mine',
      stop: { maxTrials: 3 },
      sampler: { kind: 'sobol' },
      parallelism: 2,
      seed: 5,
      width: 0.5,
    } as const;
    const headers = { 'Idempotency-Key': 'fork-1' };
    const first = body(await fork(trial.id, payload, headers), 'forkTrial');
    expect(first).toMatchObject({ name: 'mine', seed: 5, spec: { sampler: { kind: 'sobol' }, parallelism: 2 } });
    const again = await fork(trial.id, payload, headers);
    expect([again.statusCode, body(again, 'forkTrial').id]).toEqual([200, first.id]);
    problem(await fork(trial.id, { ...payload, seed: 6 }, headers), 'idempotency-conflict');

    // Also when what a fork would come to is another by now.
    const url = `/v1/searches/${trial.searchId}`;
    await app.inject({ method: 'PATCH', url, payload: { name: 'renamed' } });
    await app.inject({ method: 'PATCH', url: `/v1/trials/${trial.id}/params`, payload: { l2: 0.3 } });
    expect(body(await fork(trial.id, payload, headers), 'forkTrial').id).toBe(first.id);
  });

  test.each([
    ['a grid by name', { sampler: { kind: 'grid', levels: { learningRate: 3, optimizer: 2 } } }],
    ['more rounds than trials', { sampler: { kind: 'coarse-to-fine', rounds: 30 }, stop: { maxTrials: 100 } }],
    ['a scheduler', { scheduler: { kind: 'asha', minResource: 2, eta: 3 } }],
    ['a median rule', { scheduler: { kind: 'median' } }],
    ['population based training', { scheduler: { kind: 'pbt', population: 4 } }],
    ['only a target value', { stop: { targetValue: 0.001 } }],
    [
      'several objectives',
      {
        objective: [
          { metric: 'dev.error', direction: 'minimize' },
          { metric: 'dev.loss', direction: 'minimize' },
        ],
      },
    ],
    ['given trials', { trials: [{ learningRate: 0.1, hiddenUnits: 20, optimizer: 'adam', beta2: 0.95 }] }],
    ['nothing but a choice', { space: { optimizer: { kind: 'categorical', choices: ['gd', 'adam'] } } }],
  ])('of a search with %s is a search that can be made', async (_, change) => {
    const { trial } = await trialOf({ ...MLP, ...change });
    const forked = body(await fork(trial.id), 'forkTrial');
    expect(forked.spec.trials).toEqual([trial.params]);
    const [first] = body(await app.inject(`/v1/searches/${forked.id}/trials`), 'listTrials').items;
    expect(first?.params).toEqual(trial.params);
  });

  test('of a trial that has ended is one too', async () => {
    const { search, trial } = await trialOf({ sampler: { kind: 'random' } });
    await app.inject({ method: 'POST', url: `/v1/searches/${search.id}/cancel` });
    expect((await fork(trial.id)).statusCode).toBe(201);
  });

  test('refuses what makes no sense', async () => {
    const { trial } = await trialOf(MLP);
    for (const [payload, pointer] of [
      [{ width: 0 }, '/width'],
      [{ stop: {} }, '/stop'],
      [{ space: {} }, '/space'],
    ] as const) {
      expect(problem(await fork(trial.id, payload), 'invalid-request').errors?.[0]?.pointer).toBe(pointer);
    }
    const rounds = { sampler: { kind: 'coarse-to-fine', rounds: 30 }, stop: { maxTrials: 10 } };
    expect(problem(await fork(trial.id, rounds), 'invalid-spec').errors?.[0]?.pointer).toBe('/sampler/rounds');
    problem(await fork('trl_none'), 'trial-not-found');
  });
});
