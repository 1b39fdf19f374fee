import type { TrialFinish, TrialLease, TrialRef } from '@caviar/orchestrator';
import { createTestDatabase, runSql, type TestDatabase } from '@caviar/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase, type Database } from './index.js';
import { newSearch, quadraticSpec } from './testing/quadratic-spec.js';

const SPEC = quadraticSpec(2);
const HOLDER = { workerId: 'wrk_1', provenance: { node: 'v24.0.0', fused: true }, leaseMs: 60_000 };
const LEASE_MS = 60_000;

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

async function add(n: number, first = 0): Promise<readonly TrialRef[]> {
  const trials = Array.from({ length: n }, (_, i) => ({
    id: `trl_${searchId}_${first + i}`,
    number: first + i,
    params: { learningRate: 0.5 },
    proposal: 'drawn at random',
    round: null,
    basis: null,
  }));
  return db.trials.add({ id: searchId, spaceVersion: 1, given: 0 }, trials);
}

async function claim(refs: readonly TrialRef[]): Promise<TrialLease[]> {
  const claimed = await db.trials.claim(
    refs.map(({ id }) => id),
    HOLDER,
  );
  return claimed.map(({ trialId, attempt }) => ({ trialId, attempt }));
}

const finishOf = (lease: TrialLease, value: number | null, more: Partial<TrialFinish> = {}): TrialFinish => ({
  ...lease,
  status: value === null ? 'infeasible' : 'completed',
  value,
  rankKey: value,
  violation: null,
  step: 3,
  metrics: { cost: value },
  reason: null,
  durationMs: 7,
  ...more,
});

/** Counters as the trigger keeps them, and as counting says they must be. */
async function counters(): Promise<{ kept: unknown; counted: unknown }> {
  const search = await db.searches.get(searchId);
  const rows = await runSql(
    files.url,
    `SELECT status, count(*)::int AS n FROM trials WHERE search_id = '${searchId}' GROUP BY status`,
  );
  const counted: Record<string, number> = {
    queued: 0,
    running: 0,
    paused: 0,
    completed: 0,
    pruned: 0,
    infeasible: 0,
    failed: 0,
    cancelled: 0,
  };
  for (const row of rows as { status: string; n: number }[]) counted[row.status] = row.n;
  const { total: _, ...kept } = search?.progress ?? { total: 0 };
  return { kept, counted };
}

describe('adding', () => {
  test('leaves out numbers that exist, so that proposing twice makes one trial', async () => {
    expect(await add(3)).toHaveLength(3);
    const again = await db.trials.add({ id: searchId, spaceVersion: 1, given: 0 }, [
      { id: 'other', number: 2, params: {}, proposal: '', round: null, basis: null },
      { id: 'new', number: 3, params: {}, proposal: '', round: null, basis: null },
    ]);
    expect(again).toEqual([{ id: 'new', searchId, attempt: 0 }]);
  });

  test('of two processes at once adds each number once', async () => {
    const added = await Promise.all(
      ['a', 'b', 'c', 'd'].map((who) =>
        db.trials.add(
          { id: searchId, spaceVersion: 1, given: 0 },
          Array.from({ length: 8 }, (_, number) => ({
            id: `${searchId}${who}${number}`,
            number,
            params: {},
            proposal: '',
            round: null,
            basis: null,
          })),
        ),
      ),
    );
    expect(added.flat()).toHaveLength(8);
    const { kept, counted } = await counters();
    expect(kept).toEqual(counted);
  });

  test('does nothing once the space has changed, or the search does not run', async () => {
    await db.searches.update(searchId, { space: SPEC.space });
    expect(await add(1)).toEqual([]);
    expect(
      await db.trials.add({ id: searchId, spaceVersion: 2, given: 0 }, [
        { id: `${searchId}x`, number: 0, params: {}, proposal: '', round: null, basis: null },
      ]),
    ).toHaveLength(1);
    await db.searches.transition(searchId, { from: ['running'], to: 'paused', reason: null });
    expect(
      await db.trials.add({ id: searchId, spaceVersion: 2, given: 0 }, [
        { id: `${searchId}y`, number: 1, params: {}, proposal: '', round: null, basis: null },
      ]),
    ).toEqual([]);
  });
});

describe('claiming', () => {
  test('gives a trial to one of many that want it', async () => {
    const refs = await add(5);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(refs)));
    expect(
      claims
        .flat()
        .map(({ trialId }) => trialId)
        .sort(),
    ).toEqual(refs.map(({ id }) => id).sort());
    const { kept, counted } = await counters();
    expect(kept).toEqual(counted);
    expect(kept).toMatchObject({ queued: 0, running: 5 });
  });

  test('writes down what the attempt runs on, for longer than there is a worker', async () => {
    const [ref] = await add(1);
    expect((await db.trials.get(ref!.id))?.provenance).toBeNull();
    await db.workers.heartbeat({ id: 'wrk_1', host: 'h', pid: 1, concurrency: 1, runtime: HOLDER.provenance });
    const [lease] = await claim([ref!]);
    await runSql(files.url, `DELETE FROM workers WHERE id = 'wrk_1'`);
    expect(await db.trials.get(ref!.id)).toMatchObject({ workerId: 'wrk_1', provenance: HOLDER.provenance });

    await db.trials.release([{ ...lease!, to: 'queued', reason: null, checkpoint: null }]);
    const other = { workerId: 'wrk_2', provenance: { node: 'v20.0.0', fused: false }, leaseMs: LEASE_MS };
    await db.trials.claim([ref!.id], other);
    expect((await db.trials.get(ref!.id))?.provenance).toEqual(other.provenance);
  });

  test('gives nothing of a paused search', async () => {
    const refs = await add(2);
    await db.searches.transition(searchId, { from: ['running'], to: 'paused', reason: null });
    expect(await claim(refs)).toEqual([]);
  });
});

describe('a stale attempt', () => {
  test('can write nothing: not measure, not finish, not fail, not release', async () => {
    const [stale] = await claim(await add(1));
    await runSql(
      files.url,
      `UPDATE trials SET lease_expires_at = now() - interval '1 second' WHERE id = '${stale!.trialId}'`,
    );
    const reclaimed = await db.trials.reclaimExpired(3);
    expect(reclaimed).toEqual([{ id: stale!.trialId, searchId, attempt: 1 }]);
    const [fresh] = await claim(reclaimed);
    expect(fresh!.attempt).toBe(2);

    const report = { ...stale!, step: 1, metrics: { cost: 9 }, elapsedMs: 1 };
    expect((await db.trials.record([report], LEASE_MS)).get(stale!.trialId)).toBe('lost');
    expect((await db.trials.renew([stale!], LEASE_MS)).get(stale!.trialId)).toBe('lost');
    expect(await db.trials.finish([finishOf(stale!, 1)], [report])).toEqual([]);
    expect(await db.trials.fail([{ ...stale!, reason: 'x', maxRetries: 0 }])).toEqual([]);
    expect(await db.trials.release([{ ...stale!, to: 'queued', reason: 'x', checkpoint: null }])).toEqual([]);
    expect(await db.trials.measurements(stale!.trialId)).toEqual([]);
    expect(await db.trials.get(stale!.trialId)).toMatchObject({ status: 'running', attempts: 2 });

    expect(await db.trials.finish([finishOf(fresh!, 1)], [])).toEqual([fresh!.trialId]);
    // And a repetition of what was done changes nothing either.
    expect(await db.trials.finish([finishOf(fresh!, 2)], [])).toEqual([]);
    expect(await db.trials.get(fresh!.trialId)).toMatchObject({ status: 'completed', value: 1 });
  });
});

describe('measurements', () => {
  test('are stored by trial and step; a repeated step changes nothing', async () => {
    const [lease] = await claim(await add(1));
    const timing = { seconds: 0.25, samplesPerSecond: 400 };
    const at = (step: number, cost: number) => ({
      ...lease!,
      step,
      metrics: { cost },
      elapsedMs: step,
      ...(step === 2 ? { timing } : {}),
    });
    expect((await db.trials.record([at(2, 0.2), at(1, 0.1)], LEASE_MS)).get(lease!.trialId)).toBe('continue');
    await db.trials.record([at(2, 99)], LEASE_MS);
    await db.trials.finish([finishOf(lease!, 0.3)], [at(3, 0.3)]);
    expect(await db.trials.measurements(lease!.trialId)).toEqual([
      { step: 1, metrics: { cost: 0.1 }, elapsedMs: 1, timing: null },
      { step: 2, metrics: { cost: 0.2 }, elapsedMs: 2, timing },
      { step: 3, metrics: { cost: 0.3 }, elapsedMs: 3, timing: null },
    ]);
  });

  test.each([
    ['paused', 'pause'],
    ['cancelled', 'cancel'],
    ['completed', 'cancel'],
  ] as const)('of a search that is %s are answered with %s', async (to, control) => {
    const [lease] = await claim(await add(1));
    await db.searches.transition(searchId, { from: ['running'], to, reason: null });
    const answer = await db.trials.record([{ ...lease!, step: 1, metrics: {}, elapsedMs: 1 }], LEASE_MS);
    expect(answer.get(lease!.trialId)).toBe(control);
  });
});

describe('failing', () => {
  test('queues the trial again until its retries are used up', async () => {
    let refs = await add(1);
    for (const attempt of [1, 2]) {
      const [lease] = await claim(refs);
      refs = await db.trials.fail([{ ...lease!, reason: `failure ${attempt}`, maxRetries: 2 }]);
      expect(refs).toEqual([{ id: lease!.trialId, searchId, attempt, retryMs: expect.any(Number) }]);
      await runSql(files.url, `UPDATE trials SET retry_at = now() WHERE id = '${lease!.trialId}'`);
    }
    const [lease] = await claim(refs);
    expect(await db.trials.fail([{ ...lease!, reason: 'failure 3', maxRetries: 2 }])).toEqual([]);
    expect(await db.trials.get(lease!.trialId)).toMatchObject({ status: 'failed', reason: 'failure 3', attempts: 3 });
  });

  const undispatched = async (id: string) =>
    (await db.trials.takeUndispatched(1_000, 1_000)).some((ref) => ref.id === id);

  test('has a pause before each repetition that grows to a minute, a quarter more or less', async () => {
    let refs = await add(1);
    const { id } = refs[0]!;
    for (const seconds of [1, 3, 9, 27, 60, 60]) {
      const [lease] = await claim(refs);
      const [retried] = await db.trials.fail([{ ...lease!, reason: 'x', maxRetries: 99 }]);
      expect(retried!.retryMs).toBeGreaterThan(749 * seconds);
      expect(retried!.retryMs).toBeLessThan(1251 * seconds);
      refs = [retried!];
      // Nobody gets it before: not by the queue, not as one that the queue has lost.
      expect(await claim(refs)).toEqual([]);
      await runSql(files.url, `UPDATE trials SET dispatched_at = now() - interval '1 hour' WHERE id = '${id}'`);
      expect(await undispatched(id)).toBe(false);
      await runSql(files.url, `UPDATE trials SET retry_at = now() WHERE id = '${id}'`);
      expect(await undispatched(id)).toBe(true);
    }
  });

  test('a trial that loses three workers is given up, with the reason', async () => {
    let refs = await add(1);
    for (let losses = 1; losses <= 3; losses++) {
      const [lease] = await claim(refs);
      await runSql(
        files.url,
        `UPDATE trials SET lease_expires_at = now() - interval '1 second' WHERE id = '${lease!.trialId}'`,
      );
      refs = await db.trials.reclaimExpired(3);
      expect(refs).toHaveLength(losses < 3 ? 1 : 0);
    }
    const trial = await db.trials.get(`trl_${searchId}_0`);
    expect(trial).toMatchObject({ status: 'failed', attempts: 3 });
    expect(trial?.reason).toBe('worker wrk_1 was lost at step 0; 3 workers were lost with this trial');
  });
});

test('nobody counts as lost while the database has been up for less than a worker needs to renew its leases', async () => {
  const [lease] = await claim(await add(1));
  await runSql(
    files.url,
    `UPDATE trials SET lease_expires_at = now() - interval '1 second' WHERE id = '${lease!.trialId}'`,
  );
  expect(await db.trials.reclaimExpired(3, 1e9)).toEqual([]);
  expect(await db.trials.renew([lease!], LEASE_MS)).toEqual(new Map([[lease!.trialId, 'continue']]));
});

test('to look at what is wanted of a trial is not to renew its lease', async () => {
  const [lease] = await claim(await add(1));
  const { trialId } = lease!;
  await runSql(files.url, `UPDATE trials SET lease_expires_at = now() - interval '1 second' WHERE id = '${trialId}'`);
  expect(await db.trials.controls([lease!])).toEqual(new Map([[trialId, 'continue']]));
  expect(await db.trials.controls([{ trialId, attempt: 7 }])).toEqual(new Map([[trialId, 'lost']]));
  await db.searches.transition(searchId, { from: ['running'], to: 'paused', reason: null });
  expect(await db.trials.controls([lease!])).toEqual(new Map([[trialId, 'pause']]));
  expect(await db.trials.reclaimExpired(3)).toHaveLength(1);
});

describe('giving back', () => {
  test('with a checkpoint: the next to claim it goes on from there; the end drops it', async () => {
    const [lease] = await claim(await add(1));
    const data = new Uint8Array([0, 1, 2, 253, 254, 255]);
    const [ref] = await db.trials.release([
      { ...lease!, to: 'queued', reason: 'r', checkpoint: { step: 4, elapsedMs: 9, data } },
    ]);
    const [claimed] = await db.trials.claim([ref!.id], HOLDER);
    expect(claimed!.checkpoint).toMatchObject({ step: 4, elapsedMs: 9, metrics: {} });
    expect([...claimed!.checkpoint!.data!]).toEqual([...data]);
    await db.trials.finish([finishOf({ trialId: claimed!.trialId, attempt: claimed!.attempt }, 1)], []);
    const left = await runSql(files.url, `SELECT 1 FROM checkpoints WHERE trial_id = '${claimed!.trialId}'`);
    expect(left).toEqual([]);
  });

  test('to a search that was resumed meanwhile queues the trial; to one that has ended cancels it', async () => {
    const [a, b] = await claim(await add(2));
    expect(await db.trials.release([{ ...a!, to: 'paused', reason: 'p', checkpoint: null }])).toHaveLength(1);
    await db.searches.transition(searchId, { from: ['running'], to: 'cancelled', reason: null });
    expect(await db.trials.release([{ ...b!, to: 'queued', reason: 'p', checkpoint: null }])).toEqual([]);
    expect((await db.trials.get(b!.trialId))?.status).toBe('cancelled');
  });
});

describe('pausing one trial', () => {
  const statusOf = async (id: string) => (await db.trials.get(id))?.status;

  test('takes a queued one off at once and a running one at its next step, and keeps both when the search is resumed', async () => {
    const refs = await add(3);
    const [running] = await claim(refs.slice(0, 1));
    expect(await db.trials.pauseOne(running!.trialId, 'by hand')).toMatchObject({
      status: 'running',
      reason: 'by hand',
    });
    expect(await db.trials.pauseOne(refs[1]!.id, 'by hand')).toMatchObject({ status: 'paused' });
    const data = new Uint8Array(1);
    const controls = await db.trials.renew([running!], LEASE_MS);
    expect(controls.get(running!.trialId)).toBe('pause');
    const checkpoint = { step: 4, elapsedMs: 9, data };
    expect(await db.trials.release([{ ...running!, to: 'paused', reason: 'p', checkpoint }])).toEqual([]);
    expect(await claim(refs)).toHaveLength(1); // the third

    await db.searches.transition(searchId, { from: ['running'], to: 'paused', reason: null });
    await db.searches.transition(searchId, { from: ['paused'], to: 'running', reason: null });
    expect(await db.trials.resume(searchId)).toEqual([]);
    expect((await db.searches.get(searchId))?.progress.paused).toBe(2);
    const resumed = await db.trials.resumeOne(running!.trialId);
    expect(resumed).toMatchObject({
      trial: { status: 'queued', reason: null },
      ref: { id: running!.trialId, attempt: 1 },
    });
    expect(await db.trials.resumeOne(running!.trialId)).toMatchObject({ trial: { status: 'queued' }, ref: null });
    expect((await db.trials.claim([running!.trialId], HOLDER))[0]?.checkpoint?.step).toBe(4);
    const { kept, counted } = await counters();
    expect(kept).toEqual(counted);
  });

  test('is taken back before the worker has heard of it: then the trial is queued again, or just goes on', async () => {
    const [a, b] = await claim(await add(2));
    for (const { trialId } of [a!, b!]) {
      await db.trials.pauseOne(trialId, 'by hand');
      expect(await db.trials.resumeOne(trialId)).toMatchObject({ trial: { status: 'running' }, ref: null });
    }
    expect((await db.trials.renew([a!], LEASE_MS)).get(a!.trialId)).toBe('continue');
    expect(await db.trials.release([{ ...b!, to: 'paused', reason: 'p', checkpoint: null }])).toHaveLength(1);
  });

  test.each(['failed', 'lost', 'handed back'] as const)('holds for one whose attempt is %s meanwhile', async (how) => {
    const [lease] = await claim(await add(1));
    await db.trials.pauseOne(lease!.trialId, 'by hand');
    if (how === 'failed') expect(await db.trials.fail([{ ...lease!, reason: 'x', maxRetries: 2 }])).toEqual([]);
    if (how === 'handed back') {
      expect(await db.trials.release([{ ...lease!, to: 'queued', reason: 'x', checkpoint: null }])).toEqual([]);
    }
    if (how === 'lost') {
      await runSql(
        files.url,
        `UPDATE trials SET lease_expires_at = now() - interval '1 s' WHERE id = '${lease!.trialId}'`,
      );
      expect(await db.trials.reclaimExpired(3)).toEqual([]);
    }
    expect(await statusOf(lease!.trialId)).toBe('paused');
    expect((await db.trials.resumeOne(lease!.trialId))?.ref).toMatchObject({ attempt: 1 });
  });

  test('in a paused search waits for both', async () => {
    const [ref] = await add(1);
    await db.searches.transition(searchId, { from: ['running'], to: 'paused', reason: null });
    await db.trials.pauseOne(ref!.id, 'by hand');
    expect(await db.trials.resumeOne(ref!.id)).toMatchObject({ trial: { status: 'paused' }, ref: null });
    await db.searches.transition(searchId, { from: ['paused'], to: 'running', reason: null });
    expect(await db.trials.resume(searchId)).toHaveLength(1);
  });

  test('changes nothing of one that has ended, and of one that is cancelled ends it', async () => {
    const [a, b] = await claim(await add(2));
    await db.trials.finish([finishOf(a!, 1)], []);
    expect(await db.trials.pauseOne(a!.trialId, 'by hand')).toMatchObject({ status: 'completed', reason: null });
    await db.trials.pauseOne(b!.trialId, 'by hand');
    await db.trials.cancel(b!.trialId, 'enough');
    await db.trials.release([{ ...b!, to: 'paused', reason: 'p', checkpoint: null }]);
    expect(await statusOf(b!.trialId)).toBe('cancelled');
    expect(await db.trials.pauseOne('trl_none', 'by hand')).toBeNull();
  });
});

describe('what the queue has lost', () => {
  test('is found once its dispatch is old enough, and taken by one process', async () => {
    await add(3);
    expect(await db.trials.takeUndispatched(60_000, 100)).toEqual([]);
    await runSql(
      files.url,
      `UPDATE trials SET dispatched_at = now() - interval '61 seconds' WHERE search_id = '${searchId}'`,
    );
    const taken = await Promise.all([1, 2, 3].map(() => db.trials.takeUndispatched(60_000, 100)));
    expect(taken.flat()).toHaveLength(3);
  });
});

describe('trials that callers add', () => {
  test('are counted and told, and what was proposed before they came is not stored any more', async () => {
    await add(2);
    const trials = [{ id: `${searchId}given`, params: { x: 3 }, proposal: 'given' }];
    expect(await db.asks.addGiven(searchId, trials)).toHaveLength(1);
    expect((await db.searches.getForAdvance(searchId))?.given).toBe(1);
    expect(await db.trials.given(searchId)).toEqual([{ number: 2, params: { x: 3 } }]);
    const own = (number: number) => ({ id: `${searchId}n${number}`, number, params: {}, proposal: '', round: null });
    const late = [2, 3].map((number) => ({ ...own(number), basis: null }));
    expect(await db.trials.add({ id: searchId, spaceVersion: 1, given: 0 }, late)).toEqual([]);
    expect(await db.trials.add({ id: searchId, spaceVersion: 1, given: 1 }, late)).toHaveLength(1);
  });
});

test('a result whose texts Postgres cannot keep is stored without them, and holds up no other', async () => {
  const [odd, other] = await claim(await add(2));
  const ends = [finishOf(odd!, 1, { reason: 'a\0b', metrics: { '\ud83d': 1 } }), finishOf(other!, 2)];
  const report = { ...odd!, step: 1, metrics: { '\0': 2 }, elapsedMs: 1 };
  expect(await db.trials.finish(ends, [report])).toHaveLength(2);
  expect(await db.trials.get(odd!.trialId)).toMatchObject({ reason: 'a\uFFFDb', metrics: { '\uFFFD': 1 } });
});

describe('the leaderboard', () => {
  test('ranks by value, then number; what has no finite value comes last; the failed and cancelled are left out', async () => {
    const leases = await claim(await add(8));
    const values = [0.5, 0.25, null, 0.5, 0.75, 0.25];
    const ends = values.map((value, i) => finishOf(leases[i]!, value));
    await db.trials.finish(ends, []);
    await db.trials.finish([finishOf(leases[6]!, 0.1, { status: 'cancelled', rankKey: null })], []);
    await db.trials.fail([{ ...leases[7]!, reason: 'x', maxRetries: 0 }]);
    const whole = await db.trials.leaderboard(searchId, { limit: 50 });
    expect(whole?.entries.map(({ rank, trial }) => [rank, trial.number, trial.value])).toEqual([
      [1, 1, 0.25],
      [2, 5, 0.25],
      [3, 0, 0.5],
      [4, 3, 0.5],
      [5, 4, 0.75],
      [6, 2, null],
    ]);
    expect(whole?.nextCursor).toBeNull();
    expect((await db.searches.get(searchId))?.best).toMatchObject({ number: 1, value: 0.25 });

    // Page by page it is the same board.
    for (const limit of [1, 2, 3, 5]) {
      const walked = [];
      let cursor: string | undefined;
      do {
        const page = await db.trials.leaderboard(searchId, { limit, cursor });
        walked.push(...(page?.entries ?? []));
        cursor = page?.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(walked).toEqual(whole?.entries);
    }
  });

  test('puts what breaks a constraint behind all that keep them, the least broken first, then what has no value', async () => {
    const leases = await claim(await add(9));
    const ends: [number | null, number | null][] = [
      [0.5, null],
      [0.1, 2],
      [0.3, 0.25],
      [null, null],
      [0.9, null],
      [0.2, 0.25],
      [null, 1e300],
      [0.2, 0.25],
      [null, null],
    ];
    await db.trials.finish(
      ends.map(([value, violation], i) =>
        finishOf(leases[i]!, value, { violation, ...(violation !== null && { rankKey: null }) }),
      ),
      [],
    );
    const orders = { minimize: [0, 4, 5, 7, 2, 1, 6, 3, 8], maximize: [0, 4, 2, 5, 7, 1, 6, 3, 8] } as const;
    for (const constrained of ['minimize', 'maximize'] as const) {
      for (const limit of [1, 2, 4, 50]) {
        const walked: number[] = [];
        let cursor: string | undefined;
        do {
          const page = await db.trials.leaderboard(searchId, { limit, cursor, constrained });
          walked.push(...(page?.entries.map(({ trial }) => trial.number) ?? []));
          cursor = page?.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(walked).toEqual(orders[constrained]);
      }
    }
    expect((await db.searches.get(searchId))?.best).toMatchObject({ number: 0, value: 0.5 });
  });

  test('refuses a cursor of somebody else', async () => {
    await expect(db.trials.leaderboard(searchId, { limit: 1, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid-cursor',
    });
  });

  test('has a version that grows with every change of a status, and with nothing else', async () => {
    const versions = [await db.searches.version(searchId)];
    const [lease] = await claim(await add(1));
    versions.push(await db.searches.version(searchId));
    await db.trials.record([{ ...lease!, step: 1, metrics: {}, elapsedMs: 1 }], LEASE_MS);
    expect(await db.searches.version(searchId)).toBe(versions.at(-1));
    await db.trials.finish([finishOf(lease!, 1)], []);
    versions.push(await db.searches.version(searchId));
    expect(versions).toEqual([...new Set(versions)].sort((x, y) => x! - y!));
  });
});

test('counters agree with counting after a storm of concurrent transitions over several searches', async () => {
  const other = `${searchId}_b`;
  await db.searches.create(newSearch(other, SPEC));
  const refs = [
    ...(await add(40)),
    ...(await db.trials.add(
      { id: other, spaceVersion: 1, given: 0 },
      Array.from({ length: 40 }, (_, number) => ({
        id: `${other}_${number}`,
        number,
        params: {},
        proposal: '',
        round: null,
        basis: null,
      })),
    )),
  ];
  // Batches that mix the two searches, in no order: they must not lock each other for good.
  const batches = Array.from({ length: 16 }, (_, b) =>
    refs.filter((_, i) => i % 16 === b).sort(() => (b % 2 === 0 ? 1 : -1)),
  );
  await Promise.all(
    batches.map(async (batch, b) => {
      const leases = await claim(batch);
      if (b % 4 === 0)
        await db.trials.finish(
          leases.map((lease) => finishOf(lease, b)),
          [],
        );
      if (b % 4 === 1) await db.trials.fail(leases.map((lease) => ({ ...lease, reason: 'x', maxRetries: 0 })));
      if (b % 4 === 2)
        await db.trials.release(
          leases.map((lease) => ({ ...lease, to: 'queued' as const, reason: null, checkpoint: null })),
        );
    }),
  );
  await db.trials.cancelOpen(other, 'enough');
  for (searchId of [searchId, other]) {
    const { kept, counted } = await counters();
    expect(kept).toEqual(counted);
  }
});
