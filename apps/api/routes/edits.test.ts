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
