import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase } from './index.js';
import { newSearch, quadraticSpec } from './testing/quadratic-spec.js';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
afterAll(async () => {
  await db.close();
  await files.drop();
});

const SPEC = quadraticSpec(9);

let searchId: string;
let count = 0;
const idOf = (number: number) => `trl_${searchId}_${number}`;
/** Workers `a1`, `a2` are on machine a, and so on. */
const beat = (worker: string, hasSucceeded = false) =>
  db.workers.heartbeat({ id: worker, host: worker[0]!, pid: 1, concurrency: 4, runtime: {} }, hasSucceeded);

beforeEach(async () => {
  await runSql(files.url, 'TRUNCATE workers, host_strikes, host_quarantines');
  searchId = `srch_${count++}`;
  await db.searches.create(newSearch(searchId, SPEC));
  const trials = Array.from({ length: 8 }, (_, number) => {
    return { id: idOf(number), number, params: {}, proposal: '', round: null, basis: null };
  });
  await db.trials.add({ id: searchId, spaceVersion: 1, given: 0 }, trials);
  for (const worker of ['a1', 'b1']) await beat(worker);
});

async function take(worker: string, ...numbers: readonly number[]) {
  await runSql(files.url, 'UPDATE trials SET retry_at = NULL');
  return db.trials.claim(numbers.map(idOf), { workerId: worker, provenance: {}, leaseMs: 60_000 });
}
async function fail(worker: string, number: number, isOfParams = false) {
  const [{ attempt } = { attempt: 0 }] = await take(worker, number);
  await db.trials.fail([{ trialId: idOf(number), attempt, reason: 'x', maxRetries: 9, isOfParams }]);
}
async function complete(worker: string, number: number) {
  const [{ attempt } = { attempt: 0 }] = await take(worker, number);
  const end = {
    status: 'completed',
    value: 1,
    rankKey: 1,
    step: 1,
    metrics: {},
    reason: null,
    durationMs: 1,
    violation: null,
  } as const;
  await db.trials.finish([{ trialId: idOf(number), attempt, ...end }], []);
  await beat(worker, true);
}
async function lose(worker: string, ...numbers: readonly number[]) {
  await take(worker, ...numbers);
  await runSql(files.url, `UPDATE trials SET lease_expires_at = now() - interval '1 s' WHERE worker_id = '${worker}'`);
  await db.trials.reclaimExpired(99);
}
const judged = async () => (await db.workers.judgeHosts()).map(({ host }) => host);
const quarantineOf = async (worker: string) =>
  (await db.workers.list({ limit: 50 })).items.find(({ id }) => id === worker)?.quarantine;

describe('a machine', () => {
  test('where three trials in a row fail while another does well gets none for five minutes', async () => {
    for (const number of [0, 1]) await fail('a1', number);
    await complete('b1', 4);
    expect(await judged()).toEqual([]);
    await fail('a1', 2);
    expect(await judged()).toEqual(['a']);
    expect(await judged()).toEqual([]);
    const quarantine = await beat('a1');
    expect(quarantine?.reason).toMatch(/^3 trials or workers in a row failed or were lost here/);
    const minutes = (quarantine!.until.getTime() - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(4);
    expect(minutes).toBeLessThan(6);
    expect(await quarantineOf('a1')).toEqual(quarantine);
    expect([await beat('b1'), await quarantineOf('b1')]).toEqual([null, null]);
    // All that is on the machine shares its fate.
    expect(await beat('a2')).toEqual(quarantine);
  });

  test('is not to blame where nothing comes to a result anywhere', async () => {
    for (const number of [0, 1, 2, 3]) await fail('a1', number);
    for (const number of [4, 5, 6]) await fail('b1', number);
    expect(await judged()).toEqual([]);
  });

  test('that brings a trial to a result in between begins anew', async () => {
    for (const number of [0, 1]) await fail('a1', number);
    await complete('a1', 3);
    await fail('a1', 2);
    await complete('b1', 4);
    expect(await judged()).toEqual([]);
  });

  test('loses a worker once, however many trials it had, and a trial counts once', async () => {
    await lose('a1', 0, 1, 2, 3);
    for (let i = 0; i < 3; i++) await fail('a1', 4);
    await complete('b1', 5);
    expect(await judged()).toEqual([]);
    await beat('a2');
    await lose('a2', 6);
    await complete('b1', 7);
    expect(await judged()).toEqual(['a']);
  });

  test('is told by two trials that come to a result elsewhere', async () => {
    for (const number of [0, 1]) await fail('a1', number);
    for (const number of [0, 1]) await complete('b1', number);
    const [found] = await db.workers.judgeHosts();
    expect(found).toMatchObject({ host: 'a', reason: expect.stringContaining('2 of the same among them') });
  });

  test('is not to blame for params that make no sense', async () => {
    for (const number of [0, 1, 2]) await fail('a1', number, true);
    await complete('b1', 4);
    expect(await judged()).toEqual([]);
  });

  test('works again when it is the last, when its time is over, and when it is released', async () => {
    const blame = async () => {
      for (const number of [0, 1, 2]) await fail('a1', number);
      await complete('b1', 3 + (await db.searches.get(searchId))!.progress.completed);
      return judged();
    };
    expect(await blame()).toEqual(['a']);
    expect(await db.workers.release('a1')).toBe(true);
    expect(await beat('a1')).toBeNull();
    expect(await db.workers.release('nobody')).toBe(false);
    // Again, and then twice as long.
    expect(await blame()).toEqual(['a']);
    await runSql(files.url, `UPDATE host_quarantines SET until = now()`);
    expect(await beat('a1')).toBeNull();
    expect(await blame()).toEqual(['a']);
    expect(((await beat('a1'))!.until.getTime() - Date.now()) / 60_000).toBeGreaterThan(8);
    await db.workers.stopped('b1');
    expect(await judged()).toEqual([]);
    expect(await beat('a1')).toBeNull();
  });
});

test('a turn is taken by one of many, and again when its time has come', async () => {
  await runSql(files.url, `UPDATE turns SET taken_at = now() - interval '1 hour'`);
  const turns = (['tidy', 'webhooks', 'prune'] as const).map((name) => ({ name, everyMs: 60_000 }));
  const all = async () => {
    const taken = await Promise.all(Array.from({ length: 8 }, () => db.workers.takeTurns(turns)));
    return taken.flat().sort();
  };
  expect(await all()).toEqual(['prune', 'tidy', 'webhooks']);
  expect(await all()).toEqual([]);
  await runSql(files.url, `UPDATE turns SET taken_at = now() - interval '1 hour' WHERE name = 'tidy'`);
  expect(await all()).toEqual(['tidy']);
  expect(await db.workers.takeTurns([])).toEqual([]);
});

test.each([
  ['53100', 'Postgres has no room left on its disk'],
  ['53200', 'Postgres does not answer'],
  ['25006', 'Postgres does not answer'],
])('what Postgres cannot do now (%s) may be tried again', async (state, message) => {
  await runSql(
    files.url,
    `CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE SQLSTATE '${state}'; END $$ LANGUAGE plpgsql;
     CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON workers FOR EACH ROW EXECUTE FUNCTION refuse()`,
  );
  await expect(beat('a1')).rejects.toMatchObject({ code: 'unavailable', message });
  await runSql(files.url, 'DROP FUNCTION refuse CASCADE');
});
