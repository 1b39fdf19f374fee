import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { migrate } from '@caviar/local';
import type { SearchSpecInput } from '@caviar/spec';
import { startTestPostgres } from '@caviar/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { allTrials, DEFAULTS, reproducible, type Stack, type StackOptions, startStack } from './support/stack.js';

const stacks: Stack[] = [];

async function start(options: StackOptions): Promise<Stack> {
  const stack = await startStack(options);
  stacks.push(stack);
  return stack;
}

afterEach(async () => {
  await Promise.all(stacks.splice(0).map((stack) => stack.stop()));
});

/** Trials of some 20 ms each. */
const MANY: SearchSpecInput = {
  ...DEFAULTS,
  trainer: { kind: 'quadratic', params: { steps: 2_000_000 }, maxRetries: 0 },
  space: { learningRate: { kind: 'float', min: 1e-4, max: 0.9, scale: 'log' } },
  sampler: { kind: 'random' },
  stop: { maxTrials: 120 },
  seed: 3,
};

const EPOCHS = 600;

/** Two trials that are far from their end when one is seen under way, at the mercy of everything random. */
const LONG: SearchSpecInput = {
  ...DEFAULTS,
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: EPOCHS, batchSize: 16, keepProb: 0.9 }, maxRetries: 0 },
  space: { learningRate: { kind: 'float', min: 1e-3, max: 1e-2, scale: 'log' } },
  sampler: { kind: 'random' },
  stop: { maxTrials: 2 },
  seed: 4,
};

/** Four trials that only a cancellation ends in the time of a test. */
const ENDLESS: SearchSpecInput = {
  ...LONG,
  trainer: { ...LONG.trainer, params: { epochs: 100_000, batchSize: 16 } },
  stop: { maxTrials: 4 },
};

/** What the search comes to when nothing happens to it; found once. */
let expectedOfLong: Promise<unknown> | undefined;
function undisturbed(): Promise<unknown> {
  expectedOfLong ??= (async () => {
    const stack = await start({ workers: 2 });
    const { search } = await stack.orchestrator.createSearch(LONG, {});
    await stack.finished(search.id);
    return reproducible(stack, search.id);
  })();
  return expectedOfLong;
}

/** A running trial that is some epochs in, and the process that trains it. */
async function trialUnderWay(stack: Stack, searchId: string) {
  return stack.until(async () => {
    const { items } = await stack.orchestrator.listWorkers({ limit: 50 });
    for (const { pid, trials } of items) {
      const trial = trials.find((each) => each.searchId === searchId && each.step >= 3);
      const process = stack.workers.find((worker) => worker.pid === pid);
      if (trial !== undefined && process !== undefined) return { trialId: trial.trialId, process };
    }
    return null;
  });
}

describe('a search goes on', () => {
  test('when the whole of Redis is lost: later, and nothing is missing', async () => {
    const stack = await start({ workers: 2 });
    const { search } = await stack.orchestrator.createSearch(MANY, {});
    await stack.until(async () => (await stack.orchestrator.getSearch(search.id)).progress.completed >= 20);
    await stack.loseRedis(1_000);
    const { status, progress } = await stack.finished(search.id);
    expect(status).toBe('completed');
    expect(progress.completed).toBe(120);
    const trials = await allTrials(stack, search.id);
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 120 }, (_, i) => i));
    expect(trials.map(({ attempts }) => attempts)).toEqual(trials.map(() => 1));
  });

  test('when it was created while Redis was away', async () => {
    const stack = await start({ workers: 1 });
    const lost = stack.loseRedis(3_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { search } = await stack.orchestrator.createSearch({ ...MANY, stop: { maxTrials: 5 } }, {});
    expect(search.progress.queued).toBe(5);
    await lost;
    expect((await stack.finished(search.id)).progress.completed).toBe(5);
  });

  test('when a worker is killed in the middle of a trial: it goes on from the newest checkpoint, to the same result', async () => {
    const expected = await undisturbed();
    const stack = await start({ workers: 2, leaseMs: 2_000, checkpointMs: 50 });
    const { search } = await stack.orchestrator.createSearch(LONG, {});
    const { trialId, process } = await trialUnderWay(stack, search.id);
    await stack.until(async () => (await stack.checkpointsOf(trialId)).length > 0);
    process.kill('SIGKILL');
    const left = (await stack.checkpointsOf(trialId)).at(-1)!;
    const returned = await stack.until(async () => (await stack.orchestrator.getTrial(trialId)).attempts === 2);
    expect(returned).toBe(true);
    // It never reports a step again that the checkpoint has behind it.
    expect((await stack.orchestrator.getTrial(trialId)).step).toBeGreaterThanOrEqual(left);
    await stack.finished(search.id);
    expect(await reproducible(stack, search.id)).toEqual(expected);
    const trials = await allTrials(stack, search.id);
    expect(trials.map(({ id, attempts }) => [id === trialId, attempts]).sort()).toEqual([
      [false, 1],
      [true, 2],
    ]);
  });

  test('when a worker is told to stop: the trial goes on elsewhere from its checkpoint, to the same result', async () => {
    const expected = await undisturbed();
    const stack = await start({ workers: 1 });
    const { search } = await stack.orchestrator.createSearch(LONG, {});
    const { trialId, process } = await trialUnderWay(stack, search.id);
    const exited = once(process, 'exit');
    process.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
    const returned = await stack.orchestrator.getTrial(trialId);
    expect(returned.status).toBe('queued');
    expect(returned.reason).toMatch(/^the worker stopped at step \d+$/);
    await stack.addWorker();
    await stack.finished(search.id);
    expect(await reproducible(stack, search.id)).toEqual(expected);
    expect((await stack.orchestrator.getTrial(trialId)).attempts).toBe(2);
  });

  test('when it is paused and resumed: from the checkpoint, to the same result', async () => {
    const expected = await undisturbed();
    const stack = await start({ workers: 2 });
    const { search } = await stack.orchestrator.createSearch(LONG, {});
    const { trialId } = await trialUnderWay(stack, search.id);
    expect((await stack.orchestrator.pauseSearch(search.id)).status).toBe('paused');
    const paused = await stack.until(async () => {
      const trial = await stack.orchestrator.getTrial(trialId);
      return trial.status === 'paused' ? trial : null;
    });
    expect(paused.step).toBeGreaterThanOrEqual(3);
    expect(paused.step).toBeLessThan(EPOCHS);
    await stack.until(async () => (await stack.orchestrator.getSearch(search.id)).progress.running === 0);
    expect((await stack.orchestrator.resumeSearch(search.id)).status).toBe('running');
    await stack.finished(search.id);
    expect(await reproducible(stack, search.id)).toEqual(expected);
  });

  test('when Postgres is killed and comes back', async () => {
    const server = await startTestPostgres();
    await migrate({ databaseUrl: server.url });
    const stack = await start({ workers: 2, databaseUrl: server.url });
    const { search } = await stack.orchestrator.createSearch(MANY, {});
    await stack.until(async () => (await stack.orchestrator.getSearch(search.id)).progress.completed >= 20);
    await server.kill();
    // A session that was open may answer once more before it notices that the server is gone.
    const refusal = await stack.until(() =>
      stack.orchestrator.getSearch(search.id).then(
        () => null,
        (error: unknown) => error,
      ),
    );
    expect(refusal).toMatchObject({ code: 'unavailable' });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const again = await startTestPostgres({ folder: server.folder, port: server.port });
    const { progress } = await stack.finished(search.id);
    expect(progress.completed).toBe(120);
    await stacks.pop()?.stop();
    await again.stop();
    await rm(server.folder, { recursive: true, force: true });
  });
});

describe('cancelling', () => {
  test('a search ends its running trials at their next epoch', async () => {
    const stack = await start({ workers: 2 });
    const { search } = await stack.orchestrator.createSearch(ENDLESS, {});
    await trialUnderWay(stack, search.id);
    expect((await stack.orchestrator.cancelSearch(search.id)).status).toBe('cancelled');
    const ended = await stack.until(async () => {
      const { progress } = await stack.orchestrator.getSearch(search.id);
      return progress.running + progress.queued === 0 ? progress : null;
    });
    expect(ended.cancelled).toBe(4);
    expect(ended.completed).toBe(0);
  });

  test('one trial leaves the others alone', async () => {
    const stack = await start({ workers: 2 });
    const { search } = await stack.orchestrator.createSearch(LONG, {});
    const { trialId } = await trialUnderWay(stack, search.id);
    await stack.orchestrator.cancelTrial(trialId);
    const { status, progress } = await stack.finished(search.id);
    expect(status).toBe('completed');
    expect(progress).toMatchObject({ cancelled: 1, completed: 1 });
    expect((await stack.orchestrator.getTrial(trialId)).reason).toMatch(/^cancelled at step \d+$/);
  });
});

describe('stopping a worker', () => {
  test('takes no longer than its deadline when Redis has gone for good', async () => {
    const stack = await start({ workers: 1 });
    const [worker] = stack.workers;
    await stack.killRedis();
    const exited = once(worker!, 'exit');
    const startedAt = performance.now();
    worker!.kill('SIGTERM');
    await exited;
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });
});
