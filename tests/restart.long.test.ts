import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { migrate } from '@caviar/local';
import { reconcile } from '@caviar/orchestrator';
import type { SearchSpecInput } from '@caviar/spec';
import { startTestPostgres } from '@caviar/testing';
import { expect, test } from 'vitest';
import { replayedCurve, storedCurve } from './support/replay.js';
import { allTrials, DEFAULTS, startStack } from './support/stack.js';

/** Two trials that are far from their end when they are seen under way. */
const SPEC: SearchSpecInput = {
  ...DEFAULTS,
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 600, batchSize: 32, keepProb: 0.9 }, maxRetries: 0 },
  space: { learningRate: { kind: 'float', min: 1e-3, max: 1e-2, scale: 'log' } },
  sampler: { kind: 'random' },
  stop: { maxTrials: 2 },
  seed: 4,
};

test('everything is killed at once and started again: trials go on from their checkpoints, to the same bits', async () => {
  const server = await startTestPostgres();
  await migrate({ databaseUrl: server.url });
  const stack = await startStack({ workers: 2, databaseUrl: server.url, leaseMs: 1_000, checkpointMs: 100 });
  const { search } = await stack.orchestrator.createSearch(SPEC, {});
  const ids = await stack.until(async () => {
    const trials = await allTrials(stack, search.id);
    const left = await Promise.all(trials.map(({ id }) => stack.checkpointsOf(id)));
    return trials.length === 2 && left.every(({ length }) => length > 0) && trials.map(({ id }) => id);
  });
  await stack.orchestrator.editTrial(ids[0]!, { learningRate: 0.003 }, 'ada');

  const gone = stack.workers.map((worker) => once(worker, 'exit'));
  for (const worker of stack.workers) worker.kill('SIGKILL');
  await Promise.all([...gone, server.kill(), stack.killRedis()]);
  const again = await startTestPostgres({ folder: server.folder, port: server.port });
  await stack.loseRedis(0);
  await stack.until(() =>
    reconcile(stack.deps).then(
      () => true,
      () => false,
    ),
  );
  const left = await Promise.all(ids.map((id) => stack.checkpointsOf(id)));
  await Promise.all([stack.addWorker(), stack.addWorker()]);

  const { status, progress } = await stack.finished(search.id);
  expect([status, progress.completed]).toEqual(['completed', 2]);
  for (const [i, id] of ids.entries()) {
    expect(left[i]!.length).toBeGreaterThan(0);
    expect((await stack.orchestrator.getTrial(id)).attempts).toBe(2);
    expect(await storedCurve(stack, id)).toEqual(await replayedCurve(stack, id));
  }
  expect((await stack.orchestrator.trialEdits(ids[0]!))[0]).toMatchObject({
    state: 'applied',
    params: { learningRate: 0.003 },
  });
  await stack.stop();
  await again.stop();
  await rm(server.folder, { recursive: true, force: true });
}, 300_000);
