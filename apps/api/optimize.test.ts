import { createClient, optimize, type TrialStopped } from '@caviar/client';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from './testing/test-app.js';

const { app, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
const client = createClient({ baseUrl });
afterAll(close);

const SPACE = { x: { kind: 'float', min: -10, max: 10 } } as const;
const trialsOf = async (searchId: string) => (await client.listTrials(searchId, { limit: 200 })).items;

describe('optimize', () => {
  test('runs a function, and gives the best params by their types', async () => {
    const { best, search } = await optimize(
      {
        x: { kind: 'float', min: -10, max: 10 },
        shape: { kind: 'categorical', choices: ['bowl', 'plane'] },
        slope: { kind: 'float', min: 1, max: 2, when: { shape: ['plane'] } },
      },
      ({ x, shape, slope }) => (shape === 'bowl' ? (x - 2) ** 2 : 100 + x * (slope ?? Number.NaN)),
      { baseUrl, maxTrials: 30, sampler: { kind: 'tpe' }, seed: 1, parallelism: 2 },
    );
    expect(search).toMatchObject({ status: 'completed', progress: { total: 30, completed: 30 } });
    const shape: 'bowl' | 'plane' | undefined = best?.params.shape;
    expect(shape).toBe('bowl');
    expect(best?.value).toBeLessThan(4);
    expect(best?.params.slope).toBeUndefined();
  });

  test('takes metrics by name and fixed params, maximises, and makes what is not finite infeasible', async () => {
    const { search, best } = await optimize(
      SPACE,
      ({ x }, { params, number }) => ({
        score: number === 1 ? Number.NaN : -Math.abs(x),
        epochs: Number(params['epochs']),
      }),
      { client, maxTrials: 4, metric: 'score', direction: 'maximize', params: { epochs: 7 }, runtime: { gpu: 'none' } },
    );
    expect(search).toMatchObject({ progress: { completed: 3, infeasible: 1 }, spec: { parallelism: 1 } });
    const trials = await trialsOf(search.id);
    expect(trials.map(({ metrics }) => metrics['epochs'])).toEqual([7, 7, 7, 7]);
    expect(trials[0]?.provenance).toEqual({ gpu: 'none' });
    const ranked = trials.filter(({ value }) => value !== null).map(({ value }) => value ?? 0);
    expect(best?.value).toBe(Math.max(...ranked));
  });

  test('has a scheduler stop trials early: functions wait where they are, each is called once, and is let go', async () => {
    const calls: number[] = [];
    const stopped: (readonly [number, string])[] = [];
    const { search } = await optimize(
      SPACE,
      async ({ x }, trial) => {
        calls.push(trial.number);
        try {
          for (let epoch = 1; epoch <= 8; epoch++) await trial.report(epoch, (x - 1) ** 2 + 1 / epoch);
        } catch (error) {
          stopped.push([trial.number, (error as TrialStopped).name]);
          throw error;
        }
        return (x - 1) ** 2;
      },
      {
        baseUrl,
        maxTrials: 12,
        parallelism: 3,
        scheduler: { kind: 'asha', minResource: 2, maxResource: 8, eta: 2 },
        sampler: { kind: 'random' },
        seed: 5,
      },
    );
    const trials = await trialsOf(search.id);
    const pruned = trials.filter(({ status }) => status === 'pruned').map(({ number }) => number);
    expect(search).toMatchObject({ status: 'completed', progress: { total: 12, failed: 0 } });
    expect(pruned.length).toBeGreaterThan(2);
    expect(calls.toSorted((a, b) => a - b)).toEqual(trials.map(({ number }) => number));
    expect(stopped.toSorted(([a], [b]) => a - b)).toEqual(pruned.map((number) => [number, 'TrialStopped']));
    expect(trials.filter(({ status }) => status === 'completed').every(({ step }) => step === 8)).toBe(true);
  });

  test('marks trials whose function throws as failed; when all do, it throws the last of their errors', async () => {
    const { search } = await optimize(
      SPACE,
      (_, { number }) => {
        if (number === 1) throw new RangeError('out of range');
        return number;
      },
      { baseUrl, maxTrials: 3 },
    );
    expect((await trialsOf(search.id)).map(({ status, reason }) => [status, reason])).toEqual([
      ['completed', null],
      ['failed', 'RangeError: out of range'],
      ['completed', null],
    ]);
    const broken = optimize(SPACE, () => undefined as unknown as number, { baseUrl, maxTrials: 2 });
    await expect(broken).rejects.toMatchObject({
      message: expect.stringContaining('No trial came to a result'),
      cause: new TypeError('the objective must give a number, or metrics by name'),
    });
  });

  test('gives its trials back when it is aborted, and another run goes on with the search', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    let searchId = '';
    const run = optimize(
      SPACE,
      async (_, trial) => {
        searchId = (await client.getTrial(trial.id)).searchId;
        await trial.report(1, 5);
        abort.abort(reason);
        expect(trial.signal.aborted).toBe(true);
        return 1;
      },
      { client, maxTrials: 2, signal: abort.signal },
    );
    await expect(run).rejects.toBe(reason);
    expect(await trialsOf(searchId)).toMatchObject([{ status: 'queued', attempts: 1, reason: 'interrupted' }]);
    const { search } = await optimize(SPACE, (_, { step }) => step, { client, searchId });
    expect(search).toMatchObject({ id: searchId, status: 'completed', best: { value: 0 } });
    expect((await trialsOf(searchId)).map(({ value, attempts }) => [value, attempts])).toEqual([
      [1, 2],
      [0, 1],
    ]);
  });

  test('waits while the search is paused, with its functions where they are, and ends them when it is cancelled', async () => {
    const { id } = await client.createSearch({
      trainer: { kind: 'external' },
      space: SPACE,
      objective: { metric: 'value', direction: 'minimize' },
      stop: { maxTrials: 3 },
      parallelism: 1,
    });
    const seen: string[] = [];
    const { search } = await optimize(
      SPACE,
      async (_, trial) => {
        seen.push(`${trial.number} begins`);
        if (trial.number === 0) {
          await client.pauseSearch(id);
          setTimeout(() => client.resumeSearch(id), 50);
        } else await client.cancelSearch(id);
        await trial.report(1, 3);
        seen.push(`${trial.number} goes on`);
        return 2;
      },
      { client, searchId: id },
    );
    expect(seen).toEqual(['0 begins', '0 goes on', '1 begins']);
    expect(search).toMatchObject({ status: 'cancelled', best: { number: 0, value: 2 } });
    expect((await trialsOf(id)).map(({ status }) => status)).toEqual(['completed', 'cancelled']);
  });

  test('keeps a trial that says nothing by heartbeats, and drops one that was cancelled meanwhile', async () => {
    const { search } = await optimize(
      SPACE,
      async (_, trial) => {
        if (trial.number === 1) await client.cancelTrial(trial.id);
        // Longer than the lease; only its heartbeats keep it, or end it.
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 4_000);
          trial.signal.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
          });
        });
        return 1;
      },
      { baseUrl, maxTrials: 2, parallelism: 2, leaseMs: 2_000 },
    );
    expect((await trialsOf(search.id)).map(({ status, attempts, reason }) => [status, attempts, reason])).toEqual([
      ['completed', 1, null],
      ['cancelled', 1, 'the trial was cancelled'],
    ]);
  });

  test('says what is wrong with its space by JSON pointer', async () => {
    const wrong = optimize({ x: { kind: 'float', min: 2, max: 1 } }, () => 1, { baseUrl, maxTrials: 1 });
    await expect(wrong).rejects.toMatchObject({ code: 'invalid-spec', errors: [{ pointer: '/space/x/max' }] });
    await expect(
      optimize(SPACE, () => 1, { baseUrl: 'http://127.0.0.1:1', maxTrials: 1, patienceMs: 0 }),
    ).rejects.toThrow('does not answer');
  });
});
