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

const SPEC = quadraticSpec(0);
const LEASE_MS = 60_000;
const HOLDER = { workerId: 'wrk_1', provenance: {}, leaseMs: LEASE_MS };

let searchId: string;
let trialId: string;
let count = 0;
beforeEach(async () => {
  searchId = `srch_${count++}`;
  trialId = `trl_${searchId}`;
  await db.searches.create(newSearch(searchId, SPEC));
  const params = { learningRate: 0.5 };
  await db.trials.add({ id: searchId, spaceVersion: 1, given: 0 }, [
    { id: trialId, number: 0, params, proposal: '', round: null, basis: null },
  ]);
});

const claim = async () => (await db.trials.claim([trialId], HOLDER))[0]!;
const request = (learningRate: number) => db.edits.request(trialId, { params: { learningRate }, actor: 'ada' });
const lease = (attempt = 1) => ({ trialId, attempt });
const measure = (step: number, attempt = 1) =>
  db.trials.record([{ ...lease(attempt), step, metrics: { cost: step }, elapsedMs: step }], LEASE_MS);

describe('an edit', () => {
  test('is told to the worker until it is settled, and the next attempt has it as part of what it trains', async () => {
    await claim();
    expect((await measure(3)).get(trialId)).toBe('continue');
    expect(await request(0.1)).toBe(1);
    expect(await request(0.2)).toBe(2);
    expect((await measure(4)).get(trialId)).toBe('edit');
    expect((await db.trials.renew([lease()], LEASE_MS)).get(trialId)).toBe('edit');
    expect(await db.edits.pending(trialId)).toEqual({
      fromStep: 4,
      edits: [
        { number: 1, params: { learningRate: 0.1 } },
        { number: 2, params: { learningRate: 0.2 } },
      ],
    });
    const outcomes = [
      { number: 1, refusal: null },
      { number: 2, refusal: 'no' },
    ];
    expect(await db.edits.settle(lease(), { step: 5, outcomes })).toBe(true);
    // Told twice, because an answer was lost.
    expect(await db.edits.settle(lease(), { step: 5, outcomes })).toBe(true);
    expect((await measure(6)).get(trialId)).toBe('continue');
    expect((await db.trials.get(trialId))?.editedFrom).toBe(5);
    expect((await db.edits.list(trialId)).map(({ afterStep, refusal }) => [afterStep, refusal])).toEqual([
      [5, null],
      [null, 'no'],
    ]);

    await request(0.3);
    await db.trials.release([{ ...lease(), to: 'queued', reason: null, checkpoint: null }]);
    const { changes, hasEdits } = await claim();
    expect(changes).toEqual([{ afterStep: 5, params: { learningRate: 0.1 } }]);
    expect(hasEdits).toBe(true);
    expect(await db.evaluations.lineage(trialId)).toMatchObject([{ changes }]);
  });

  test('is not settled by an attempt that has ended', async () => {
    await claim();
    await request(0.1);
    await db.trials.release([{ ...lease(), to: 'queued', reason: null, checkpoint: null }]);
    await claim();
    const settled = { step: 5, outcomes: [{ number: 1, refusal: null }] };
    expect(await db.edits.settle(lease(1), settled)).toBe(false);
    expect((await db.edits.pending(trialId)).edits).toHaveLength(1);
    expect((await db.trials.get(trialId))?.editedFrom).toBeNull();
    expect(await db.edits.settle(lease(2), settled)).toBe(true);
  });

  test('that comes while others are settled is not forgotten', async () => {
    await claim();
    await request(0.1);
    const all = await Promise.all([
      db.edits.settle(lease(), { step: 5, outcomes: [{ number: 1, refusal: null }] }),
      request(0.2),
      request(0.3),
    ]);
    expect(all).toEqual([true, expect.any(Number), expect.any(Number)]);
    expect((await db.trials.renew([lease()], LEASE_MS)).get(trialId)).toBe('edit');
    expect(await runSql(files.url, `SELECT pending_edits FROM trials WHERE id = '${trialId}'`)).toEqual([
      { pending_edits: 2 },
    ]);
  });

  test('that came in a rewound stretch is taken back with it, and so is one that nobody has settled', async () => {
    await claim();
    for (const step of [1, 2, 3]) await measure(step);
    for (const rate of [0.1, 0.2, 0.3]) await request(rate);
    await db.edits.settle(lease(), { step: 1, outcomes: [{ number: 1, refusal: null }] });
    await db.edits.settle(lease(), { step: 2, outcomes: [{ number: 2, refusal: null }] });
    await measure(4);
    for (const step of [2, 3]) {
      const data = new Uint8Array([step]);
      expect(await db.checkpoints.keep(lease(), { step, elapsedMs: step, data })).toBe(true);
    }
    expect(await db.edits.rewind(trialId, { step: 2, actor: 'ada' })).toEqual({
      kind: 'rewound',
      trial: { id: trialId, searchId, attempt: 1 },
    });
    expect((await db.edits.list(trialId)).map(({ kind, undoneBy }) => [kind, undoneBy])).toEqual([
      ['params', null],
      ['params', 4],
      ['params', 4],
      ['rewind', null],
    ]);
    expect(await db.trials.get(trialId)).toMatchObject({
      status: 'queued',
      step: 2,
      metrics: { cost: 2 },
      editedFrom: 1,
      reason: 'taken back to step 2 by ada',
    });
    expect((await db.trials.measurements(trialId)).map(({ step }) => step)).toEqual([1, 2]);
    expect((await db.edits.superseded(trialId, 4)).map(({ step }) => step)).toEqual([3, 4]);
    // Whoever trained it has lost it.
    expect((await measure(5)).get(trialId)).toBe('lost');
    expect(await db.checkpoints.keep(lease(), { step: 2, elapsedMs: 2, data: new Uint8Array(1) })).toBe(false);
    expect(await claim()).toMatchObject({
      attempt: 2,
      checkpoint: { step: 2 },
      changes: [{ afterStep: 1, params: { learningRate: 0.1 } }],
      hasEdits: false,
    });
  });

  test.each([
    [4, { kind: 'out-of-range', from: 0, below: 4 }],
    [9, { kind: 'out-of-range', from: 0, below: 4 }],
    [3, { kind: 'not-measured', before: 2 }],
    [1, { kind: 'not-measured', before: 0 }],
  ])('cannot rewind to step %i of one measured at 2 and 4', async (step, expected) => {
    await claim();
    await measure(2);
    await measure(4);
    expect(await db.edits.rewind(trialId, { step, actor: 'ada' })).toEqual(expected);
    expect(await db.edits.list(trialId)).toEqual([]);
  });

  test('cannot rewind a trial to before its scheduler has compared it', async () => {
    await claim();
    for (const step of [1, 2, 3, 4, 5]) await measure(step);
    await runSql(files.url, `UPDATE trials SET target_step = 9, rungs = '{"1": 4, "3": 2}' WHERE id = '${trialId}'`);
    const early = await db.edits.rewind(trialId, { step: 2, actor: 'ada' });
    expect(early).toEqual({ kind: 'out-of-range', from: 3, below: 5 });
    expect((await db.edits.rewind(trialId, { step: 3, actor: 'ada' })).kind).toBe('rewound');
  });

  test('leaves a paused trial paused, and a queued one that never ran alone', async () => {
    expect(await db.edits.rewind(trialId, { step: 0, actor: 'ada' })).toEqual({ kind: 'gone' });
    await claim();
    await measure(1);
    await db.searches.transition(searchId, { from: ['running'], to: 'paused', reason: null });
    await db.trials.release([{ ...lease(), to: 'paused', reason: null, checkpoint: null }]);
    expect(await db.edits.rewind(trialId, { step: 0, actor: 'ada' })).toEqual({ kind: 'rewound', trial: null });
    expect(await db.trials.get(trialId)).toMatchObject({ status: 'paused', step: 0, metrics: {} });
  });

  test('is for trials that have begun and not ended', async () => {
    expect(await request(0.1)).toBeNull();
    await claim();
    const end = {
      status: 'completed',
      value: 1,
      rankKey: 1,
      violation: null,
      step: 1,
      metrics: {},
      reason: null,
      durationMs: 1,
    } as const;
    await db.trials.finish([{ ...lease(), ...end }], []);
    expect(await request(0.1)).toBeNull();
    expect(await db.edits.request('trl_none', { params: {}, actor: 'ada' })).toBeNull();
  });
});
