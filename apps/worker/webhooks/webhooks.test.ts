import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDatabase } from '@caviar/db';
import { type DueWebhook, deliverWebhooks, type Notice, type SendNotice, type Webhook } from '@caviar/orchestrator';
import type { SearchSpec } from '@caviar/spec';
import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createRounds } from './rounds.js';
import { createNoticeSender, signature } from './send-notice.js';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
const logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Somebody who is told, and answers what the test wants. */
const got: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
let answer: number | null = 200;
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    got.push({ headers: request.headers, body });
    if (answer === null) return; // never
    response.writeHead(answer, { location: '/elsewhere' }).end();
  });
});
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
const send = createNoticeSender({ allowPrivate: true, timeoutMs: 300 });

afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await db.close();
  await files.drop();
});

const SPEC: SearchSpec = {
  name: 'test',
  trainer: { kind: 'quadratic', params: {}, maxRetries: 0 },
  space: { learningRate: { kind: 'float', min: 0, max: 1, scale: 'linear' } },
  objective: { metric: 'cost', direction: 'minimize' },
  sampler: { kind: 'random' },
  scheduler: { kind: 'fifo' },
  stop: { maxTrials: 100 },
  parallelism: 8,
  seed: 1,
  reproducibility: 'strict',
};
const EVENTS = ['search.completed', 'search.failed', 'trial.best'] as const;
let searchId: string;
let count = 0;
beforeEach(async () => {
  searchId = `srch_w${count++}`;
  await db.searches.create({
    id: searchId,
    spec: SPEC,
    plannedTotal: 100,
    roundCount: 0,
    idempotency: null,
    project: 'default',
  });
  got.length = 0;
  answer = 200;
});

async function register(events: Webhook['events'] = EVENTS, to = url): Promise<string> {
  const id = `whk_${count++}`;
  await db.webhooks.create({ id, searchId, url: to, events, secret: 'whsec_x' }, 10);
  return id;
}
async function finish(...values: readonly number[]): Promise<void> {
  const { queued, running, completed } = (await db.searches.get(searchId))!.progress;
  const first = queued + running + completed;
  const ids = values.map((_, i) => `trl_${searchId}_${first + i}`);
  const trials = ids.map((id, i) => ({
    id,
    number: first + i,
    params: { learningRate: 0.5 },
    proposal: 'drawn at random',
    round: null,
    basis: null,
  }));
  await db.trials.add({ id: searchId, spaceVersion: 1, given: 0 }, trials);
  await db.trials.claim(ids, { workerId: 'wrk_1', provenance: {}, leaseMs: 60_000 });
  for (const [i, value] of values.entries()) {
    const metrics = { cost: value };
    const end = {
      status: 'completed' as const,
      value,
      rankKey: value,
      violation: null,
      step: 1,
      metrics,
      reason: null,
      durationMs: 1,
    };
    await db.trials.finish([{ trialId: ids[i]!, attempt: 1, ...end }], []);
  }
}
const end = (to: 'completed' | 'failed' | 'cancelled' = 'completed') =>
  db.searches.transition(searchId, { from: ['running'], to, reason: `it is ${to}` });
const deliver = (by: SendNotice = send) => deliverWebhooks({ webhooks: db.webhooks, logger }, by);
const told = () => got.map(({ body }) => JSON.parse(body));
const [hook] = [async () => (await db.webhooks.list(searchId))[0]];
/** As if the pause before the next try were over. */
const wait = () => runSql(files.url, `UPDATE webhooks SET next_at = now() WHERE search_id = '${searchId}'`);

describe('telling webhooks', () => {
  test('is held up for nobody by a receiver that does not answer', async () => {
    const patient = createNoticeSender({ allowPrivate: true, timeoutMs: 60_000 });
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    await register(EVENTS, `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
    await register();
    const rounds = createRounds(async () => void (await deliver(patient)), { patienceMs: 100, most: 4, logger });
    await finish(5);
    await rounds.begin();
    await finish(4);
    // The first may not have come to its end within its time where the machine is busy.
    const values = async () => {
      await rounds.begin();
      return told().map(({ trial }) => trial.value);
    };
    await expect.poll(values).toEqual([5, 4]);
    const [waiting] = await db.webhooks.list(searchId);
    expect(waiting).toMatchObject({ status: 'active', failures: 0, reason: null });
    silent.closeAllConnections();
    silent.close();
    await rounds.ended();
    expect((await db.webhooks.list(searchId))[0]).toMatchObject({ failures: 1 });
  });

  test('of a new best, once, and of the end, signed', async () => {
    const id = await register();
    await deliver();
    expect(got).toEqual([]);
    await finish(5, 9);
    await deliver();
    await deliver();
    await finish(7, 3);
    await end();
    await deliver();
    await deliver();
    expect(told()).toEqual([
      {
        event: 'trial.best',
        searchId,
        at: expect.any(String),
        reason: null,
        trial: { id: `trl_${searchId}_0`, number: 0, value: 5, params: { learningRate: 0.5 } },
      },
      expect.objectContaining({ event: 'trial.best', trial: expect.objectContaining({ number: 3, value: 3 }) }),
      { event: 'search.completed', searchId, at: expect.any(String), reason: 'it is completed', trial: null },
    ]);
    const { headers, body } = got[2]!;
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'caviar-event': 'search.completed' });
    expect(headers['caviar-delivery']).toMatch(new RegExp(`^${id}:\\d+$`));
    const [, seconds = '', hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['caviar-signature'])) ?? [];
    expect(hex).toBe(createHmac('sha256', 'whsec_x').update(`${seconds}.${body}`).digest('hex'));
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(10);
  });

  test('of the last of several bests only, of what it wants only, and of nothing that was before', async () => {
    await finish(8);
    await register(['trial.best']);
    await finish(9, 6, 4);
    await end('failed');
    await deliver();
    expect(told().map(({ event, trial }) => [event, trial?.value])).toEqual([['trial.best', 4]]);
    got.length = 0;
    await register(['search.failed']);
    await deliver();
    expect(got).toEqual([]);
  });

  test('again, the same, in order, when it was not taken, with growing pauses', async () => {
    await register();
    await finish(5);
    answer = 500;
    await deliver();
    expect(await hook()).toMatchObject({ status: 'active', reason: 'it answered 500', failures: 1 });
    await deliver(); // too soon
    expect(got).toHaveLength(1);
    await end();
    await wait();
    await deliver();
    expect(await hook()).toMatchObject({ failures: 2 });
    answer = 204;
    await wait();
    await deliver();
    expect(told().map(({ event }) => event)).toEqual(['trial.best', 'trial.best', 'trial.best', 'search.completed']);
    const ids = got.map(({ headers }) => headers['caviar-delivery']);
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(await hook()).toMatchObject({ status: 'active', reason: null, failures: 0 });
  });

  test('not for ever', async () => {
    await register();
    await end();
    await runSql(files.url, `UPDATE webhooks SET failures = 13 WHERE search_id = '${searchId}'`);
    answer = 302; // not followed
    await deliver();
    expect(await hook()).toMatchObject({ status: 'active', failures: 14 });
    await wait();
    await deliver();
    expect(await hook()).toMatchObject({ status: 'failed', failures: 15, reason: 'it answered 302' });
    await wait();
    await deliver();
    expect(got).toHaveLength(2);
  });

  test('by one process at a time; what a dead one left, another takes when its time is over', async () => {
    await register();
    await end();
    await Promise.all([deliver(), deliver(), deliver()]);
    expect(got).toHaveLength(1);

    searchId = `srch_w${count++}`;
    await db.searches.create({
      id: searchId,
      spec: SPEC,
      plannedTotal: 1,
      roundCount: 0,
      idempotency: null,
      project: 'default',
    });
    const id = await register();
    await end();
    const [left] = await db.webhooks.takeDue(10, 60_000); // and dies
    await deliver();
    expect(got).toHaveLength(1);
    await wait();
    await deliver();
    expect(got).toHaveLength(2);
    // The dead one comes back: what it says is not believed.
    const failure = { reason: 'late', retryMs: 1, isLast: true };
    await db.webhooks.settle({ id, takenUntil: left!.takenUntil, seq: null, best: null, failure });
    expect(await hook()).toMatchObject({ status: 'active', failures: 0 });
  });
});

describe('sending', () => {
  const notice: Notice = { seq: 7, event: 'search.completed', at: new Date(0), reason: null, trial: null };
  const to = (target: string) => ({ id: 'whk_1', searchId: 'srch_1', url: target, secret: 's' }) as DueWebhook;

  test('to this machine or a private network is refused, however it is written', async () => {
    const careful = createNoticeSender({ allowPrivate: false, timeoutMs: 2_000 });
    const port = new URL(url).port;
    for (const host of [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '169.254.169.254',
    ]) {
      expect(await careful(to(`http://${host}:${port}/`), notice, new Date()), host).toContain(
        'is not a public address',
      );
    }
    expect(got).toEqual([]);
  });

  test('says why it failed', async () => {
    answer = null;
    expect(await send(to(url), notice, new Date())).toBe('it did not answer within 300 ms');
    expect(await send(to('http://127.0.0.1:1/'), notice, new Date())).toBe('it cannot be reached (ECONNREFUSED)');
  });

  test('has the signature of a worked example', () => {
    // printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test
    expect(signature('whsec_test', '{}', 1_700_000_000)).toBe(
      `t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91`,
    );
  });
});
