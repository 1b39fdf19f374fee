import { isAllowed, SEARCH_LIFE, type SearchEvent, TRIAL_LIFE } from '@caviar/orchestrator';
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
const holder = (workerId: string) => ({ workerId, provenance: {}, leaseMs: LEASE_MS });

let searchId: string;
let count = 0;
beforeEach(async () => {
  searchId = `srch_${count++}`;
  await db.searches.create(newSearch(searchId, SPEC));
});

const idOf = (number: number) => `trl_${searchId}_${number}`;
const add = (...numbers: readonly number[]) =>
  db.trials.add(
    { id: searchId, spaceVersion: 1, given: 0 },
    numbers.map((number) => ({
      id: idOf(number),
      number,
      params: { learningRate: 0.5 },
      proposal: 'drawn at random',
      round: null,
      basis: null,
    })),
  );
const claim = (...numbers: readonly number[]) => db.trials.claim(numbers.map(idOf), holder('wrk_1'));
const reportOf = (number: number, step: number, attempt = 1) => ({
  trialId: idOf(number),
  attempt,
  step,
  metrics: { cost: 10 - step },
  elapsedMs: 5 * step,
});
const finishOf = (number: number, attempt = 1) => ({
  trialId: idOf(number),
  attempt,
  status: 'completed' as const,
  value: number,
  rankKey: number,
  violation: null,
  step: 3,
  metrics: { cost: number },
  reason: null,
  durationMs: 7,
});

async function read(from: Parameters<typeof db.events.after>[1] = { seq: 0 }, rows = 1_000) {
  const answer = await db.events.after(searchId, from, rows);
  if (answer === null) throw new Error('no such search');
  return answer;
}
const short = (event: SearchEvent) =>
  event.kind === 'trial'
    ? [event.number, event.from, event.status]
    : event.kind === 'measurement'
      ? [event.number, event.measurement.step]
      : event.kind === 'search'
        ? [event.from, event.status]
        : event.kind === 'round'
          ? ['round', event.round.index]
          : [event.kind, event.number];

describe('events', () => {
  test('tell what happened, in order, each with who and why', async () => {
    await add(0, 1);
    await claim(0, 1);
    await db.trials.record([reportOf(0, 1), reportOf(1, 1), reportOf(0, 2)], LEASE_MS);
    await db.trials.finish([finishOf(0)], [reportOf(0, 3)]);
    await db.searches.transition(searchId, { from: ['running'], to: 'paused', reason: 'lunch' });
    const { events, newest, isWhole } = await read();
    expect(events.map(short)).toEqual([
      [null, 'running'],
      [0, null, 'queued'],
      [1, null, 'queued'],
      [0, 'queued', 'running'],
      [1, 'queued', 'running'],
      [0, 1],
      [0, 2],
      [1, 1],
      [0, 'running', 'completed'],
      [0, 3],
      ['running', 'paused'],
    ]);
    expect(events.map(({ position: { seq, items } }) => (items === undefined ? seq : `${seq}.${items}`))).toEqual([
      1,
      2,
      3,
      4,
      5,
      '6.1',
      '6.2',
      '6.3',
      7,
      '8.1',
      9,
    ]);
    expect([newest, isWhole]).toEqual([9, true]);
    expect(events[3]).toMatchObject({ trialId: idOf(0), attempt: 1, workerId: 'wrk_1', reason: null, value: null });
    expect(events[6]).toMatchObject({ measurement: { step: 2, metrics: { cost: 8 }, elapsedMs: 10 } });
    expect(events[8]).toMatchObject({ attempt: 1, workerId: null, value: 0 });
    expect(events[10]).toMatchObject({ reason: 'lunch' });
    const times = events.map(({ at }) => at.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('tell of an attempt that begins while the trial runs', async () => {
    await add(0);
    await claim(0);
    await runSql(files.url, `UPDATE trials SET attempt = 2, worker_id = 'wrk_2' WHERE id = '${idOf(0)}'`);
    expect(
      (await db.events.history(idOf(0), 10)).map(({ from, attempt, workerId }) => [from, attempt, workerId]),
    ).toEqual([
      [null, 0, null],
      ['queued', 1, 'wrk_1'],
      ['running', 2, 'wrk_2'],
    ]);
  });

  test('go on after any place, also within a row', async () => {
    await add(0);
    await claim(0);
    await db.trials.record([reportOf(0, 1), reportOf(0, 2), reportOf(0, 3)], LEASE_MS);
    const all = (await read()).events;
    for (const [i, { position }] of all.entries()) expect((await read(position)).events).toEqual(all.slice(i + 1));
    // In pages, as a reader takes them.
    const taken: SearchEvent[] = [];
    for (let page = await read({ seq: 0 }, 2); page.events.length > 0; ) {
      taken.push(...page.events);
      page = await read(taken.at(-1)!.position, 2);
    }
    expect(taken).toEqual(all);
  });

  test('are not written for what changes nothing', async () => {
    await add(0);
    await claim(0);
    await db.trials.record([reportOf(0, 1)], LEASE_MS);
    const before = (await read()).newest;
    await add(0);
    await claim(0);
    await db.trials.record([reportOf(0, 1)], LEASE_MS); // a repeated step
    await db.trials.finish([finishOf(0, 2)], [reportOf(0, 2, 2)]); // a stale attempt
    await db.searches.transition(searchId, { from: ['paused'], to: 'running', reason: null });
    expect((await read()).newest).toBe(before);
  });

  test('tell of rounds, and of what else of a search is changed', async () => {
    const round = { index: 0, firstNumber: 0, endNumber: 5, region: SPEC.space, reason: 'the whole space' };
    await db.searches.addRound(searchId, round);
    await db.searches.addRound(searchId, round);
    await db.searches.update(searchId, { notes: 'mine' });
    await db.searches.update(searchId, { notes: 'mine' });
    await db.searches.update(searchId, { spec: { from: SPEC, to: { ...SPEC, parallelism: 9 } } });
    const { events } = await read();
    expect(events.map(short)).toEqual([
      [null, 'running'],
      ['round', 0],
      ['running', 'running'],
      ['running', 'running'],
    ]);
    expect(events[1]).toMatchObject({ round });
  });

  test('go with their search, and that of another stays', async () => {
    const other = `srch_${count++}`;
    await db.searches.create({ ...newSearch(other, SPEC), plannedTotal: 1 });
    await add(0);
    await db.searches.transition(searchId, { from: ['running'], to: 'cancelled', reason: null });
    expect(await db.searches.delete(searchId)).toBe(true);
    expect(await db.events.after(searchId, { seq: 0 }, 10)).toBeNull();
    expect(await db.events.history(idOf(0), 10)).toEqual([]);
    expect((await db.events.after(other, { seq: 0 }, 10))?.events).toHaveLength(1);
  });

  test('go by age, the oldest first, and a reader who had not come so far is told', async () => {
    await add(0, 1, 2);
    expect(await db.events.prune(3_600_000, 100)).toBe(0);
    await runSql(
      files.url,
      `UPDATE events SET at = now() - interval '2 hours' WHERE search_id = '${searchId}' AND seq < 4`,
    );
    expect(await db.events.prune(3_600_000, 2)).toBe(2);
    expect((await read({ seq: 1 })).isWhole).toBe(false);
    expect((await read({ seq: 2 })).events.map(({ position }) => position.seq)).toEqual([3, 4]);
    expect(await db.events.prune(3_600_000, 100)).toBe(1);
    expect((await read({ seq: 2 })).isWhole).toBe(false);
    expect((await read({ seq: 4 })).isWhole).toBe(true);
    await runSql(files.url, `UPDATE events SET at = now() - interval '2 hours' WHERE search_id = '${searchId}'`);
    await db.events.prune(3_600_000, 100);
    expect(await read({ seq: 2 })).toMatchObject({ events: [], upTo: { seq: 2 }, newest: 4, isWhole: false });
    expect((await read({ seq: 4 })).isWhole).toBe(true);
  });
});

describe('with many writers at once', () => {
  test('a reader who goes on after the last event it has seen misses none, and sees each once', async () => {
    const workers = 6;
    const each = 10;
    let writing = true;
    let made = 0;
    let adding: Promise<unknown> = Promise.resolve();
    // As searches are advanced: a number is made when all before it are.
    const addNext = async () => {
      const number = made++;
      adding = adding.then(() => add(number));
      await adding;
      return number;
    };
    const seen: SearchEvent[] = [];
    const reading = (async () => {
      for (let after = { seq: 0 }, last = false; ; ) {
        const { events, isWhole } = await read(after, 7);
        expect(isWhole).toBe(true);
        seen.push(...events);
        after = events.at(-1)?.position ?? after;
        if (last && events.length === 0) return;
        last = !writing && events.length === 0;
      }
    })();
    await Promise.all(
      Array.from({ length: workers }, async () => {
        for (let k = 0; k < each; k++) {
          const number = await addNext();
          await claim(number);
          await db.trials.record([reportOf(number, 1), reportOf(number, 2)], LEASE_MS);
          await db.trials.finish([finishOf(number)], [reportOf(number, 3)]);
        }
      }),
    );
    writing = false;
    await reading;
    const ofTrial = (number: number) => seen.filter((event) => 'number' in event && event.number === number).map(short);
    for (let number = 0; number < workers * each; number++) {
      expect(ofTrial(number)).toEqual([
        [number, null, 'queued'],
        [number, 'queued', 'running'],
        [number, 1],
        [number, 2],
        [number, 'running', 'completed'],
        [number, 3],
      ]);
    }
    const rows = new Set(seen.map(({ position }) => position.seq));
    expect(rows.size).toBe((await read()).newest);
  });
});

describe('the life of trials and searches', () => {
  test('every statement keeps to the table of states, and the history has it all', async () => {
    await add(0, 1, 2, 3, 4, 5);
    await claim(0, 1, 2, 3, 4);
    await db.trials.fail([{ trialId: idOf(0), attempt: 1, reason: 'no data', maxRetries: 1 }]);
    await runSql(files.url, `UPDATE trials SET retry_at = now() WHERE id = '${idOf(0)}'`);
    await claim(0);
    await db.trials.fail([{ trialId: idOf(0), attempt: 2, reason: 'no data', maxRetries: 1 }]);
    await db.trials.release([
      { trialId: idOf(1), attempt: 1, to: 'queued', reason: 'the worker stops', checkpoint: null },
    ]);
    await runSql(files.url, `UPDATE trials SET lease_expires_at = now() - interval '1 s' WHERE id = '${idOf(2)}'`);
    await db.trials.reclaimExpired(3);
    await db.searches.transition(searchId, { from: ['running'], to: 'paused', reason: null });
    await db.trials.release([{ trialId: idOf(3), attempt: 1, to: 'paused', reason: 'paused', checkpoint: null }]);
    await db.searches.transition(searchId, { from: ['paused'], to: 'running', reason: null });
    await db.trials.resume(searchId);
    await db.trials.finish([{ ...finishOf(4), status: 'infeasible', value: null, rankKey: null }], []);
    await db.trials.cancel(idOf(5), 'not wanted');
    await db.searches.transition(searchId, { from: ['running'], to: 'cancelled', reason: 'enough' });
    await db.trials.cancelOpen(searchId, 'enough');

    expect(await db.events.history(idOf(0), 100)).toMatchObject([
      { attempt: 0, from: null, status: 'queued', reason: null, workerId: null },
      { attempt: 1, from: 'queued', status: 'running', workerId: 'wrk_1' },
      { attempt: 1, from: 'running', status: 'queued', reason: 'no data', workerId: null },
      { attempt: 2, from: 'queued', status: 'running', workerId: 'wrk_1' },
      { attempt: 2, from: 'running', status: 'failed', reason: 'no data' },
    ]);
    expect((await db.events.history(idOf(0), 2)).map(({ status }) => status)).toEqual(['running', 'failed']);
    expect((await db.events.history(idOf(2), 100)).at(-2)?.reason).toContain('worker wrk_1 was lost');
    const { events } = await read();
    for (const event of events) {
      if (event.kind === 'trial') expect(isAllowed(TRIAL_LIFE, event.from, event.status), `${short(event)}`).toBe(true);
      if (event.kind === 'search' && event.from !== event.status) {
        expect(isAllowed(SEARCH_LIFE, event.from, event.status), `${short(event)}`).toBe(true);
      }
    }
    // Each trial's transitions are a chain: what one ends in, the next begins with.
    for (let number = 0; number < 6; number++) {
      const history = await db.events.history(idOf(number), 100);
      expect(history.map(({ from }) => from)).toEqual([null, ...history.slice(0, -1).map(({ status }) => status)]);
    }
  });
});
