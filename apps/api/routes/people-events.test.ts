import { createClient, type FollowedEvent } from '@caviar/client';
import { createTestDatabase, runSql, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, quadraticSpec } from '../testing/wire.js';

const database = await createTestDatabase();
const { app, worker, close } = await createTestApp({ database, redis: testRedis() });
const client = createClient({ baseUrl: await app.listen({ host: '127.0.0.1', port: 0 }) });
afterAll(close);

/** A search and its first trial, which runs and has measured five steps. */
async function running() {
  const search = await client.createSearch({ ...quadraticSpec, sampler: { kind: 'random' } });
  await worker.claim(search.id, 1);
  const [trial] = (await client.listTrials(search.id, { limit: 1 })).items;
  const reports = [1, 2, 3, 4, 5].map((step) => {
    return { trialId: trial!.id, attempt: 1, step, metrics: { cost: 9 - step }, elapsedMs: step };
  });
  await worker.database.trials.record(reports, 60_000);
  return { searchId: search.id, trialId: trial!.id };
}

/** Events of a search from the first on, until one is like `last`. */
async function until(searchId: string, last: object): Promise<readonly FollowedEvent['event'][]> {
  const events: FollowedEvent['event'][] = [];
  for await (const { event } of client.followEvents(searchId, { after: '0' })) {
    events.push(event);
    if (Object.entries(last).every(([key, value]) => (event as Record<string, unknown>)[key] === value)) break;
  }
  return events;
}
const isOfPeople = ({ kind }: FollowedEvent['event']) => kind === 'edit' || kind === 'rewind' || kind === 'fork';

test('edits, rewinds and forks are told as they happen, each with who did it', async () => {
  const { searchId, trialId } = await running();
  const following = until(searchId, { kind: 'fork' });
  await client.editTrial(trialId, { learningRate: 0.25 });
  await client.editTrial(trialId, { steps: 6 });
  const outcomes = [
    { number: 1, refusal: null },
    { number: 2, refusal: 'too short' },
  ];
  await worker.database.edits.settle({ trialId, attempt: 1 }, { step: 5, outcomes });
  await client.rewindTrial(trialId, 2);
  const fork = await client.forkTrial(trialId, { name: 'around it' });

  const told = (await following).filter(isOfPeople).map(({ at: _, ...event }) => event);
  const trial = { searchId, trialId, number: 0 };
  const edit = { kind: 'edit', ...trial, by: 'operator' };
  expect(told).toEqual([
    { ...edit, edit: 1, state: 'pending', step: null, params: { learningRate: 0.25 }, reason: null },
    { ...edit, edit: 2, state: 'pending', step: null, params: { steps: 6 }, reason: null },
    { ...edit, edit: 1, state: 'applied', step: 5, params: { learningRate: 0.25 }, reason: null },
    { ...edit, edit: 2, state: 'refused', step: null, params: { steps: 6 }, reason: 'too short' },
    { kind: 'rewind', ...trial, edit: 3, step: 2, by: 'operator' },
    { kind: 'fork', ...trial, forkId: fork.id, by: 'operator' },
  ]);
  // The history of a trial is that of its statuses, and the fork begins with itself.
  const history = body(await app.inject(`/v1/trials/${trialId}/history`), 'getTrialHistory').items;
  expect(history.map(({ status }) => status)).toEqual(['queued', 'running', 'queued']);
  expect((await until(fork.id, { kind: 'search' })).map(({ kind }) => kind)).toEqual(['search']);
});

test('what changes nothing tells nothing: a refused request, the same fork again', async () => {
  const { searchId, trialId } = await running();
  await app.inject({ method: 'PATCH', url: `/v1/trials/${trialId}/params`, payload: { learningRate: -1 } });
  await app.inject({ method: 'POST', url: `/v1/trials/${trialId}/rewind`, payload: { step: 99 } });
  const headers = { 'Idempotency-Key': trialId };
  for (let i = 0; i < 2; i++) await app.inject({ method: 'POST', url: `/v1/trials/${trialId}/fork`, headers });
  await client.cancelSearch(searchId);
  const told = (await until(searchId, { kind: 'search', status: 'cancelled' })).filter(isOfPeople);
  expect(told.map(({ kind }) => kind)).toEqual(['fork']);
});

test('kinds that a newer release writes are passed over, however many there are', async () => {
  const { searchId } = await running();
  await runSql(database.url, "ALTER TYPE event_kind ADD VALUE IF NOT EXISTS 'later'");
  await runSql(
    database.url,
    `INSERT INTO events (search_id, seq, kind, items)
       SELECT s.id, s.event_seq + i, 'later', '{}' FROM searches s, generate_series(1, 450) i WHERE s.id = '${searchId}';
     UPDATE searches SET event_seq = event_seq + 450 WHERE id = '${searchId}'`,
  );
  await client.cancelSearch(searchId);
  const kinds = new Set((await until(searchId, { kind: 'search', status: 'cancelled' })).map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['search', 'trial', 'measurement']));
});
