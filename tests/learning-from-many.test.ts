import { createDatabase } from '@caviar/db';
import type { SearchSpec } from '@caviar/spec';
import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { toTrialRecord } from '../packages/orchestrator/objective-value.js';
import { observe, planSearch, startLearning, suggestNext, type TrialRecord } from '../packages/search/index.js';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
afterAll(async () => {
  await db.close();
  await files.drop();
});

/** Enough to be worth a summary. */
const TRIALS = 10_000;
const PARALLELISM = 8;
let searches = 0;

const SPEC: SearchSpec = {
  name: 'many',
  trainer: { kind: 'quadratic', params: {}, maxRetries: 2 },
  space: {
    x: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
    c: { kind: 'categorical', choices: ['a', 'b', 'c'] },
    y: { kind: 'float', min: 0, max: 1, scale: 'linear', when: { c: ['a', 'b'] } },
  },
  objective: { metric: 'cost', direction: 'minimize' },
  sampler: { kind: 'tpe', startup: 10, candidates: 24 },
  scheduler: { kind: 'fifo' },
  stop: { maxTrials: 1_000_000 },
  parallelism: PARALLELISM,
  seed: 11,
  reproducibility: 'strict',
};

/** A search whose first trials have all ended, as the rows of many hours would be; some failed, diverged or were changed by hand. */
async function searchOfMany(changes: Partial<SearchSpec> = {}, count = TRIALS): Promise<string> {
  const id = `srch_many_${searches++}`;
  const spec = { ...SPEC, ...changes };
  await db.searches.create({
    id,
    spec,
    project: 'default',
    plannedTotal: spec.stop.maxTrials ?? null,
    roundCount: 0,
    prior: [],
    idempotency: null,
  });
  const drawn = (salt: number) => `((hashint4extended(n, ${salt}) & 1048575) / 1048576.0)::float8`;
  await runSql(
    files.url,
    `BEGIN; ALTER TABLE trials DISABLE TRIGGER USER;
     INSERT INTO trials (id, search_id, number, status, params, proposal, attempt, value, rank_key, step, metrics, edited_from)
     SELECT '${id}_' || n, '${id}', n, CASE WHEN n % 50 = 3 THEN 'infeasible' WHEN n % 50 = 7 THEN 'failed' ELSE 'completed' END::trial_status,
       (CASE n % 3 WHEN 0 THEN json_build_object('x', power(10, -4 + 4 * ${drawn(1)}), 'c', 'c')
         ELSE json_build_object('x', power(10, -4 + 4 * ${drawn(1)}), 'c', CASE n % 3 WHEN 1 THEN 'a' ELSE 'b' END, 'y', ${drawn(2)}) END),
       '', 1, v, v, 4, json_build_object('cost', v), CASE WHEN n % 90 = 5 THEN 2 END
     FROM (SELECT n, CASE WHEN n % 50 NOT IN (3, 7) THEN ${drawn(3)} * 25 END AS v FROM generate_series(0, ${count - 1}) n) r;
     ALTER TABLE trials ENABLE TRIGGER USER;
     UPDATE searches SET completed = ${count} WHERE id = '${id}'; COMMIT`,
  );
  return id;
}

/** A process of its own, as far as learners go: what a module keeps is its own. */
async function anotherProcess() {
  vi.resetModules();
  const { proposeLearning } = await import('../packages/orchestrator/use-cases/propose-learning.js');
  return async (searchId: string, count = 3) => {
    const state = (await db.searches.getForAdvance(searchId))!;
    const { spec, rounds } = state.search;
    const plan = planSearch(spec, { rounds, spaceFirstNumber: 0 });
    return proposeLearning(db, { state, plan, endNumber: state.nextNumber + count });
  };
}

/** What all trials, shown one after the other to a learner that knows nothing, lead to. */
async function naively(searchId: string, count = 3) {
  const { search, nextNumber } = (await db.searches.getForAdvance(searchId))!;
  const { spec } = search;
  const learning = startLearning(spec)!;
  const stored = await db.trials.records(searchId, { from: 0, below: nextNumber });
  const records: TrialRecord[] = stored.map((trial) => toTrialRecord(spec, trial));
  const made: Pick<TrialRecord, 'number' | 'params'>[] = [...records];
  return Array.from({ length: count }, (_, i) => {
    const number = nextNumber + i;
    const below = spec.reproducibility === 'strict' ? number - spec.parallelism + 1 : number;
    observe(
      learning,
      records.filter((trial) => trial.number < below),
    );
    const suggestion = suggestNext(
      learning,
      number,
      made.filter((trial) => trial.number >= learning.firstUnobserved),
    );
    made.push(suggestion);
    return suggestion;
  });
}

const summaryOf = async (searchId: string) => {
  const [row] = await runSql(files.url, `SELECT * FROM learning_summaries WHERE search_id = '${searchId}'`);
  return row as { key: string; below: number; learnt: unknown; taken_until: Date } | undefined;
};
const set = (searchId: string, what: string) =>
  runSql(files.url, `UPDATE learning_summaries SET ${what} WHERE search_id = '${searchId}'`);

/** Adds the trials that were proposed, each with an outcome. */
async function carryOut(searchId: string, proposed: Awaited<ReturnType<typeof naively>>): Promise<void> {
  await db.trials.add(
    { id: searchId, spaceVersion: 1, given: 0 },
    proposed.map((one) => ({ id: `${searchId}_${one.number}`, basis: null, ...one })),
  );
  const ids = proposed.map(({ number }) => `${searchId}_${number}`);
  const claimed = await db.trials.claim(ids, { workerId: 'w', provenance: {}, leaseMs: 60_000 });
  await db.trials.finish(
    claimed.map(({ trialId, attempt, number }) => ({
      trialId,
      attempt,
      status: 'completed' as const,
      value: number % 7,
      rankKey: number % 7,
      violation: null,
      step: 4,
      metrics: { cost: number % 7 },
      reason: null,
      durationMs: 1,
    })),
    [],
  );
}

describe.each([
  ['strict', {}],
  ['throughput', { reproducibility: 'throughput' as const }],
  ['with a constraint, whose metrics count', { constraints: [{ metric: 'cost', max: 20 }] }],
])('%s', (_, changes) => {
  test('whoever has read the trials, and from wherever, proposes the same, also as the search goes on', async () => {
    const id = await searchOfMany(changes);
    const expected = await naively(id);
    const first = await anotherProcess();
    expect(await first(id)).toEqual(expected);
    const summary = (await summaryOf(id))!;
    expect(summary.below).toBeGreaterThan(TRIALS - PARALLELISM - 1);
    expect(summary.taken_until.getTime()).toBeLessThanOrEqual(Date.now());

    // From the summary; the trials that it stands for are not even there any more.
    await runSql(files.url, `BEGIN; ALTER TABLE trials RENAME TO trials_all; COMMIT`);
    await runSql(files.url, `CREATE VIEW trials AS SELECT * FROM trials_all WHERE number >= ${summary.below - 10}`);
    try {
      const second = await anotherProcess();
      expect(await second(id)).toEqual(expected);
    } finally {
      await runSql(files.url, `BEGIN; DROP VIEW trials; ALTER TABLE trials_all RENAME TO trials; COMMIT`);
    }

    const third = await anotherProcess();
    for (let round = 0; round < 3; round++) {
      const proposed = await naively(id, PARALLELISM);
      for (const process of [first, third]) expect(await process(id, PARALLELISM)).toEqual(proposed);
      await carryOut(id, proposed);
    }
  });
});

test('a summary that reaches a part of the way is gone on from', async () => {
  const [short, id] = [await searchOfMany({}, 9000), await searchOfMany({}, 2 * TRIALS)];
  await (await anotherProcess())(short);
  await (await anotherProcess())(id);
  const { key } = (await summaryOf(id))!;
  const { below, learnt } = (await summaryOf(short))!;
  await runSql(files.url, `DELETE FROM learning_summaries WHERE search_id = '${id}'`);
  await db.learning.keep(id, key, { below, learnt }, 0);
  expect(await (await anotherProcess())(id)).toEqual(await naively(id));
  expect((await summaryOf(id))?.below).toBeGreaterThan(2 * TRIALS - PARALLELISM - 1);
});

test('one that goes further than a trial may, or is of something else, is not used', async () => {
  const id = await searchOfMany();
  const expected = await naively(id);
  await (await anotherProcess())(id);
  await set(id, `below = ${TRIALS + 1}, learnt = '{}'`);
  expect(await (await anotherProcess())(id)).toEqual(expected);
  await set(id, `key = 'another', learnt = '{}'`);
  expect(await (await anotherProcess())(id)).toEqual(expected);
  await set(id, `learnt = NULL, below = 0`);
  expect(await (await anotherProcess())(id)).toEqual(expected);
});

test('while one process reads many trials, others leave the search to it; when it is gone, the next one reads', async () => {
  const id = await searchOfMany();
  await (await anotherProcess())(id);
  await set(id, `learnt = NULL, below = 0, taken_until = now() + interval '1 hour'`);
  const other = await anotherProcess();
  expect(await other(id)).toEqual([]);
  await set(id, `taken_until = now()`);
  // Of one process both: one reading does for the two, and who proposes later may leave it to who did before.
  const [expected, answers] = [await naively(id), await Promise.all([other(id), other(id)])];
  expect(answers.some((answer) => answer.length > 0)).toBe(true);
  for (const answer of answers.filter(({ length }) => length > 0)) expect(answer).toEqual(expected);
});

test('of several processes that come at once one reads, and all agree', async () => {
  const id = await searchOfMany();
  const processes = [await anotherProcess(), await anotherProcess(), await anotherProcess()];
  const answers = await Promise.all(processes.map((process) => process(id)));
  const expected = await naively(id);
  expect(answers.some((answer) => answer.length > 0)).toBe(true);
  for (const answer of answers.filter(({ length }) => length > 0)) expect(answer).toEqual(expected);
});

test('a few trials leave no summary, and a search takes its own away', async () => {
  const few = await searchOfMany({}, 500);
  expect(await (await anotherProcess())(few)).toEqual(await naively(few));
  expect(await summaryOf(few)).toBeUndefined();
  const id = await searchOfMany({}, 9000);
  await (await anotherProcess())(id);
  await db.searches.transition(id, { from: ['running'], to: 'cancelled', reason: null });
  await db.searches.delete(id);
  expect(await summaryOf(id)).toBeUndefined();
  expect(await db.learning.take(id, 'key', 1000)).toBe(false);
  await db.learning.keep(id, 'key', { below: 1, learnt: {} }, 0); // too late, and no harm done
});

test('a sampler that has no summary reads them all', async () => {
  const id = await searchOfMany({ sampler: { kind: 'cma-es' } }, 9000);
  const expected = await naively(id);
  expect(await (await anotherProcess())(id)).toEqual(expected);
  expect(await (await anotherProcess())(id)).toEqual(expected);
  expect((await summaryOf(id))?.learnt).toBeNull();
});
