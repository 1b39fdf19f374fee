import { createDatabase } from '@caviar/db';
import { createQueue } from '@caviar/queue';
import type { SearchSpec } from '@caviar/spec';
import { createTestDatabase, runSql, startTestRedis } from '@caviar/testing';
import { afterAll, expect, test, vi } from 'vitest';
import type { Deps } from '../packages/orchestrator/deps.js';
import { createFlow, planSearch, prepareSearch } from '../packages/search/index.js';

const files = await createTestDatabase();
const redis = await startTestRedis();
const db = createDatabase({ url: files.url });
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const queue = createQueue({ url: redis.url, logger: SILENT });
afterAll(async () => {
  await queue.close();
  await Promise.all([db.close(), redis.kill()]);
  await files.drop();
});

/** Enough that one process at a time reads them. */
const TRIALS = 9_000;
const SPEC: SearchSpec = {
  name: 'many',
  trainer: { kind: 'external', params: {}, maxRetries: 0 },
  space: { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } },
  objective: { metric: 'cost', direction: 'minimize' },
  sampler: { kind: 'random' },
  scheduler: { kind: 'asha', minResource: 1, maxResource: 9, eta: 3 },
  stop: { maxTrials: 1_000_000 },
  parallelism: 8,
  seed: 5,
  reproducibility: 'strict',
};

/** What trial n came to: a third of them diverge, the others wait at the first rung or ended there. */
const costOf = (number: number) => (number % 3 === 0 ? null : (number * 7919) % 1000);

async function searchOfMany(id: string, spec = SPEC): Promise<void> {
  const more = { project: 'default', plannedTotal: 1_000_000, roundCount: 0, prior: [], idempotency: null };
  await db.searches.create({ id, spec, ...more });
  await runSql(
    files.url,
    `BEGIN; ALTER TABLE trials DISABLE TRIGGER USER;
     INSERT INTO trials (id, search_id, number, status, params, proposal, attempt, value, rank_key, step, target_step, metrics)
     SELECT '${id}_' || n, '${id}', n, CASE WHEN n % 3 = 0 THEN 'infeasible' ELSE 'completed' END::trial_status,
       json_build_object('x', 0.5), '', 1, v, v, 1, NULL, json_build_object('cost', v)
     FROM (SELECT n, CASE WHEN n % 3 <> 0 THEN (n::bigint * 7919) % 1000 END AS v FROM generate_series(0, ${TRIALS - 1}) n) r;
     ALTER TABLE trials ENABLE TRIGGER USER;
     UPDATE searches SET completed = ${TRIALS - TRIALS / 3}, infeasible = ${TRIALS / 3} WHERE id = '${id}'; COMMIT`,
  );
}

/** A process of its own, as far as flows go. */
async function anotherProcess(
  { dispatcher, signals }: Pick<typeof queue, 'dispatcher' | 'signals'> = queue,
  database: typeof db = db,
) {
  vi.resetModules();
  const { advanceSearch } = await import('../packages/orchestrator/use-cases/advance-search.js');
  const { advanceWhenCalled } = await import('../packages/orchestrator/use-cases/reconcile.js');
  const deps = { ...database, dispatcher, signals, logger: SILENT } as unknown as Deps;
  const advance = (searchId: string, options?: { readonly trialsPerJob: number }) =>
    advanceSearch(deps, searchId, options);
  return Object.assign(advance, { listen: () => advanceWhenCalled(deps) });
}

const made = async (searchId: string) => (await db.trials.list(searchId, { limit: 20, status: 'queued' })).items;

/** What the flow says once it knows the results of all that is there. */
function expected() {
  const flow = createFlow(SPEC, planSearch(SPEC));
  for (let number = 0; number < TRIALS; number++) {
    const value = costOf(number);
    flow.feed([{ number, step: 1, value, status: value === null ? 'infeasible' : 'completed' }]);
  }
  const { propose } = prepareSearch(SPEC);
  return flow.take().flatMap((command) => {
    if (command.kind !== 'create' || command.number < TRIALS) return [];
    return { number: command.number, params: propose(command.number).params };
  });
}

test('many trials are read in blocks, by one process at a time, and lead to what all of them at once do', async () => {
  await searchOfMany('srch_flow');
  const advance = await anotherProcess();
  await db.learning.take('srch_flow', 'somebody', 60_000);
  await runSql(files.url, `UPDATE learning_summaries SET taken_until = now() + interval '1 hour'`);
  // The key is another's: that one is at something else, and is no reason to wait.
  await advance('srch_flow');
  expect((await made('srch_flow')).map(({ number, params }) => ({ number, params }))).toEqual(expected());

  await searchOfMany('srch_held');
  await advance('srch_held');
  await runSql(files.url, `DELETE FROM trials WHERE search_id = 'srch_held' AND status = 'queued'`);
  await runSql(files.url, `UPDATE searches SET queued = 0 WHERE id = 'srch_held'`);
  await runSql(files.url, `UPDATE learning_summaries SET taken_until = now() + interval '1 hour'`);
  const other = await anotherProcess();
  await other('srch_held');
  expect(await made('srch_held')).toEqual([]);
  await runSql(files.url, `UPDATE learning_summaries SET taken_until = now()`);
  await other('srch_held');
  expect((await made('srch_held')).map(({ number, params }) => ({ number, params }))).toEqual(expected());
});

test('who may not lead leaves it to workers, of whom one leads; others leave it to that one, and take over when it is gone', async () => {
  const id = 'srch_led';
  await searchOfMany(id, { ...SPEC, trainer: { kind: 'quadratic', params: {}, maxRetries: 0 } });
  const own = createQueue({ url: redis.url, logger: SILENT });
  const ownDb = createDatabase({ url: files.url });
  const [api, leader, other] = [await anotherProcess(), await anotherProcess(own, ownDb), await anotherProcess()];
  const numbers = async () => (await made(id)).map(({ number }) => number);
  /** Ends the trials that there are, each at its first rung. */
  const carryOut = async () => {
    const ids = (await made(id)).map((trial) => trial.id);
    const claimed = await db.trials.claim(ids, { workerId: 'w', provenance: {}, leaseMs: 60_000 });
    const rest = {
      value: 1,
      rankKey: 1,
      violation: null,
      entry: 1,
      metrics: { cost: 1 },
      elapsedMs: 1,
      checkpoint: null,
    };
    const arrivals = claimed.map(({ trialId, attempt, targetStep }) => ({
      trialId,
      attempt,
      step: targetStep ?? 9,
      ...rest,
    }));
    await db.rungs.arrive(arrivals, []);
  };
  const first = expected().map(({ number }) => number);

  await api(id);
  expect(await numbers()).toEqual([]); // nobody listens yet
  const stop = leader.listen();
  // The subscription is on its way: a call may get lost, as any signal may.
  await vi.waitFor(async () => {
    await api(id);
    expect(await numbers()).toEqual(first);
  }, 20_000);

  await carryOut();
  await other(id, { trialsPerJob: 2 });
  await vi.waitFor(async () => expect((await numbers()).length).toBe(SPEC.parallelism), 20_000);

  // Gone without a word: until its lease is over nothing happens, then whoever comes takes over.
  stop();
  await Promise.all([own.close(), ownDb.close()]); // what it was at, if anything, ends here
  await carryOut();
  await runSql(
    files.url,
    `UPDATE learning_summaries SET taken_until = now() + interval '1 hour' WHERE search_id = '${id}'`,
  );
  await other(id, { trialsPerJob: 2 });
  expect(await numbers()).toEqual([]);
  await runSql(files.url, `UPDATE learning_summaries SET taken_until = now() WHERE search_id = '${id}'`);
  await other(id, { trialsPerJob: 2 });
  expect((await numbers()).length).toBe(SPEC.parallelism);
  await carryOut();
  await other(id, { trialsPerJob: 2 });
  expect((await numbers()).length).toBeGreaterThan(0); // some train to their end
});
