import type { Problem } from '@caviar/contracts';
import { describe, expect, test, vi } from 'vitest';
import { createClient } from './client.js';
import { everyItem } from './every-item.js';
import { optimize } from './optimize/optimize.js';
import { ProblemError, UnreachableError } from './problem-error.js';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string | null;
}

/** A service made of one function. */
function clientOf(
  answer: (sent: Sent) => Response | Promise<Response>,
  { apiKey, patienceMs = 0 }: { readonly apiKey?: string; readonly patienceMs?: number } = {},
) {
  const sent: Sent[] = [];
  const client = createClient({
    baseUrl: 'http://caviar.test/',
    apiKey,
    patienceMs,
    async fetch(input, init) {
      const request = new Request(input as string, init as RequestInit);
      const one = {
        method: request.method,
        url: request.url.replace('http://caviar.test', ''),
        headers: request.headers,
        body: init?.body === undefined ? null : String(init.body),
      };
      sent.push(one);
      return answer(one);
    },
  });
  return { client, sent };
}

const unavailable: Problem = {
  type: '/problems/unavailable',
  title: 'Away',
  status: 503,
  detail: 'A part does not answer.',
  instance: '/v1/searches/srch_1',
  code: 'unavailable',
  requestId: 'req_1',
};
const problemResponse = (problem: Problem, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
  });

describe('requests', () => {
  test('carry the key, the body and the idempotency key', async () => {
    const { client, sent } = clientOf(() => Response.json({ id: 'srch_1' }, { status: 201 }), { apiKey: 'k3y' });
    const spec = {
      trainer: { kind: 'quadratic' },
      space: { learningRate: { kind: 'float', min: 0.1, max: 1 } },
      stop: { maxTrials: 3 },
    } as const;
    await client.createSearch(spec, { idempotencyKey: 'once' });
    expect(sent[0]).toMatchObject({ method: 'POST', url: '/v1/searches', body: JSON.stringify(spec) });
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject({
      authorization: 'Bearer k3y',
      'content-type': 'application/json',
      'idempotency-key': 'once',
    });
  });

  test('escape ids, and leave out what is not given', async () => {
    const { client, sent } = clientOf(() => Response.json({ items: [], nextCursor: null }));
    await client.listTrials('a/b?c', { limit: 5, cursor: null, status: undefined });
    await client.pauseSearch('srch_1');
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v1/searches/a%2Fb%3Fc/trials?limit=5',
      'POST /v1/searches/srch_1/pause',
    ]);
    expect(sent[1]?.headers.has('content-type')).toBe(false);
    expect(sent[1]?.headers.has('authorization')).toBe(false);
  });
});

describe('failures', () => {
  test('that are problems say all that the problem says', async () => {
    const errors = [{ pointer: '/stop', message: 'is required' }];
    const problem: Problem = { ...unavailable, status: 422, code: 'invalid-spec', errors };
    const { client } = clientOf(() => problemResponse(problem));
    const error = await client.getSearch('x').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({
      message: 'A part does not answer.',
      code: 'invalid-spec',
      status: 422,
      errors,
      requestId: 'req_1',
      retryAfterMs: null,
    });
  });

  test('say when to try again', async () => {
    const { client } = clientOf(() => problemResponse(unavailable, { 'retry-after': '2' }));
    await expect(client.getSearch('x')).rejects.toMatchObject({ retryAfterMs: 2000 });
  });

  test('of a proxy, or of the network, are told from those of the service', async () => {
    const proxy = clientOf(() => new Response('<h1>Bad gateway</h1>', { status: 502 })).client;
    await expect(proxy.getSearch('x')).rejects.toThrow(
      "http://caviar.test answered 502 in a form that is not Caviar's",
    );
    const nobody = clientOf(() => Promise.reject(new TypeError('fetch failed'))).client;
    await expect(nobody.getSearch('x')).rejects.toThrow(UnreachableError);
  });

  test('by an abort are the reason of the abort', async () => {
    const { client } = clientOf(() => Promise.reject(new DOMException('aborted', 'AbortError')));
    const reason = new Error('enough');
    await expect(client.getSearch('x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('trying again', () => {
  const away = () => problemResponse(unavailable, { 'retry-after': '0' });
  const refused = () => problemResponse({ ...unavailable, status: 429, code: 'rate-limited' }, { 'retry-after': '0' });

  /** A client whose service answers with these, one after the other, and then with what is fine. */
  const inTurn = (answers: readonly (() => Response | Promise<Response>)[], fine: object = { id: 'x' }) => {
    const left = [...answers];
    return clientOf(() => left.shift()?.() ?? Response.json(fine), { patienceMs: 30_000 });
  };

  test('outlasts a service that is away, a network that is down, and a rate that is too high', async () => {
    const { client, sent } = inTurn([away, () => Promise.reject(new TypeError('fetch failed')), refused]);
    expect(await client.getSearch('x')).toEqual({ id: 'x' });
    expect(sent).toHaveLength(4);
  });

  test('sends a search again under the same key', async () => {
    const { client, sent } = inTurn([away]);
    await client.createSearch({ trainer: { kind: 'quadratic' }, space: {}, stop: { maxTrials: 1 } });
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  test('is not done with what must not happen twice, unless it was refused', async () => {
    const calls: [string, (client: ReturnType<typeof clientOf>['client']) => Promise<unknown>][] = [
      ['a key', (client) => client.createKey({ name: 'x' })],
      ['trials', (client) => client.addTrials('x', { trials: [] })],
      ['a webhook', (client) => client.createWebhook('x', { url: 'http://x' })],
      ['asking without a name', (client) => client.ask('x')],
    ];
    for (const [what, call] of calls) {
      const unsure = inTurn([away]);
      await expect(call(unsure.client), what).rejects.toMatchObject({ code: 'unavailable' });
      expect(unsure.sent).toHaveLength(1);
      const sure = inTurn([refused]);
      await call(sure.client);
      expect(sure.sent).toHaveLength(2);
    }
    const named = inTurn([away], { trials: [], done: false });
    expect(await named.client.ask('x', { worker: 'a' })).toEqual({ trials: [], done: false, retryAfterMs: null });
  });

  test('takes what a first try has deleted for deleted', async () => {
    const gone = () => problemResponse({ ...unavailable, status: 404, code: 'search-not-found' });
    await inTurn([() => Promise.reject(new TypeError('fetch failed')), gone]).client.deleteSearch('x');
    await expect(inTurn([gone]).client.deleteSearch('x')).rejects.toMatchObject({ code: 'search-not-found' });
  });

  test('ends with an abort, and with patience', async () => {
    const { client, sent } = clientOf(away, { patienceMs: 30_000 });
    const reason = new Error('enough');
    const abort = new AbortController();
    const call = client.getSearch('x', { signal: abort.signal });
    abort.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(clientOf(away, { patienceMs: 1 }).client.getSearch('x')).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(sent).toHaveLength(1);
  });
});

test('that a part of the service is away is an answer to whether it is ready', async () => {
  const { client } = clientOf(() => Response.json({ status: 'unavailable' }, { status: 503 }));
  expect(await client.readiness()).toEqual({ status: 'unavailable' });
});

test('everyItem goes through all pages', async () => {
  const pages: Record<string, { items: number[]; nextCursor: string | null }> = {
    first: { items: [1, 2], nextCursor: 'b' },
    b: { items: [], nextCursor: 'c' },
    c: { items: [3], nextCursor: null },
  };
  const seen: number[] = [];
  for await (const item of everyItem(async (cursor) => pages[cursor ?? 'first']!)) seen.push(item);
  expect(seen).toEqual([1, 2, 3]);
});

describe('leaderboard', () => {
  test('gives the board with its tag, and null while it is still that one', async () => {
    const { client, sent } = clientOf(({ headers }) =>
      headers.get('if-none-match') === '"7-50"'
        ? new Response(null, { status: 304, headers: { etag: '"7-50"' } })
        : Response.json({ version: 7 }, { headers: { etag: '"7-50"' } }),
    );
    expect(await client.leaderboard('s')).toEqual({ board: { version: 7 }, etag: '"7-50"' });
    expect(await client.leaderboard('s', { etag: '"7-50"', waitMs: 10 })).toBeNull();
    expect(sent[1]?.url).toBe('/v1/searches/s/leaderboard?waitMs=10');
  });
});

describe('watchLeaderboard', () => {
  test('gives every change once, outlasts outages, and ends with the search', async () => {
    let step = 0;
    const { client } = clientOf(({ url, headers }) => {
      step++;
      if (step === 5) return Promise.reject(new TypeError('fetch failed'));
      if (step === 6) return problemResponse(unavailable, { 'retry-after': '0' });
      const version = Math.min(Math.floor(step / 4), 3);
      if (!url.includes('leaderboard')) return Response.json({ status: step > 16 ? 'completed' : 'running' });
      const etag = `"${version}-50"`;
      if (headers.get('if-none-match') === etag) return new Response(null, { status: 304 });
      return Response.json({ version }, { headers: { etag } });
    });
    const seen: [number, string][] = [];
    for await (const { board, search } of client.watchLeaderboard('s')) seen.push([board.version, search.status]);
    expect(seen.map(([version]) => version)).toEqual([0, 1, 2, 3]);
    expect(step).toBeGreaterThan(16);
  });

  test('waits on the server, except for the first board and the last', async () => {
    const statuses = ['running', 'running', 'completed'];
    const { client, sent } = clientOf(({ url }) =>
      url.includes('leaderboard')
        ? Response.json({ version: sent.length }, { headers: { etag: `"${sent.length}"` } })
        : Response.json({ status: statuses.shift() }),
    );
    const boards = [];
    for await (const board of client.watchLeaderboard('s', { limit: 5, waitMs: 999 })) boards.push(board);
    expect(boards).toHaveLength(3);
    const asked = sent.filter(({ url }) => url.includes('leaderboard')).map(({ url }) => url.split('?')[1]);
    expect(asked).toEqual(['limit=5', 'limit=5&waitMs=999', 'limit=5']);
  });

  test('ends with what does not pass, and with an abort', async () => {
    const gone = clientOf(() => problemResponse({ ...unavailable, status: 404, code: 'search-not-found' })).client;
    await expect(gone.watchLeaderboard('s').next()).rejects.toMatchObject({ code: 'search-not-found' });
    const away = clientOf(() => Promise.reject(new TypeError('fetch failed'))).client;
    const signal = AbortSignal.timeout(50);
    await expect(away.watchLeaderboard('s', { signal }).next()).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a service that is not there from the start', () => {
  test.each(['localhost:3000', 'nonsense', 'ftp://x', ''])('%j is no URL of one', (baseUrl) => {
    expect(() => createClient({ baseUrl })).toThrow(`baseUrl: "${baseUrl}" is not an http or https URL`);
  });

  test('is given up soon by optimize, which waits long for one that was there', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const fetch = async () => {
        throw new TypeError('refused');
      };
      const outcome = optimize({ x: { kind: 'float', min: 0, max: 1 } }, ({ x }) => x, { maxTrials: 1, fetch }).catch(
        (error: unknown) => error,
      );
      await vi.advanceTimersByTimeAsync(31_000);
      expect(await outcome).toBeInstanceOf(UnreachableError);
    } finally {
      vi.useRealTimers();
    }
  });
});
