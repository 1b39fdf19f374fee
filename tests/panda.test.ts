import { reconcile } from '@caviar/orchestrator';
import type { SearchSpecInput } from '@caviar/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replayedCurve, storedCurve } from './support/replay.js';
import { allTrials, DEFAULTS, type Stack, startStack } from './support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 1, leaseMs: 3_000, checkpointMs: 100 });
});
afterAll(() => stack.stop());

/** One trial that only a change of `epochs` ends in the time of a test, at the mercy of everything random. */
const ENDLESS: SearchSpecInput = {
  ...DEFAULTS,
  trainer: {
    kind: 'mlp',
    dataset: 'digits',
    params: { epochs: 100_000, hiddenUnits: 12, batchSize: 128, keepProb: 0.9, optimizer: 'adam' },
    maxRetries: 0,
  },
  space: { learningRate: { kind: 'float', min: 1e-3, max: 1e-2, scale: 'log' } },
  sampler: { kind: 'random' },
  stop: { maxTrials: 1 },
  seed: 4,
};

/** The one trial of a search, once it is that far. */
async function trialAt(searchId: string, step: number) {
  return stack.until(async () => {
    const [trial] = await allTrials(stack, searchId);
    return trial !== undefined && trial.step >= step ? trial : null;
  });
}

const settled = (trialId: string, number: number) =>
  stack.until(async () => {
    const edit = (await stack.orchestrator.trialEdits(trialId))[number - 1];
    return edit?.settledAt === null ? null : edit;
  });

/** Ends a trial a little later than it is now. */
async function endSoon(trialId: string, by = 'tester') {
  const { step } = await stack.orchestrator.getTrial(trialId);
  // Where it is further than that by the time it hears of it, the trainer refuses: then it is asked again.
  for (let epochs = step + 150; ; epochs += 500) {
    const { number } = await stack.orchestrator.editTrial(trialId, { epochs }, by);
    if ((await settled(trialId, number))?.state === 'applied') return;
  }
}

test('a trial that is paused after its last epoch is what it had come to there when it goes on', async () => {
  const { orchestrator } = stack;
  const params = { epochs: 1, hiddenLayers: 3, hiddenUnits: 1_500, batchSize: 128 };
  /** One epoch of a second: mostly time enough to ask for the pause. */
  const pauseOne = async () => {
    const { search } = await orchestrator.createSearch({ ...ENDLESS, trainer: { ...ENDLESS.trainer, params } }, {});
    const { id } = await stack.until(async () => {
      const [trial] = await allTrials(stack, search.id);
      return trial !== undefined && trial.status !== 'queued' ? trial : null;
    });
    await orchestrator.pauseTrial(id).catch((error) => expect(error).toMatchObject({ code: 'trial-ended' }));
    const paused = await stack.until(async () => {
      const trial = await orchestrator.getTrial(id);
      return trial.status === 'running' ? null : trial;
    });
    return { search, id, paused };
  };
  let { search, id, paused } = await pauseOne();
  while (paused.status === 'completed') ({ search, id, paused } = await pauseOne());
  expect(paused).toMatchObject({ status: 'paused', step: 1, metrics: { 'dev.error': expect.any(Number) } });
  await orchestrator.resumeTrial(id);
  await stack.finished(search.id);
  const trial = await orchestrator.getTrial(id);
  expect(trial).toMatchObject({ status: 'completed', reason: null, step: 1, metrics: paused.metrics });
  expect(trial.value).toBe(paused.metrics['dev.error']);
});

describe('a rewind', () => {
  test('goes on from an earlier step: without changes to the same bits, with other ones elsewhere', async () => {
    const { orchestrator } = stack;
    const { search } = await orchestrator.createSearch(ENDLESS, {});
    const { id } = await trialAt(search.id, 5);
    await orchestrator.editTrial(id, { learningRate: 0.02 }, 'ada');
    const first = (await settled(id, 1))!;
    await trialAt(search.id, first.step! + 20);

    // Back to before the change: it is undone, and the same steps come to the same numbers as without it.
    const to = first.step! - 1;
    const before = await orchestrator.measurements(id, {});
    const back = await orchestrator.rewindTrial(id, to, 'grace');
    expect(back).toMatchObject({ step: to, editedFrom: null, reason: `taken back to step ${to} by grace` });
    const superseded = await orchestrator.measurements(id, { supersededBy: 2 });
    expect(superseded[0]?.step).toBe(to + 1);
    expect(superseded.slice(0, before.length - to)).toEqual(before.slice(to));
    const [{ metrics: kept } = { metrics: null }] = superseded.slice(1, 2);

    await trialAt(search.id, to + 30);
    await orchestrator.editTrial(id, { keepProb: 0.6 }, 'ada');
    expect(await settled(id, 3)).toMatchObject({ state: 'applied', previous: { keepProb: 0.9 } });
    await endSoon(id);
    await stack.finished(search.id);
    const edits = await orchestrator.trialEdits(id);
    expect(edits.slice(0, 2)).toMatchObject([
      { kind: 'params', state: 'undone', reason: 'taken back by edit 2' },
      { kind: 'rewind', state: 'applied', step: to, by: 'grace' },
    ]);
    const curve = await storedCurve(stack, id);
    expect(curve).toEqual(await replayedCurve(stack, id));
    // The second step after it was trained with the change then, and without it now.
    expect(curve[to + 1]?.metrics).not.toEqual(kept);
    await expect(orchestrator.rewindTrial(id, 1, 'ada')).rejects.toMatchObject({ code: 'trial-ended' });
  });
});

test('one trial is paused and goes on to the same bits, while its search runs', async () => {
  const { orchestrator } = stack;
  const { search } = await orchestrator.createSearch({ ...ENDLESS, stop: { maxTrials: 2 }, parallelism: 1 }, {});
  const { id } = await trialAt(search.id, 3);
  await orchestrator.pauseTrial(id);
  const paused = await stack.until(async () => {
    const trial = await orchestrator.getTrial(id);
    return trial.status === 'paused' ? trial : null;
  });
  // The next one has its place; ended, it does not take the search along.
  const other = await stack.until(async () => (await allTrials(stack, search.id)).find(({ number }) => number === 1));
  await orchestrator.cancelTrial(other.id);
  await stack.until(async () => (await orchestrator.getSearch(search.id)).progress.cancelled === 1);
  expect(await orchestrator.getSearch(search.id)).toMatchObject({ status: 'running', progress: { paused: 1 } });
  expect((await orchestrator.getTrial(id)).step).toBe(paused.step);
  await orchestrator.resumeTrial(id);
  await trialAt(search.id, paused.step + 5);
  await endSoon(id);
  await stack.finished(search.id);
  expect(await storedCurve(stack, id)).toEqual(await replayedCurve(stack, id));
});

describe('changes by hand', () => {
  test('hold from a step that the log tells, through a crash, and train again to the same bits', async () => {
    const { orchestrator } = stack;
    const { search } = await orchestrator.createSearch(ENDLESS, {});
    const { id, params } = await trialAt(search.id, 3);
    const asked = await orchestrator.editTrial(id, { learningRate: 0.02, batchSize: 100 }, 'ada');
    expect(asked).toMatchObject({ number: 1, state: 'pending', step: null, by: 'ada' });
    const first = await settled(id, 1);
    expect(first).toMatchObject({
      state: 'applied',
      params: { learningRate: 0.02, batchSize: 100 },
      previous: { learningRate: params['learningRate'], batchSize: 128 },
    });
    expect(first!.step).toBeGreaterThanOrEqual(3);

    // The worker dies with one change made, and another one asked for that nobody takes up before its successor.
    await trialAt(search.id, first!.step! + 3);
    stack.workers[0]!.kill('SIGKILL');
    await orchestrator.editTrial(id, { keepProb: 0.7, learningRate: 0.01 }, 'grace');
    await stack.until(async () => {
      await reconcile(stack.deps);
      return (await orchestrator.getTrial(id)).status === 'queued';
    });
    const before = await orchestrator.measurements(id, {});
    await stack.addWorker();
    const second = await settled(id, 2);
    expect(second).toMatchObject({ state: 'applied', previous: { keepProb: 0.9, learningRate: 0.02 }, by: 'grace' });
    expect(second!.step).toBeGreaterThanOrEqual(before.at(-1)!.step);
    await endSoon(id);
    expect((await stack.finished(search.id)).status).toBe('completed');

    const trial = await orchestrator.getTrial(id);
    expect(trial).toMatchObject({ params, editedFrom: first!.step, attempts: 2 });
    expect(await storedCurve(stack, id)).toEqual(await replayedCurve(stack, id));
    expect((await orchestrator.leaderboard(search.id, { limit: 1 })).entries[0]?.trial.editedFrom).toBe(first!.step);
    expect((await orchestrator.getSearch(search.id)).best?.edited).toBe(true);
    await expect(orchestrator.editTrial(id, { l2: 1 }, 'ada')).rejects.toMatchObject({ code: 'trial-ended' });
  });

  test('are refused by the trainer where they make no sense together, and change nothing', async () => {
    const spec = {
      ...ENDLESS,
      trainer: { ...ENDLESS.trainer, params: { ...ENDLESS.trainer.params, batchNorm: true } },
    };
    const { orchestrator } = stack;
    const { search } = await orchestrator.createSearch(spec, {});
    const { id } = await trialAt(search.id, 1);
    await orchestrator.editTrial(id, { batchSize: 1 }, 'ada');
    expect(await settled(id, 1)).toMatchObject({
      state: 'refused',
      step: null,
      reason: expect.stringMatching(/batchSize.* must be at least 2/),
    });
    expect((await orchestrator.getTrial(id)).editedFrom).toBeNull();
    await endSoon(id);
    await stack.finished(search.id);
    expect(await storedCurve(stack, id)).toEqual(await replayedCurve(stack, id));
  });

  test('wait with a paused trial, and the sealed test set is opened for what was trained', async () => {
    const { orchestrator } = stack;
    const { search } = await orchestrator.createSearch(ENDLESS, {});
    const { id } = await trialAt(search.id, 3);
    await orchestrator.pauseSearch(search.id);
    const paused = await stack.until(async () => {
      const trial = await orchestrator.getTrial(id);
      return trial.status === 'paused' ? trial : null;
    });
    await orchestrator.editTrial(id, { learningRate: 0.03, epochs: paused.step + 20 }, 'ada');
    await orchestrator.resumeSearch(search.id);
    await stack.finished(search.id);
    expect((await orchestrator.trialEdits(id))[0]).toMatchObject({ state: 'applied', step: paused.step });
    expect(await storedCurve(stack, id)).toEqual(await replayedCurve(stack, id));
    // Trained again as the log says: without it that would be 100,000 epochs.
    const { metrics } = await orchestrator.evaluateTest(search.id);
    const { value } = await orchestrator.getTrial(id);
    expect(Math.abs(metrics['test.error']! - value!)).toBeLessThan(0.08);
  });
});
