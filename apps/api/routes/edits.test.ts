import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, worker, container, close } = await createTestApp({
  database: await createTestDatabase(),
  redis: testRedis(),
});
afterAll(close);

/** A trial of a search; running unless it is told otherwise. */
async function trialOf(spec: object = {}, running = true): Promise<string> {
  const payload = { ...quadraticSpec, ...spec };
  const { id } = body(await app.inject({ method: 'POST', url: '/v1/searches', payload }), 'createSearch');
  if (running) await worker.claim(id, 1);
  return body(await app.inject(`/v1/searches/${id}/trials?limit=1`), 'listTrials').items[0]!.id;
}
const patch = (id: string, payload: object) => app.inject({ method: 'PATCH', url: `/v1/trials/${id}/params`, payload });
const editsOf = async (id: string) => body(await app.inject(`/v1/trials/${id}/edits`), 'getTrialEdits').items;

describe('taking a trial back', () => {
  const rewind = (id: string, payload: object) =>
    app.inject({ method: 'POST', url: `/v1/trials/${id}/rewind`, payload });

  /** A running trial that is measured up to a step. */
  async function trialUpTo(steps: number): Promise<string> {
    const id = await trialOf();
    const reports = Array.from({ length: steps }, (_, i) => {
      return { trialId: id, attempt: 1, step: i + 1, metrics: { cost: steps - i }, elapsedMs: i };
    });
    await worker.database.trials.record(reports, 60_000);
    return id;
  }

  test('supersedes what was measured since, and is logged', async () => {
    const id = await trialUpTo(5);
    const trial = body(await rewind(id, { step: 2 }), 'rewindTrial');
    expect(trial).toMatchObject({ status: 'queued', step: 2, metrics: { cost: 4 } });
    const curve = async (query = '') =>
      body(await app.inject(`/v1/trials/${id}/measurements${query}`), 'getMeasurements').items.map(({ step }) => step);
    expect(await curve()).toEqual([1, 2]);
    expect(await curve('?supersededBy=1')).toEqual([3, 4, 5]);
    expect(await curve('?supersededBy=2')).toEqual([]);
    expect(await editsOf(id)).toMatchObject([{ number: 1, kind: 'rewind', state: 'applied', step: 2, params: {} }]);
    problem(await app.inject(`/v1/trials/${id}/measurements?supersededBy=0`), 'invalid-request');
  });

  test.each([
    [{ step: 5 }, /must be from 0 to below 5, the step it is at/],
    [{ step: 9 }, /must be from 0 to below 5/],
    [{ step: -1 }, /./],
    [{ step: 1.5 }, /./],
    [{}, /./],
  ])('refuses %j', async (payload, message) => {
    const { errors } = problem(await rewind(await trialUpTo(5), payload), 'invalid-request');
    expect(errors).toMatchObject([{ pointer: '/step', message: expect.stringMatching(message) }]);
  });

  test('is for trials that have begun and not ended, and whose training is ours', async () => {
    problem(await rewind(await trialOf({}, false), { step: 0 }), 'trial-not-running');
    const { errors } = problem(await rewind(await trialOf(), { step: 0 }), 'invalid-request');
    expect(errors).toMatchObject([{ message: 'has nothing to go back to: the trial is at step 0' }]);
    const objective = { metric: 'loss', direction: 'minimize' };
    problem(
      await rewind(await trialOf({ trainer: { kind: 'external' }, objective }, false), { step: 0 }),
      'trial-not-editable',
    );
    problem(await rewind('trl_none', { step: 0 }), 'trial-not-found');
    const id = await trialUpTo(2);
    const { searchId } = body(await app.inject(`/v1/trials/${id}`), 'getTrial');
    await container.orchestrator.cancelSearch(searchId);
    problem(await rewind(id, { step: 1 }), 'trial-ended');
  });
});

describe('changing params of a trial', () => {
  test('is logged with old, new, who and when, and waits for the next step', async () => {
    const id = await trialOf({ trainer: { kind: 'quadratic', params: { steps: 500 } }, sampler: { kind: 'random' } });
    const { params } = body(await app.inject(`/v1/trials/${id}`), 'getTrial');
    const edit = body(await patch(id, { learningRate: 0.25, steps: 800 }), 'editTrial');
    expect(edit).toMatchObject({
      number: 1,
      kind: 'params',
      state: 'pending',
      step: null,
      params: { learningRate: 0.25, steps: 800 },
      previous: { learningRate: params['learningRate'], steps: 500 },
      by: 'operator',
      reason: null,
      settledAt: null,
    });
    const second = body(await patch(id, { learningRate: 0.5 }), 'editTrial');
    expect(second).toMatchObject({ number: 2, previous: { learningRate: 0.25 } });
    expect(await editsOf(id)).toEqual([edit, second]);
    expect(body(await app.inject(`/v1/trials/${id}`), 'getTrial')).toMatchObject({ params, editedFrom: null });
  });

  test.each([
    [{ learningRate: -1 }, '/learningRate', /must be above 0/],
    [{ learningRate: 'fast' }, '/learningRate', /./],
    [{ start: 3 }, '/start', /cannot be changed while a trial runs; learningRate, steps can/],
    [{ momentum: 0.9 }, '/momentum', /the trainer quadratic has no parameter "momentum"/],
    [{ learningRate: { a: 1 } }, '/learningRate', /./],
    [{}, '', /must change at least one parameter/],
    [[], '', /./],
  ])('refuses %j', async (payload, pointer, message) => {
    const id = await trialOf();
    const { errors } = problem(await patch(id, payload), 'invalid-request');
    expect(errors?.[0]).toMatchObject({ pointer, message: expect.stringMatching(message) });
    expect(await editsOf(id)).toEqual([]);
  });

  test('names every parameter that is wrong', async () => {
    const { errors } = problem(await patch(await trialOf(), { learningRate: -1, start: 2 }), 'invalid-request');
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/learningRate', '/start']);
  });

  test('is for trials that have begun', async () => {
    problem(await patch(await trialOf({}, false), { learningRate: 0.1 }), 'trial-not-running');
  });

  test('comes too late for one that has ended, and says so of what was still waiting', async () => {
    const id = await trialOf();
    await patch(id, { learningRate: 0.1 });
    const { searchId } = body(await app.inject(`/v1/trials/${id}`), 'getTrial');
    await app.inject({ method: 'POST', url: `/v1/searches/${searchId}/pause` });
    await container.orchestrator.cancelSearch(searchId);
    const held = { trialId: id, attempt: 1 };
    const ending = {
      status: 'cancelled',
      value: null,
      rankKey: null,
      violation: null,
      step: 0,
      metrics: {},
      reason: null,
      durationMs: 1,
    } as const;
    await worker.database.trials.finish([{ ...held, ...ending }], []);
    problem(await patch(id, { learningRate: 0.2 }), 'trial-ended');
    expect((await editsOf(id)).map(({ state }) => state)).toEqual(['missed']);
  });

  test('is not for code that is not ours', async () => {
    const objective = { metric: 'loss', direction: 'minimize' };
    const id = await trialOf({ trainer: { kind: 'external' }, objective }, false);
    expect(problem(await patch(id, { learningRate: 0.1 }), 'trial-not-editable').detail).toContain('external');
  });

  test('of a trial that is not there', async () => {
    problem(await patch('trl_none', { learningRate: 0.1 }), 'trial-not-found');
    problem(await app.inject('/v1/trials/trl_none/edits'), 'trial-not-found');
  });
});
