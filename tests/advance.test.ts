import { createOrchestrator, createTrialDesk, reconcile, type TrialDesk } from '@caviar/orchestrator';
import type { SearchSpecInput } from '@caviar/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advanceSearch } from '../packages/orchestrator/use-cases/advance-search.js';
import { allTrials, DEFAULTS, type Stack, startStack } from './support/stack.js';

const SPEC: SearchSpecInput = {
  ...DEFAULTS,
  trainer: { kind: 'quadratic', params: {}, maxRetries: 2 },
  space: { learningRate: { kind: 'float', min: 0.001, max: 1, scale: 'linear' } },
  sampler: { kind: 'random' },
  stop: { maxTrials: 20 },
  parallelism: 4,
  seed: 1,
};

let stack: Stack;
let desk: TrialDesk;

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  const worker = { id: 'wrk_test', host: 'here', pid: 1, concurrency: 1, runtime: {} };
  desk = createTrialDesk(stack.deps, { worker, leaseMs: 60_000 });
});
afterAll(() => stack.stop());

const create = async (spec: Partial<SearchSpecInput> = {}) =>
  (await stack.orchestrator.createSearch({ ...SPEC, ...spec }, {})).search;

/** Claims the given trials (by number) and ends each with the cost that `costOf` gives. */
async function train(searchId: string, numbers: readonly number[], costOf: (number: number) => number): Promise<void> {
  const trials = (await allTrials(stack, searchId)).filter(
    ({ number, status }) => numbers.includes(number) && status === 'queued',
  );
  for (const { trialId, attempt, number } of await desk.claim(trials.map(({ id }) => id))) {
    const end = {
      status: 'completed',
      step: 1,
      metrics: { cost: costOf(number), w: 0 },
      reason: null,
      durationMs: 1,
      reports: [],
    } as const;
    await desk.finish([{ trialId, attempt, searchId, ...end }]);
  }
}

const numbersOf = async (searchId: string) => (await allTrials(stack, searchId)).map(({ number }) => number);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('a search in flight', () => {
  test('has as many trials open as its parallelism says, and never more, whoever advances it', async () => {
    const { id } = await create();
    expect(await numbersOf(id)).toEqual(upTo(4));
    await train(id, [2, 3], () => 1);
    await Promise.all(upTo(10).map(() => advanceSearch(stack.deps, id)));
    expect(await numbersOf(id)).toEqual(upTo(6));
    const { progress } = await stack.orchestrator.getSearch(id);
    expect(progress).toMatchObject({ total: 20, queued: 4, completed: 2 });
  });

  test('has no more open once it is resumed, whoever advances it at that moment', async () => {
    const { id } = await create();
    await stack.orchestrator.pauseSearch(id);
    for (const trial of await allTrials(stack, id)) await stack.deps.trials.pauseOne(trial.id, 'by hand');
    for (const trial of await allTrials(stack, id)) await stack.deps.trials.resumeOne(trial.id);
    expect((await stack.orchestrator.getSearch(id)).progress).toMatchObject({ queued: 0, paused: 4 });
    const searches = Object.create(stack.deps.searches) as typeof stack.deps.searches;
    searches.transition = async (...change) => {
      const hasChanged = await stack.deps.searches.transition(...change);
      await advanceSearch(stack.deps, id); // another process, in between
      return hasChanged;
    };
    await createOrchestrator({ ...stack.deps, searches }).resumeSearch(id);
    expect((await stack.orchestrator.getSearch(id)).progress).toMatchObject({ queued: 4, paused: 0 });
  });

  test('whose parallelism was lowered has those dispatched for which places come free, and all that wait once it is raised', async () => {
    const dispatched: string[][] = [];
    const deps = {
      ...stack.deps,
      dispatcher: {
        dispatch: async (...call: Parameters<typeof stack.deps.dispatcher.dispatch>) => {
          dispatched.push(call[0].map(({ id }) => id));
          await stack.deps.dispatcher.dispatch(...call);
        },
      },
    };
    const orchestrator = createOrchestrator(deps);
    const { id } = (await orchestrator.createSearch({ ...SPEC, parallelism: 6, stop: { maxTrials: 6 } }, {})).search;
    const ids = (await allTrials(stack, id)).map((trial) => trial.id);
    const claimed = await desk.claim(ids.slice(0, 3));
    await orchestrator.patchSearch(id, { parallelism: 2 });
    expect(await desk.claim(ids)).toEqual([]); // the ends of their jobs
    const mine = createTrialDesk(deps, {
      worker: { id: 'wrk_mine', host: 'here', pid: 1, concurrency: 1, runtime: {} },
      leaseMs: 60_000,
    });
    const end = { status: 'completed', step: 1, metrics: { cost: 1, w: 0 }, reason: null, durationMs: 1 } as const;
    const heard = async (work: () => Promise<unknown>) => {
      dispatched.length = 0;
      await work();
      return dispatched.flat();
    };
    const finish = ({ trialId, attempt }: (typeof claimed)[number]) =>
      heard(() => mine.finish([{ trialId, attempt, searchId: id, ...end, reports: [] }]));
    expect(await finish(claimed[0]!)).toEqual([]);
    expect(await finish(claimed[1]!)).toEqual([ids[3]]);
    expect(await mine.claim(ids)).toMatchObject([{ trialId: ids[3] }]);
    expect(await heard(() => orchestrator.patchSearch(id, { parallelism: 3 }))).toEqual([ids[4]]);
    expect(await heard(() => orchestrator.patchSearch(id, { parallelism: 4 }))).toEqual([ids[4], ids[5]]);
    expect(await mine.claim(ids)).toHaveLength(2);
  });

  test('gives every number the same params, however it came about', async () => {
    const paramsOf = async (searchId: string) => (await allTrials(stack, searchId)).map(({ params }) => params);
    const [one, two] = [await create(), await create({ parallelism: 20 })];
    for (const order of [[3, 1], [0, 2], upTo(20)]) await train(one.id, order, () => 1);
    for (let i = 0; i < 20; i++) await train(one.id, upTo(20), () => 1);
    expect(await paramsOf(one.id)).toEqual(await paramsOf(two.id));
  });

  test('follows a change of its space from the next trial on, and of its parallelism at once', async () => {
    const { id } = await create();
    const space = { learningRate: { kind: 'float', min: 5, max: 6, scale: 'linear' } } as const;
    const patched = await stack.orchestrator.patchSearch(id, { space, parallelism: 6, notes: 'higher' });
    expect(patched).toMatchObject({ spaceVersion: 2, notes: 'higher' });
    expect(patched.spec.space).toEqual(space);
    const rates = (await allTrials(stack, id)).map(({ params }) => Number(params['learningRate']));
    expect(rates).toHaveLength(6);
    expect(rates.map((rate) => rate >= 5)).toEqual([false, false, false, false, true, true]);
  });

  test('loses no change when several are made at once', async () => {
    const { id } = await create();
    await Promise.all([
      stack.orchestrator.patchSearch(id, { name: 'renamed' }),
      stack.orchestrator.patchSearch(id, { stop: { maxTrials: 30 } }),
      stack.orchestrator.patchSearch(id, { parallelism: 5 }),
      stack.orchestrator.patchSearch(id, { notes: 'noted' }),
    ]);
    const { name, notes, spec } = await stack.orchestrator.getSearch(id);
    expect({ name, notes }).toEqual({ name: 'renamed', notes: 'noted' });
    expect(spec).toMatchObject({ name: 'renamed', stop: { maxTrials: 30 }, parallelism: 5 });
  });

  test('gives keys back in the order in which they came', async () => {
    const domain = { kind: 'float', min: 0.1, max: 1, scale: 'linear' } as const;
    const { id } = await create({ space: { start: domain, learningRate: domain } });
    expect(Object.keys((await stack.orchestrator.getSearch(id)).spec.space)).toEqual(['start', 'learningRate']);
    const [trial] = await allTrials(stack, id);
    expect(Object.keys(trial?.params ?? {})).toEqual(['start', 'learningRate']);
  });

  test('refuses a change that does not make sense, naming where', async () => {
    const { id } = await create();
    const space = { momentum: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;
    await expect(stack.orchestrator.patchSearch(id, { space })).rejects.toMatchObject({
      code: 'invalid-patch',
      issues: [{ path: ['space', 'momentum'] }],
    });
  });
});

describe('the end', () => {
  test('comes when all trials have ended; a wider plan and a resume take the search further', async () => {
    const { id } = await create({ stop: { maxTrials: 3 } });
    await train(id, upTo(3), (n) => n);
    const done = await stack.orchestrator.getSearch(id);
    expect(done).toMatchObject({
      status: 'completed',
      reason: 'all 3 trials have ended',
      best: { number: 0, value: 0 },
    });
    expect(done.endedAt).not.toBeNull();
    await expect(stack.orchestrator.resumeSearch(id)).rejects.toMatchObject({ code: 'search-ended' });
    await expect(stack.orchestrator.pauseSearch(id)).rejects.toMatchObject({ code: 'search-ended' });
    await stack.orchestrator.patchSearch(id, { stop: { maxTrials: 5 } });
    expect(await stack.orchestrator.resumeSearch(id)).toMatchObject({ status: 'running', endedAt: null, reason: null });
    await train(id, upTo(5), (n) => n);
    expect((await stack.orchestrator.getSearch(id)).status).toBe('completed');
    expect(await numbersOf(id)).toEqual(upTo(5));
  });

  test('is a failure when no trial came to a result', async () => {
    const { id } = await create({ stop: { maxTrials: 2 } });
    for (const { trialId, attempt } of await desk.claim((await allTrials(stack, id)).map((trial) => trial.id))) {
      await desk.fail(id, { trialId, attempt, reason: 'the trainer broke', maxRetries: 0 });
    }
    expect(await stack.orchestrator.getSearch(id)).toMatchObject({
      status: 'failed',
      reason: 'none of 2 trials came to a result',
    });
  });

  test('at a target: strict waits for earlier trials, and makes the same trials in any order', async () => {
    const costOf = (n: number) => (n === 5 || n === 7 ? 0 : 1);
    const numbers = await Promise.all(
      [[...upTo(20)], [...upTo(20)].reverse()].map(async (order) => {
        const { id } = await create({ stop: { maxTrials: 20, targetValue: 0.5 } });
        for (let i = 0; i < 40 && (await stack.orchestrator.getSearch(id)).status === 'running'; i++) {
          for (const number of order) await train(id, [number], costOf);
        }
        expect(await stack.orchestrator.getSearch(id)).toMatchObject({
          status: 'completed',
          reason: 'trial 5 reached the target 0.5',
        });
        return numbersOf(id);
      }),
    );
    expect(numbers[0]).toEqual(upTo(9)); // 5 + parallelism
    expect(numbers[1]).toEqual(numbers[0]);
  });

  test('at a target: throughput stops at once and cancels the rest', async () => {
    const { id } = await create({ stop: { maxTrials: 20, targetValue: 0.5 }, reproducibility: 'throughput' });
    await train(id, [3], () => 0);
    const search = await stack.orchestrator.getSearch(id);
    expect(search).toMatchObject({ status: 'completed', progress: { completed: 1, cancelled: 3, total: 4 } });
  });

  test('at a time limit comes without any trial ending, and leaves pauses out of the count', async () => {
    const { id } = await create({ stop: { maxDurationMs: 1_000 } });
    await stack.orchestrator.pauseSearch(id);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await stack.orchestrator.resumeSearch(id);
    await reconcile(stack.deps);
    expect((await stack.orchestrator.getSearch(id)).status).toBe('running');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await reconcile(stack.deps);
    const { status, reason, progress } = await stack.orchestrator.getSearch(id);
    expect({ status, reason }).toEqual({ status: 'completed', reason: 'the time limit of 1000 ms is over' });
    expect(progress).toMatchObject({ queued: 0, cancelled: 4 });
  });

  test('of a grid comes when the grid is done', async () => {
    const { id } = await create({
      space: { learningRate: { kind: 'categorical', choices: [0.1, 0.2, 0.3] } },
      sampler: { kind: 'grid', levels: 5 },
    });
    await train(id, upTo(20), () => 1);
    expect(await stack.orchestrator.getSearch(id)).toMatchObject({
      status: 'completed',
      progress: { total: 3, completed: 3 },
    });
  });
});

describe('coarse-to-fine', () => {
  test.each(['random', 'tpe'] as const)(
    'over %s waits for the whole of a round, then stores the next with its reason',
    async (base) => {
      const sampler = { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base } as const;
      const { id } = await create({ sampler, stop: { maxTrials: 12 }, parallelism: 12 });
      const first = await stack.orchestrator.getSearch(id);
      expect(first).toMatchObject({ roundCount: 3, rounds: [{ index: 0, firstNumber: 0 }] });
      const size = first.progress.queued;
      expect(size).toBeLessThan(12);
      await train(id, upTo(size - 1), (n) => n);
      expect((await stack.orchestrator.getSearch(id)).rounds).toHaveLength(1);
      await train(id, [size - 1], (n) => n);
      const second = await stack.orchestrator.getSearch(id);
      expect(second.rounds).toHaveLength(2);
      const { min, max } = second.rounds[1]!.region['learningRate'] as { min: number; max: number };
      expect(max - min).toBeLessThan(0.999 * 0.5);
      for (const { round, params } of (await allTrials(stack, id)).filter(({ number }) => number >= size)) {
        expect(round).toBe(1);
        expect(Number(params['learningRate'])).toBeGreaterThanOrEqual(min);
        expect(Number(params['learningRate'])).toBeLessThanOrEqual(max);
      }
    },
  );
});
