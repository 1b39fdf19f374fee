import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { PROBLEMS } from '@caviar/contracts';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, container, log, close } = await createTestApp({
  database: await createTestDatabase(),
  redis: testRedis(),
});
await app.listen({ host: '127.0.0.1', port: 0 });
afterAll(close);

/** What is answered to bytes over a connection of their own, which is then left open or ended. */
const answerTo = (port: number, bytes: string, then: 'write' | 'end' = 'write') =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket[then](bytes));
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });

const json = { 'content-type': 'application/json' };
const send = (payload: string | Buffer, headers: Record<string, string> = json) =>
  app.inject({ method: 'POST', url: '/v1/searches', payload, headers });

describe('a body', () => {
  test.each([
    ['{"a":', 'The body ends too early to be JSON.'],
    ['{"a" 1}', 'The body is not JSON at position 5.'],
    ['nope', 'The body is not JSON.'],
    ['{"metrics": {"loss": NaN}}', 'The body is not JSON: that has no NaN; a metric that is not finite is null.'],
    ['[1, -Infinity ]', 'The body is not JSON: that has no -Infinity; a metric that is not finite is null.'],
    ['{"a": ": NaN,", b}', 'The body is not JSON at position 16.'],
    ['', 'The body is empty; a JSON object is expected.'],
    ['  \n', 'The body is empty; a JSON object is expected.'],
  ])('%j is malformed', async (payload, detail) => {
    expect(problem(await send(payload), 'malformed-json').detail).toBe(detail);
  });

  test('that is not in UTF-8 is malformed: read anyway, its letters would all become the same one', async () => {
    const name = (text: string) => JSON.stringify({ ...quadraticSpec, name: text });
    for (const latin of [Buffer.from(name('caf\xe9'), 'latin1'), Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0x22])]) {
      expect(problem(await send(latin), 'malformed-json').detail).toBe('The body is not in UTF-8, as JSON is.');
    }
    expect(body(await send(Buffer.from(name('café 🐟'))), 'createSearch').name).toBe('café 🐟');
  });

  test('may begin with the mark that Windows puts before a text', async () => {
    expect(body(await send(`\uFEFF${JSON.stringify(quadraticSpec)}`), 'createSearch').name).toBe(quadraticSpec.name);
    problem(await send('\uFEFF'), 'malformed-json');
    problem(await send('\uFEFF\uFEFF{}'), 'malformed-json');
  });

  test('of a megabyte that is malformed is refused as quickly as any', async () => {
    for (const text of [`"${'\\"'.repeat(450_000)}`, `"${'a'.repeat(900_000)}\\`, `[,${' '.repeat(900_000)}`]) {
      const from = performance.now();
      problem(await send(text), 'malformed-json');
      expect(performance.now() - from).toBeLessThan(20_000); // quadratic: minutes
    }
  });

  test('that is missing is malformed', async () => {
    problem(await app.inject({ method: 'POST', url: '/v1/searches' }), 'malformed-json');
  });

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])(
    'of type %s is not taken',
    async (type) => {
      problem(await send('{}', { 'content-type': type }), 'unsupported-media-type');
    },
  );

  test('that is compressed is not taken', async () => {
    problem(await send('{}', { ...json, 'content-encoding': 'gzip' }), 'unsupported-media-type');
  });

  test('over 1 MiB is too large, one of 1 MiB is not', async () => {
    problem(await send(JSON.stringify({ name: 'x'.repeat(1024 * 1024) })), 'payload-too-large');
    problem(await send(JSON.stringify({ name: 'x'.repeat(1024 * 1024 - 20) })), 'invalid-spec');
  });

  test('nested without end does no harm', async () => {
    for (const open of ['[', '{"a":']) {
      const depth = Math.floor(500_000 / open.length);
      const close = open === '[' ? ']' : '}';
      problem(await send(open.repeat(depth)), 'malformed-json');
      problem(await send(`${open.repeat(depth)}1${close.repeat(depth)}`), 'invalid-spec');
    }
  });

  test('with a hundred thousand mistakes is told a hundred of them', async () => {
    const many = Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [`k${i}`, 1]));
    const { errors, detail } = problem(await send(JSON.stringify({ ...quadraticSpec, ...many })), 'invalid-spec');
    expect(errors).toHaveLength(100);
    expect(detail).toMatch(/^\/k0: is not a known key.*\(and 89999 more\)$/);
  });

  test('charset and merge-patch are fine', async () => {
    const headers = { 'content-type': 'application/json; charset=UTF-8' };
    expect((await send(JSON.stringify(quadraticSpec), headers)).statusCode).toBe(201);
    const patch = { 'content-type': 'application/merge-patch+json' };
    const response = await app.inject({
      method: 'PATCH',
      url: '/v1/searches/srch_x',
      headers: patch,
      payload: '{"notes":"x"}',
    });
    problem(response, 'search-not-found');
  });
});

describe('a path', () => {
  test.each([
    '/nope',
    '/v1',
    '/v1/',
    '/v1/search',
    '/v1/searches/',
    '/v1/searches/x/y',
    '/v1/searches//leaderboard',
    '/V1/searches',
  ])('%s leads nowhere', async (url) => {
    expect(problem(await app.inject(url)).status).toBe(404);
  });

  test.each([
    ['PUT', '/v1/searches/srch_x', 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', '/v1/searches', 'GET, HEAD, POST'],
    ['GET', '/v1/searches/srch_x/pause', 'POST'],
    ['POST', '/v1/searches/srch_x/leaderboard', 'GET, HEAD'],
    ['PATCH', '/v1/trials/trl_x', 'GET, HEAD'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/openapi.json', 'GET, HEAD'],
  ] as const)('%s %s is told the methods there are', async (method, url, allow) => {
    const response = await app.inject({ method, url });
    problem(response, 'method-not-allowed');
    expect(response.headers.allow).toBe(allow);
  });

  test('that cannot be decoded is a bad request', async () => {
    problem(await app.inject('/v1/searches/%zz'), 'bad-request');
  });

  test('that is very long leads nowhere', async () => {
    expect(problem(await app.inject(`/v1/searches/${'x'.repeat(5_000)}`)).status).toBe(404);
  });
});

test('parameters that a call does not have are refused', async () => {
  problem(await app.inject('/v1/trials/trl_x/model?layout=1'), 'invalid-request');
  const { errors } = problem(await app.inject('/v1/searches/srch_x?verbose=1'), 'invalid-request');
  expect(errors).toMatchObject([{ parameter: 'verbose' }]);
});

test('a problem names its page, its path and the request', async () => {
  const headers = { 'x-request-id': 'mine-1' };
  const read = problem(await app.inject({ url: '/v1/searches/srch_x', headers }), 'search-not-found');
  expect(read).toEqual({
    type: '/problems/search-not-found',
    title: PROBLEMS['search-not-found'].title,
    status: 404,
    detail: 'There is no search srch_x',
    instance: '/v1/searches/srch_x',
    code: 'search-not-found',
    requestId: 'mine-1',
  });
});

test('a request id that is not fit to be logged is replaced', async () => {
  for (const id of ['a b', 'x'.repeat(101), '{"level":60}']) {
    const response = await app.inject({ url: '/healthz', headers: { 'x-request-id': id } });
    expect(response.headers['x-request-id']).toMatch(/^req_/);
  }
});

test('a fault of ours is logged whole, and told without anything of the inside', async () => {
  const { orchestrator } = container;
  const get = orchestrator.getSearch;
  try {
    orchestrator.getSearch = () => Promise.reject(new Error('secret table "searches" has no column x'));
    const response = await app.inject('/v1/searches/srch_x');
    const { requestId, detail } = problem(response, 'internal');
    expect(detail).toBe('The request could not be completed.');
    expect(response.body).not.toContain('secret');
    const line = log.find((entry) => entry['requestId'] === requestId && entry['level'] === 50);
    expect(line).toMatchObject({
      err: { message: 'secret table "searches" has no column x', stack: expect.any(String) },
    });
  } finally {
    orchestrator.getSearch = get;
  }
});

test('reading that goes well is logged at debug, everything else at info', async () => {
  log.length = 0;
  await app.inject('/v1/searches');
  await app.inject('/v1/searches/srch_x');
  await app.inject({ method: 'POST', url: '/v1/searches', payload: quadraticSpec });
  const lines = log.filter(({ msg }) => msg === 'request');
  expect(lines.map(({ level, method, status }) => [level, method, status])).toEqual([
    [20, 'GET', 200],
    [30, 'GET', 404],
    [30, 'POST', 201],
  ]);
});

test('a sender who goes away in the middle of a body is no fault of ours', async () => {
  const { port } = app.server.address() as { port: number };
  log.length = 0;
  const head =
    'POST /v1/searches HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n';
  const [request] = await Promise.all([once(app.server, 'request'), answerTo(port, `${head}{`, 'end')]);
  const [incoming] = request as [IncomingMessage];
  if (!incoming.closed) await once(incoming, 'close');
  await app.inject('/healthz'); // what was to be logged has been
  expect(log.filter(({ level }) => Number(level) > 30)).toEqual([]);
});

test('bytes that are no request get a problem too', async () => {
  const { port } = app.server.address() as { port: number };
  const bad = await answerTo(port, 'NONSENSE\r\n\r\n');
  expect(bad).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(JSON.parse(bad.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'bad-request', status: 400 });
  const large = await answerTo(port, `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(large).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  expect(large).toContain('application/problem+json');
});
