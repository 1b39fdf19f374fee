import { connect } from 'node:net';
import { promisify } from 'node:util';
import { createTestDatabase, openSession, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';
import { body, quadraticSpec } from '../testing/wire.js';

const database = await createTestDatabase();
const { app, log, close } = await createTestApp({ database, redis: testRedis() });
const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
afterAll(() => close());

/** What comes back over a connection of its own, up to its end. */
function ask(head: string, content: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${head}\r\n\r\n`);
      socket.write(content);
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {}); // what came until then is judged
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}

const SIZE = 8 * 2 ** 20;

test.each([
  ['of a length', `Content-Length: ${SIZE}`, Buffer.alloc(SIZE, '1')],
  ['in chunks', 'Transfer-Encoding: chunked', Buffer.from(`${SIZE.toString(16)}\r\n${'1'.repeat(SIZE)}\r\n0\r\n\r\n`)],
  ['of no length', 'Content-Length: 0', Buffer.alloc(0)],
])('a body that no call asked for, %s, does not cut the answer off', async (_, head, content) => {
  const answer = await ask(head, content);
  const [length] = /(?<=\r\ncontent-length: )\d+/.exec(answer) ?? [];
  const text = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  expect(Buffer.byteLength(text)).toBe(Number(length));
  expect(JSON.parse(text)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
});

test('a caller who goes away after one, before a file begins, is no fault of the service', async () => {
  const made = await app.inject({ method: 'POST', url: '/v1/searches', payload: quadraticSpec });
  const { id } = body(made, 'createSearch');
  const somebody = await openSession(database.url);
  await somebody.run('BEGIN; LOCK TABLE trials IN ACCESS EXCLUSIVE MODE');
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(`GET /v1/searches/${id}/export HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n\r\n1`);
  });
  const waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  await expect.poll(() => somebody.run(waiting)).not.toHaveLength(0);
  socket.destroy();
  await expect.poll(() => promisify(app.server.getConnections.bind(app.server))()).toBe(0);
  await somebody.run('ROLLBACK');
  await somebody.end();
  const gone = (line: (typeof log)[number]) => line['msg'] === 'the caller has gone before the answer';
  await expect.poll(() => log.filter((line) => gone(line) || Number(line['level']) >= 50)).toHaveLength(1);
  expect(log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});
