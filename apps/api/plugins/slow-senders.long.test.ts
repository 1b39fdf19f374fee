import { once } from 'node:events';
import { connect } from 'node:net';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../testing/test-app.js';

const { app, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
await app.listen({ host: '127.0.0.1', port: 0 });
afterAll(close);

/** Sends a byte a second, for as long as anybody takes it; gives what was answered and after how many seconds. */
async function drip(start: string, byte: string): Promise<{ readonly answer: string; readonly seconds: number }> {
  const { port } = app.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  const from = performance.now();
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  socket.on('error', () => {});
  socket.write(start);
  const timer = setInterval(() => socket.writable && socket.write(byte), 1_000);
  await once(socket, 'close');
  clearInterval(timer);
  return { answer, seconds: (performance.now() - from) / 1000 };
}

test.each([
  ['headers', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'x'],
  [
    'body',
    'POST /v1/searches HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    ' ',
  ],
])(
  'who sends its %s byte by byte is told 408 and let go, and others are served meanwhile',
  async (_, start, byte) => {
    const slow = Array.from({ length: 50 }, () => drip(start, byte));
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    for (const { answer, seconds } of await Promise.all(slow)) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      expect(answer).toContain('"code":"request-timeout"');
      // Node would wait for minutes.
      expect(seconds).toBeLessThan(120);
    }
  },
  300_000,
);
