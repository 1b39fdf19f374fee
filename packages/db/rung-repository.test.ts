import type { RungArrival, ScheduledTrial } from '@caviar/orchestrator';
import { createTestDatabase, runSql, type TestDatabase } from '@caviar/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase, type Database } from './index.js';
import { newSearch, quadraticSpec } from './testing/quadratic-spec.js';

const SPEC = quadraticSpec(2);
const LEASE_MS = 60_000;
const HOLDER = { workerId: 'wrk_1', provenance: { node: 'v24.0.0', fused: true }, leaseMs: LEASE_MS };

let files: TestDatabase;
let db: Database;
let searchId: string;
let count = 0;

beforeAll(async () => {
  files = await createTestDatabase();
  db = createDatabase({ url: files.url });
});
afterAll(async () => {
  await db.close();
  await files.drop();
});
beforeEach(async () => {
  searchId = `srch_${count++}`;
  await db.searches.create(newSearch(searchId, SPEC));
});

const idOf = (number: number) => `trl_${searchId}_${number}`;

const scheduled = (number: number, more: Partial<ScheduledTrial> = {}): ScheduledTrial => ({
  id: idOf(number),
  number,
  params: { learningRate: 0.5 },
  proposal: 'drawn at random',
  basis: null,
  round: null,
  targetStep: 3,
  parent: null,
  ...more,
});

async function claim(...numbers: readonly number[]) {
  return db.trials.claim(numbers.map(idOf), HOLDER);
}

const arrivalOf = (number: number, value: number | null, more: Partial<RungArrival> = {}): RungArrival => ({
  trialId: idOf(number),
  attempt: 1,
  step: 3,
  value,
  rankKey: value,
  violation: null,
  entry: value,
  metrics: { cost: value },
  elapsedMs: 12,
  checkpoint: Uint8Array.of(number, 1, 2),
  ...more,
});

/** Makes trials 0 to n - 1 with target step 3, trains them that far and brings them back; trial n is worth n. */
async function waiting(n: number): Promise<void> {
  await db.rungs.addScheduled(
    searchId,
    1,
    Array.from({ length: n }, (_, number) => scheduled(number)),
  );
  await claim(...Array.from({ length: n }, (_, number) => number));
  await db.rungs.arrive(
    Array.from({ length: n }, (_, number) => arrivalOf(number, number)),
    [],
  );
}

describe('arrive', () => {
  test('takes trials back at their target step, with value, rung, measurement and checkpoint', async () => {
    await db.rungs.addScheduled(searchId, 1, [scheduled(0), scheduled(1)]);
    expect((await claim(0, 1)).map(({ targetStep }) => targetStep)).toEqual([3, 3]);
    const reports = [{ trialId: idOf(0), attempt: 1, step: 3, metrics: { cost: 0.5 }, elapsedMs: 12 }];
    const arrivals = [arrivalOf(0, 0.5), arrivalOf(1, null, { checkpoint: null })];
    expect([...(await db.rungs.arrive(arrivals, reports))].sort()).toEqual([idOf(0), idOf(1)]);
    expect(await db.rungs.rungRecords(searchId, { numbers: [], from: 0 })).toMatchObject([
      {
        number: 0,
        params: { learningRate: 0.5 },
        status: 'paused',
        step: 3,
        value: 0.5,
        targetStep: 3,
        rungs: { 3: 0.5 },
      },
      {
        number: 1,
        params: { learningRate: 0.5 },
        status: 'paused',
        step: 3,
        value: null,
        targetStep: 3,
        rungs: { 3: null },
      },
    ]);
    expect(await db.trials.measurements(idOf(0))).toMatchObject([{ step: 3, metrics: { cost: 0.5 }, elapsedMs: 12 }]);
    expect(await db.trials.get(idOf(0))).toMatchObject({ reason: 'waits at step 3 for its scheduler', durationMs: 12 });
    expect((await db.searches.get(searchId))?.progress).toMatchObject({ paused: 2, running: 0 });
  });

  test('refuses a stale attempt, and a trial that is not there yet, and keeps nothing of it', async () => {
    await db.rungs.addScheduled(searchId, 1, [scheduled(0)]);
    await claim(0);
    const reports = [{ trialId: idOf(0), attempt: 7, step: 3, metrics: { cost: 9 }, elapsedMs: 12 }];
    expect(await db.rungs.arrive([arrivalOf(0, 9, { attempt: 7 })], reports)).toEqual([]);
    expect(await db.rungs.arrive([arrivalOf(0, 9, { step: 2 })], [])).toEqual([]);
    expect(await db.trials.measurements(idOf(0))).toEqual([]);
    expect(await runSql(files.url, `SELECT trial_id FROM checkpoints WHERE trial_id = '${idOf(0)}'`)).toEqual([]);
  });

  test('cancels a trial that is wanted no more', async () => {
    await db.rungs.addScheduled(searchId, 1, [scheduled(0)]);
    await claim(0);
    await db.trials.cancel(idOf(0), 'cancelled by hand');
    await db.rungs.arrive([arrivalOf(0, 1)], []);
    expect(await db.trials.get(idOf(0))).toMatchObject({ status: 'cancelled', reason: 'cancelled by hand' });
  });
});

test('records with a result leave out trials that are on their way to their first rung, and no other', async () => {
  await waiting(3);
  await db.rungs.goOn(searchId, [{ number: 0, targetStep: 9 }]);
  await db.rungs.addScheduled(searchId, 1, [scheduled(3), scheduled(4), scheduled(5)]);
  await claim(3);
  const numbersOf = async (which: Parameters<Database['rungs']['rungRecords']>[1]) =>
    (await db.rungs.rungRecords(searchId, which)).map(({ number }) => number);
  expect(await numbersOf({ numbers: [0, 1, 3, 4], from: 99 })).toEqual([0, 1, 3, 4]);
  expect(await numbersOf({ numbers: [0, 1, 3, 4], from: 99, withResult: true })).toEqual([0, 1]);
  expect(await numbersOf({ numbers: [0, 1, 3, 4], from: 5, withResult: true })).toEqual([0, 1, 5]);
});

test('workers that were lost on the way to a step are forgotten when a trial arrives there', async () => {
  const lose = async () => {
    await claim(0);
    await runSql(files.url, `UPDATE trials SET lease_expires_at = now() - interval '1 second' WHERE id = '${idOf(0)}'`);
    await db.trials.reclaimExpired(3);
  };
  await db.rungs.addScheduled(searchId, 1, [scheduled(0)]);
  await lose();
  await lose();
  await claim(0);
  await db.rungs.arrive([arrivalOf(0, 1, { attempt: 3 })], []);
  await db.rungs.goOn(searchId, [{ number: 0, targetStep: 9 }]);
  await lose();
  await lose();
  expect(await db.trials.get(idOf(0))).toMatchObject({ status: 'queued', attempts: 5 });
  await lose();
  expect(await db.trials.get(idOf(0))).toMatchObject({ status: 'failed' });
});

describe('a trial that a person has paused at a rung', () => {
  test('goes on when its scheduler and that person both let it, in either order', async () => {
    await waiting(2);
    for (const number of [0, 1]) {
      const paused = await db.trials.pauseOne(idOf(number), 'by hand');
      expect(paused).toMatchObject({ status: 'paused', reason: 'waits at step 3 for its scheduler' });
    }
    const goOn = [0, 1].map((number) => ({ number, targetStep: 9 }));
    expect(await db.trials.resumeOne(idOf(0))).toMatchObject({ trial: { status: 'paused' }, ref: null });
    expect((await db.rungs.goOn(searchId, goOn)).map(({ id }) => id)).toEqual([idOf(0)]);
    expect(await db.trials.get(idOf(1))).toMatchObject({ status: 'paused', reason: 'paused by hand' });
    expect((await db.trials.resumeOne(idOf(1)))?.ref?.id).toBe(idOf(1));
  });

  test('has not come to the rung when its worker was lost just before', async () => {
    await db.rungs.addScheduled(searchId, 1, [scheduled(0)]);
    await claim(0);
    await db.trials.record([{ trialId: idOf(0), attempt: 1, step: 3, metrics: {}, elapsedMs: 1 }], 60_000);
    await db.trials.pauseOne(idOf(0), 'by hand');
    await runSql(files.url, `UPDATE trials SET lease_expires_at = now() - interval '1 s' WHERE id = '${idOf(0)}'`);
    await db.trials.reclaimExpired(3);
    expect(await db.rungs.goOn(searchId, [{ number: 0, targetStep: 9 }])).toEqual([]);
    expect((await db.trials.resumeOne(idOf(0)))?.ref?.id).toBe(idOf(0));
  });
});

describe('goOn and prune', () => {
  test('queue a waiting trial for more steps, once, and let it go on from its checkpoint', async () => {
    await waiting(2);
    const [gone] = await db.rungs.goOn(searchId, [{ number: 1, targetStep: 9 }]);
    expect(gone).toEqual({ id: idOf(1), searchId, attempt: 1 });
    expect(await db.rungs.goOn(searchId, [{ number: 1, targetStep: 9 }])).toEqual([]);
    expect(await claim(1)).toMatchObject([{ targetStep: 9, attempt: 2, checkpoint: { step: 3, elapsedMs: 12 } }]);
    await db.rungs.arrive([arrivalOf(1, 0.1, { attempt: 2, step: 9 })], []);
    const [record] = await db.rungs.rungRecords(searchId, { numbers: [1], from: 99 });
    expect(record?.rungs).toEqual({ 3: 1, 9: 0.1 });
    expect(await db.rungs.goOn(searchId, [{ number: 1, targetStep: 9 }])).toEqual([]);
    expect(await db.rungs.goOn(searchId, [{ number: 1, targetStep: null }])).toHaveLength(1);
  });

  test('leave a trial where it is that has passed its next step already', async () => {
    await waiting(1);
    await db.rungs.pruneWaiting(`${searchId}x`, 'not this search');
    await db.rungs.addScheduled(searchId, 1, [scheduled(1)]);
    await claim(1);
    await db.rungs.arrive([arrivalOf(1, 7, { step: 10 })], []);
    expect(await db.rungs.goOn(searchId, [{ number: 1, targetStep: 9 }])).toEqual([]);
    const [record] = await db.rungs.rungRecords(searchId, { numbers: [1], from: 99 });
    expect(record).toMatchObject({ status: 'paused', targetStep: 9, rungs: { 3: 7, 9: 7 } });
    expect(await db.rungs.goOn(searchId, [{ number: 1, targetStep: 27 }])).toHaveLength(1);
  });

  test('end a waiting trial with its reason and value, and leave running ones alone', async () => {
    await waiting(1);
    await db.rungs.addScheduled(searchId, 1, [scheduled(1)]);
    await claim(1);
    await db.rungs.prune(searchId, [
      { number: 0, reason: 'rung 1 at step 3: 3rd of 3' },
      { number: 1, reason: 'never' },
    ]);
    expect(await db.trials.get(idOf(0))).toMatchObject({
      status: 'pruned',
      reason: 'rung 1 at step 3: 3rd of 3',
      value: 0,
    });
    expect(await db.trials.get(idOf(1))).toMatchObject({ status: 'running' });
    expect(await runSql(files.url, `SELECT trial_id FROM checkpoints WHERE trial_id = '${idOf(0)}'`)).toEqual([]);
    expect((await db.trials.leaderboard(searchId, { limit: 5 }))?.entries.map(({ trial }) => trial.number)).toEqual([
      0,
    ]);
  });

  test('leave a trial alone that a person paused between rungs, and resume only that one', async () => {
    await waiting(1);
    await db.rungs.addScheduled(searchId, 1, [scheduled(1)]);
    await claim(1);
    await db.searches.transition(searchId, { from: ['running'], to: 'paused', reason: null });
    const checkpoint = { step: 1, elapsedMs: 4, data: Uint8Array.of(1) };
    await db.trials.release([{ trialId: idOf(1), attempt: 1, to: 'paused', reason: null, checkpoint }]);
    expect(await db.rungs.goOn(searchId, [{ number: 1, targetStep: 9 }])).toEqual([]);
    expect((await db.trials.resume(searchId)).map(({ id }) => id)).toEqual([idOf(1)]);
  });
});

test('a trial with a parent begins with a copy of its checkpoint', async () => {
  await waiting(1);
  await db.rungs.addScheduled(searchId, 1, [
    scheduled(1, { parent: { number: 0, step: 3 }, targetStep: 6 }),
    scheduled(2, { parent: { number: 0, step: 2 }, targetStep: 6 }),
  ]);
  const [one, ...none] = await claim(1, 2);
  expect(one?.checkpoint).toMatchObject({ step: 3, elapsedMs: 12 });
  expect([...one!.checkpoint!.data!]).toEqual([0, 1, 2]);
  // There is no checkpoint of that step to begin from, so that trial is not made.
  expect(none).toEqual([]);
});

test('the log takes each place once, all of an append or nothing', async () => {
  const entries = [
    { seq: 0, number: 3, step: 1 },
    { seq: 1, number: 0, step: null },
  ];
  expect(await db.rungs.appendLog(searchId, entries)).toBe(true);
  expect(await db.rungs.appendLog(searchId, [{ seq: 2, number: 5, step: 1 }, entries[1]!])).toBe(false);
  expect(await db.rungs.readLog(searchId, { from: 1, limit: 9 })).toEqual([entries[1]]);
});
