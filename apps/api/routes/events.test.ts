import { once } from 'node:events';
import { connect } from 'node:net';
import { createClient, type FollowedEvent } from '@caviar/client';
import { createTestDatabase, runSql, testRedis } from '@caviar/testing';
import Fastify from 'fastify';
import { afterAll, describe, expect, test } from 'vitest';
import { createHolds } from '../plugins/holds.js';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';
import { eventRoutes } from './events.js';

const database = await createTestDatabase();
const redis = testRedis();
const { app, container, worker, close } = await createTestApp({ database, redis });
// Another instance of the API on the same servers.
const other = await createTestApp({ database: { ...database, drop: async () => {} }, redis });
const [baseUrl, otherUrl] = await Promise.all(
  [app, other.app].map((one) => one.listen({ host: '127.0.0.1', port: 0 })),
);
const client = createClient({ baseUrl: baseUrl! });
afterAll(async () => {
  await other.close();
  await close();
});

async function createSearch(change: object = {}): Promise<string> {
  const payload = { ...quadraticSpec, stop: { maxTrials: 6 }, parallelism: 2, ...change };
  return body(await app.inject({ method: 'POST', url: '/v1/searches', payload }), 'createSearch').id;
}
async function finishAll(id: string): Promise<void> {
  for (let done = 0; done < 6; ) done += await worker.finish(id, () => [{ cost: 9 }, { cost: 4 }]);
}
const short = ({ event }: FollowedEvent) =>
  event.kind === 'trial'
    ? `${event.number} ${event.status}`
    : event.kind === 'measurement'
      ? `${event.number} step ${event.step}`
      : event.kind === 'search'
        ? `search ${event.status}`
        : `${event.kind} ${'index' in event ? event.index : event.number}`;

async function take(events: AsyncIterable<FollowedEvent>, count = Number.POSITIVE_INFINITY): Promise<FollowedEvent[]> {
  const taken: FollowedEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length >= count) break;
  }
  return taken;
}

async function nextOf(events: AsyncGenerator<FollowedEvent, void>): Promise<FollowedEvent> {
  const next = await events.next();
  if (next.done === true) throw new Error('The events have ended');
  return next.value;
}

/** The first `count` blocks of the stream as they are sent. */
async function blocks(url: string, count: number, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  const response = await fetch(url, { headers, signal: stop.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (text.split('\n\n').length <= count) text += (await reader.read()).value ?? '';
  stop.abort();
  return { response, blocks: text.split('\n\n').slice(0, count) };
}

describe('following a search', () => {
  test('begins with its status, tells each event as it happens, and ends with the search', async () => {
    const id = await createSearch();
    const following = client.followEvents(id);
    const events = [await nextOf(following)]; // it listens now
    await finishAll(id);
    events.push(...(await take(following)));
    expect(short(events[0]!)).toBe('search running');
    expect(events.slice(1, 3).map(short)).toEqual(['0 running', '1 running']);
    expect(short(events.at(-1)!)).toBe('search completed');
    for (let number = 2; number < 6; number++) {
      const ofTrial = events.filter(({ event }) => 'number' in event && event.number === number).map(short);
      expect(ofTrial.sort()).toEqual(
        ['queued', 'running', 'completed', 'step 1', 'step 2'].map((what) => `${number} ${what}`).sort(),
      );
    }
    const completed = events.find((one) => short(one) === '3 completed');
    expect(completed?.event).toMatchObject({ searchId: id, from: 'running', attempt: 1, value: 4, reason: null });
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
  });

  test('goes on after any event, at another instance, without loss', async () => {
    const id = await createSearch();
    await finishAll(id);
    const all = await take(client.followEvents(id, { after: '0' }));
    expect(all.map(short)).toEqual(expect.arrayContaining(['search running', '5 completed', '5 step 2']));
    const elsewhere = createClient({ baseUrl: otherUrl! });
    for (const i of [0, 3, all.length - 2]) {
      expect(await take(elsewhere.followEvents(id, { after: all[i]!.id }))).toEqual(all.slice(i + 1));
    }
  });

  test('misses nothing when the connection breaks again and again', async () => {
    const id = await createSearch({ stop: { maxTrials: 20 } });
    let requests = 0;
    const breaking = createClient({
      baseUrl: baseUrl!,
      async fetch(...args) {
        const response = await fetch(...args);
        if (!String(args[0]).includes('/events')) return response;
        requests++;
        // Two chunks, and then the line is cut, in the middle of an event perhaps.
        let chunks = 0;
        const cut = new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            if (++chunks < 3) return controller.enqueue(chunk);
            controller.enqueue(chunk.subarray(0, chunk.length >> 1));
            controller.error(new TypeError('cut'));
          },
        });
        return new Response(response.body!.pipeThrough(cut), { headers: response.headers });
      },
    });
    const following = take(breaking.followEvents(id, { after: '0' }));
    for (let done = 0; done < 20; ) {
      done += await worker.finish(id, () => [{ cost: 9 }, { cost: 4 }], 1);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(await following).toEqual(await take(client.followEvents(id, { after: '0' })));
    expect(requests).toBeGreaterThan(2);
  });

  test('goes on while Redis is away: it looks by itself', async () => {
    const deaf = await createTestApp(
      { database: { ...database, drop: async () => {} }, redis },
      { redisUrl: 'redis://127.0.0.1:1' },
    );
    const id = await createSearch();
    const url = await deaf.app.listen({ host: '127.0.0.1', port: 0 });
    const following = take(createClient({ baseUrl: url }).followEvents(id, { after: '0' }));
    await finishAll(id);
    expect((await following).map(short)).toEqual(expect.arrayContaining(['5 completed', 'search completed']));
    await deaf.close();
  });

  test('is told of an event, and does not wait until it looks by itself', async () => {
    const trials = 15;
    const id = await createSearch({ stop: { maxTrials: trials }, parallelism: 1 });
    const events = createClient({ baseUrl: otherUrl! }).followEvents(id);
    await nextOf(events); // it listens now
    const waits: number[] = [];
    for (let number = 0; number < trials; number++) {
      await worker.finish(id, () => [{ cost: 9 }], 1);
      const from = performance.now();
      while (short(await nextOf(events)) !== `${number} completed`);
      waits.push(performance.now() - from);
    }
    await events.return();
    // A hundredth of a second on a quiet machine. It looks by itself a second after it last did.
    waits.sort((a, b) => a - b);
    expect(waits[trials >> 1]).toBeLessThan(500);
  });
});

describe('the stream', () => {
  test('has ids, kinds and JSON, and says how soon to come back', async () => {
    const id = await createSearch();
    const { response, blocks: sent } = await blocks(`${baseUrl}/v1/searches/${id}/events`, 2);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    expect(sent[0]).toBe('retry: 1000');
    expect(sent[1]).toMatch(/^id: \d+\nevent: search\ndata: \{"kind":"search",.*\}$/);
  });

  test('begins where Last-Event-ID says, before `after`', async () => {
    const id = await createSearch();
    const url = `${baseUrl}/v1/searches/${id}/events?after=0`;
    expect((await blocks(url, 2)).blocks[1]).toMatch(/^id: 1\n/);
    expect((await blocks(url, 2, { 'Last-Event-ID': '2' })).blocks[1]).toMatch(/^id: 3\n/);
  });

  test('is over, for good, after the last event of an ended search', async () => {
    const id = await createSearch();
    await finishAll(id);
    const last = (await take(client.followEvents(id, { after: '0' }))).at(-1)!.id;
    const response = await app.inject(`/v1/searches/${id}/events?after=${last}`);
    expect([response.statusCode, response.body, response.headers['content-type']]).toEqual([204, '', undefined]);
    expect(await take(client.followEvents(id, { after: last }))).toEqual([]);
  });

  test('stays open after the end while trials are still stopping', async () => {
    const id = await createSearch();
    await worker.claim(id);
    await client.cancelSearch(id);
    const last = (await take(client.followEvents(id, { after: '0' }))).at(-1)!;
    expect(last.event).toMatchObject({ kind: 'search', status: 'cancelled' });
    const stop = new AbortController();
    const response = await fetch(`${baseUrl}/v1/searches/${id}/events?after=${last.id}`, { signal: stop.signal });
    expect(response.status).toBe(200);
    stop.abort();
  });

  test('is refused where it makes no sense', async () => {
    const id = await createSearch();
    const url = `/v1/searches/${id}/events`;
    problem(await app.inject('/v1/searches/srch_none/events'), 'search-not-found');
    problem(await app.inject('/v1/searches/srch_none/events?after=0'), 'search-not-found');
    problem(await app.inject(`${url}?after=x`), 'invalid-request');
    problem(await app.inject({ url, headers: { 'last-event-id': '1.2.3' } }), 'invalid-request');
    problem(await app.inject(`${url}?after=999`), 'events-gone');
    await runSql(database.url, `DELETE FROM events WHERE search_id = '${id}' AND seq < 3`);
    problem(await app.inject(`${url}?after=1`), 'events-gone');
    expect((await app.inject({ method: 'HEAD', url })).headers['content-type']).toBe(
      'text/event-stream; charset=utf-8',
    );
  });

  test('ends when the search is deleted', async () => {
    const id = await createSearch();
    await client.cancelSearch(id);
    const response = await fetch(`${baseUrl}/v1/searches/${id}/events`);
    const text = response.text();
    await client.deleteSearch(id);
    expect(await text).toContain('event: search');
  });

  test('is cut off when nobody takes what is sent, and others go on', async () => {
    const id = await createSearch();
    await runSql(
      database.url,
      `INSERT INTO events (search_id, seq, kind, from_status, to_status, reason)
       SELECT '${id}', 3 + i, 'search', 'running', 'running', repeat('x', 100000) FROM generate_series(1, 200) i;
       UPDATE searches SET event_seq = 203 WHERE id = '${id}'`,
    );
    const impatient = Fastify();
    impatient.decorateRequest('principal', {
      getter: () => ({ keyId: null, name: 'x', role: 'read' as const, project: 'default' }),
    });
    eventRoutes(impatient, container.orchestrator, { holds: createHolds(impatient, 1), patienceMs: 300 });
    await impatient.listen({ host: '127.0.0.1', port: 0 });
    const { port } = impatient.server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET /v1/searches/${id}/events?after=0 HTTP/1.1\r\nHost: x\r\n\r\n`);
    socket.pause();
    const [server] = (await once(impatient.server, 'connection')) as [typeof socket];
    await once(server, 'close'); // the server's doing: the client does nothing
    socket.destroy();
    await impatient.close();
  });

  test('ends in order when the server stops', async () => {
    const third = await createTestApp({ database: { ...database, drop: async () => {} }, redis });
    const url = await third.app.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${url}/v1/searches/${await createSearch()}/events`);
    const text = response.text();
    await third.close();
    expect(await text).toContain('event: search');
  });
});

test('the history of a trial', async () => {
  const id = await createSearch();
  await worker.finish(id, () => [{ cost: 1 }], 1);
  const [trial] = (await client.listTrials(id, { limit: 1 })).items;
  const { items } = body(await app.inject(`/v1/trials/${trial!.id}/history`), 'getTrialHistory');
  expect(items.map(({ from, status, attempt, workerId }) => [from, status, attempt, workerId])).toEqual([
    [null, 'queued', 0, null],
    ['queued', 'running', 1, 'wrk_test'],
    ['running', 'completed', 1, null],
  ]);
  expect(await client.trialHistory(trial!.id)).toEqual({ items });
  problem(await app.inject('/v1/trials/trl_none/history'), 'trial-not-found');
});
