import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createDatabase } from './index.js';
import { newSearch, quadraticSpec } from './testing/quadratic-spec.js';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
afterAll(async () => {
  await db.close();
  await files.drop();
});

const SPEC = quadraticSpec(0);
const LEASE_MS = 60_000;

let searchId: string;
let count = 0;
const idOf = (number: number) => `trl_${searchId}_${number}`;
const lease = (number = 0, attempt = 1) => ({ trialId: idOf(number), attempt });

beforeEach(async () => {
  searchId = `srch_${count++}`;
  await db.searches.create(newSearch(searchId, SPEC));
  const trials = [0, 1].map((number) => {
    return { id: idOf(number), number, params: {}, proposal: '', round: null, basis: null };
  });
  await db.trials.add({ id: searchId, spaceVersion: 1, given: 0 }, trials);
  await db.trials.claim(
    trials.map(({ id }) => id),
    { workerId: 'wrk_1', provenance: {}, leaseMs: LEASE_MS },
  );
});

/** Measures a step and leaves a checkpoint there. */
async function pass(step: number, number = 0): Promise<boolean> {
  await db.trials.record([{ ...lease(number), step, metrics: {}, elapsedMs: step }], LEASE_MS);
  return db.checkpoints.keep(lease(number), { step, elapsedMs: step, data: new Uint8Array([step]) });
}
const stepsOf = async (number = 0) =>
  (await runSql(files.url, `SELECT step FROM checkpoints WHERE trial_id = '${idOf(number)}' ORDER BY step`)).map(
    ({ step }) => step,
  );

test('a worker that is lost leaves its newest checkpoint to the next', async () => {
  for (const step of [3, 7]) expect(await pass(step)).toBe(true);
  await runSql(files.url, `UPDATE trials SET lease_expires_at = now() - interval '1 second' WHERE id = '${idOf(0)}'`);
  await db.trials.reclaimExpired(3);
  const [claimed] = await db.trials.claim([idOf(0)], { workerId: 'wrk_2', provenance: {}, leaseMs: LEASE_MS });
  expect(claimed).toMatchObject({ attempt: 2, checkpoint: { step: 7, elapsedMs: 7 } });
  expect([...claimed!.checkpoint!.data!]).toEqual([7]);
  // The lost one comes back from the dead.
  expect(await db.checkpoints.keep(lease(), { step: 7, elapsedMs: 7, data: new Uint8Array([9]) })).toBe(false);
});

test('a large one is left out of the claim, and read by itself in pieces', async () => {
  const data = new Uint8Array(2 ** 24 + 12_345).map((_, i) => (i * 2_654_435_761) >>> 24);
  await db.trials.record([{ ...lease(), step: 4, metrics: { cost: 2 }, elapsedMs: 9 }], LEASE_MS);
  const release = { ...lease(), to: 'queued', reason: null, checkpoint: { step: 4, elapsedMs: 9, data } } as const;
  await db.trials.release([release]);
  const [claimed] = await db.trials.claim([idOf(0)], { workerId: 'wrk_2', provenance: {}, leaseMs: LEASE_MS });
  expect(claimed).toMatchObject({ checkpoint: { step: 4, elapsedMs: 9, metrics: { cost: 2 }, data: null } });
  const read = await db.checkpoints.read(idOf(0), 4);
  expect(Buffer.compare(read!, data)).toBe(0);
  expect(await db.checkpoints.read(idOf(0), 5)).toBe(null);
});

test('workers that were lost are forgotten when the trial comes further', async () => {
  const lossesOf = async () =>
    (await runSql(files.url, `SELECT losses FROM trials WHERE id = '${idOf(0)}'`))[0]?.['losses'];
  await pass(3);
  await runSql(files.url, `UPDATE trials SET losses = 2 WHERE id = '${idOf(0)}'`);
  await pass(3);
  expect(await lossesOf()).toBe(2);
  await pass(4);
  expect(await lossesOf()).toBe(0);
});

test('none is kept of a step whose measurements are not stored: they would never be', async () => {
  await pass(3);
  expect(await db.checkpoints.keep(lease(), { step: 4, elapsedMs: 4, data: new Uint8Array([4]) })).toBe(false);
  expect(await stepsOf()).toEqual([3]);
});

test('the newest two stay, and the rest lie ever wider apart', async () => {
  for (let step = 1; step <= 64; step++) {
    await pass(step);
    await db.checkpoints.tidy(6);
  }
  const steps = (await stepsOf()) as number[];
  expect(steps).toHaveLength(6);
  expect(steps.slice(-2)).toEqual([63, 64]);
  const gaps = steps.slice(0, -1).map((step, i) => step - (steps[i - 1] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(24);
  expect(steps[0]).toBeLessThanOrEqual(24);
});

test('those of ended trials go, whichever way they ended', async () => {
  await pass(1);
  await pass(1, 1);
  await db.trials.release([{ ...lease(), to: 'queued', reason: null, checkpoint: null }]);
  await db.trials.cancel(idOf(0), 'enough');
  expect(await db.checkpoints.tidy(8)).toBe(1);
  expect([await stepsOf(0), await stepsOf(1)]).toEqual([[], [1]]);
});
